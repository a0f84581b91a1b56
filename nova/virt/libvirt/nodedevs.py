# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices of the host: PCI functions, mediated devices, vDPA.

What libvirt said of a device is kept until libvirt tells that it came, changed or
went.  The functions that make Nova's dictionaries of it are pure.
"""

import collections
from collections.abc import Callable, Iterable
import dataclasses
import threading
from typing import Any

import libvirt

from nova import exception
from nova.virt.libvirt import callbacks
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import errors
from nova.virt.libvirt import mdevs
from nova.virt.libvirt import pcifunctions

#: Devices that PCI functions are described from.
_KINDS = (libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV
          | libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET
          | libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV
          | libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_VDPA)
_EVENTS = (libvirt.VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE,
           libvirt.VIR_NODE_DEVICE_EVENT_ID_UPDATE)
#: Devices that come and go with guests, or that nothing here is made of.
_IGNORED = ('net_vnet', 'net_tap', 'net_macvtap', 'net_qbr', 'net_qvb', 'net_qvo',
            'block_', 'scsi_', 'usb_')
#: Devices that what libvirt says of the host as a whole does not depend on.
_MINOR = ('net_', 'mdev_', 'vdpa_')


@dataclasses.dataclass(frozen=True, eq=False)
class _Kept:
    """What is kept of all devices; another one takes its place with each change."""

    devices: pcifunctions.Devices = dataclasses.field(default_factory=dict)
    pci: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    is_complete: bool = False


class NodeDevices:
    """Asks libvirt about devices, about each of them once.

    :param get_connection: returns a live connection.
    :param on_change: called when devices that the host's capabilities may depend on
        are found to have come, changed or gone; it must not wait for anything.
    """

    def __init__(self, get_connection: Callable[[], libvirt.virConnect],
                 on_change: Callable[[], None] = lambda: None) -> None:
        self._get_connection = get_connection
        self._on_change = on_change
        #: Names of devices that changed, as libvirt's own thread noted them.
        self._changed: collections.deque[str] = collections.deque()
        self._callbacks = callbacks.Callbacks(
            'nodeDeviceEventRegisterAny', 'nodeDeviceEventDeregisterAny')
        #: Held for no longer than it takes to replace what is kept.
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Ask libvirt again the next time: it may be another one now."""
        with self._lock:
            self._kept = _Kept()

    # Changes

    def watch(self, conn: libvirt.virConnect) -> None:
        """Learn of changes over a connection; without events nothing is kept."""
        self._callbacks.register(
            conn, [(event_id, self._event_callback) for event_id in _EVENTS], None)

    def unwatch(self, conn: libvirt.virConnect) -> None:
        """Let go of a connection's callbacks, also of one that is dead."""
        self._callbacks.deregister(conn)

    def _event_callback(self, conn: libvirt.virConnect, device: libvirt.virNodeDevice,
                        *details: Any) -> None:
        """Note a change; runs in libvirt's thread."""
        self.changed(device.name())

    def changed(self, name: str) -> None:
        """Note that a device came, changed or went."""
        if not name.startswith(_IGNORED):
            self._changed.append(name)

    def take_changes(self) -> None:
        """Let go of what changed, and of what has something else to say since."""
        with self._lock:
            changed = set()
            while self._changed:
                changed.add(self._changed.popleft())
            if changed:
                devices = self._kept.devices
                stale = changed | _affected(changed, devices)
                self._kept = _Kept({name: conf for name, conf in devices.items()
                                    if name not in stale})
            if any(not name.startswith(_MINOR) for name in changed):
                self._on_change()

    # Devices

    def get_all(self) -> pcifunctions.Devices:
        """Return the devices that PCI functions are described from."""
        return self._get().devices

    def get_pci(self) -> list[dict[str, Any]]:
        """Return the PCI functions of the host, the caller's own; see pci_devices."""
        return [pcifunctions.copy_of(each) for each in self._get().pci]

    def _get(self) -> _Kept:
        self.take_changes()
        kept = self._kept
        if kept.is_complete and self._callbacks:
            return kept
        found = self._complete(kept)
        with self._lock:
            # Else something changed since, or all was to be forgotten.
            if self._kept is kept:
                self._kept = found
        return found

    def _complete(self, kept: _Kept) -> _Kept:
        known = kept.devices if self._callbacks else {}
        found = {}
        for device in list_devices(self._get_connection(), _KINDS):
            conf = known.get(device.name()) or _describe(device)
            if conf is not None:
                found[conf.name] = conf
        return _Kept(found, pcifunctions.pci_devices(found), is_complete=True)

    def get(self, name: str) -> vconfig.LibvirtConfigNodeDevice:
        """Return a device.

        :raises libvirt.libvirtError: if there is none of that name.
        """
        found = self.get_all().get(name)
        if found is None:
            device = self._get_connection().nodeDeviceLookupByName(name)
            found = _parse(device.XMLDesc(0))
        return found

    def get_vdpa(self, pci_address: str) -> vconfig.LibvirtConfigNodeDevice:
        """Return the vDPA device of a PCI function.

        :raises nova.exception.PciDeviceNotFoundById: if there is none.
        """
        parent = pcifunctions.name_of(pci_address)
        for conf in self.get_all().values():
            if conf.vdpa_capability is not None and conf.parent == parent:
                return conf
        raise exception.PciDeviceNotFoundById(id=pci_address)


def _affected(changed: Iterable[str], devices: pcifunctions.Devices) -> set[str]:
    """Return the devices that others change without libvirt telling of it."""
    # A mediated device takes from what its parent offers, and from what others on
    # the same card do.
    found: set[str] = set()
    if any(name.startswith('mdev_') for name in changed):
        found.update(name for name, conf in devices.items() if any(mdevs.offered(conf)))
    # A physical function lists its virtual ones; the kernel tells of it when they
    # came, but not when they went.
    for conf in (devices[name] for name in changed if name in devices):
        physical = pcifunctions.physical_function(conf)
        if physical is not None:
            found.add(pcifunctions.name_of(physical))
    return found


def list_devices(conn: libvirt.virConnect, flags: int,
                 ) -> list[libvirt.virNodeDevice]:
    """Return the devices of some kinds; none where libvirt lists no devices."""
    try:
        return list(conn.listAllDevices(flags))
    except libvirt.libvirtError as ex:
        if errors.is_unsupported(ex):
            return []
        raise


def _describe(device: libvirt.virNodeDevice,
              ) -> vconfig.LibvirtConfigNodeDevice | None:
    try:
        return _parse(device.XMLDesc(0))
    except libvirt.libvirtError as ex:
        # It may have gone since it was listed.
        if errors.is_no_node_device(ex):
            return None
        raise


def _parse(xml: str) -> vconfig.LibvirtConfigNodeDevice:
    conf = vconfig.LibvirtConfigNodeDevice()
    conf.parse_str(xml)
    return conf
