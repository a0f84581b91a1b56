# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The devices that a user has tagged, as a guest is told of them."""

from typing import Any

_BUSES = {'PCIDeviceBus': 'pci', 'USBDeviceBus': 'usb', 'SCSIDeviceBus': 'scsi',
          'IDEDeviceBus': 'ide', 'XenDeviceBus': 'xen'}


def described(device_metadata: Any, *, with_vlans: bool,
              with_trust: bool) -> list[dict[str, Any]]:
    """Return the devices.

    :param with_vlans: tell in which VLAN a card is.
    :param with_trust: tell whether a virtual function is trusted.
    """
    if device_metadata is None:
        return []
    return [{**_where(device), **_what(device, with_vlans, with_trust),
             'tags': list(_value(device, 'tags') or ())}
            for device in device_metadata.devices]


def _where(device: Any) -> dict[str, Any]:
    bus = _value(device, 'bus')
    return {'bus': _BUSES.get(type(bus).__name__, 'none'),
            'address': _value(bus, 'address') or 'none'}


def _what(device: Any, with_vlans: bool, with_trust: bool) -> dict[str, Any]:
    names: tuple[str, ...]
    if type(device).__name__ == 'DiskMetadata':
        kind, names = 'disk', ('serial', 'path')
    else:
        kind, names = 'nic', ('mac', *(('vlan',) if with_vlans else ()),
                              *(('vf_trusted',) if with_trust else ()))
    found = {name: _value(device, name) for name in names}
    return {'type': kind,
            **{name: value for name, value in found.items() if value is not None}}


def _value(device: Any, name: str) -> Any:
    is_set = device is not None and name in device.fields and (
        device.obj_attr_is_set(name))
    return getattr(device, name) if is_set else None
