# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices of the host: PCI functions, mediated devices, vDPA.

What libvirt said of a device is kept until libvirt tells that it came, changed or
went.  The functions that make Nova's dictionaries of it are pure.
"""

import collections
from collections.abc import Callable, Iterable, Iterator, Mapping
import dataclasses
import threading
from typing import Any

import libvirt

from nova import exception
from nova.virt.libvirt import callbacks
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import errors

# Kinds of PCI functions, as nova.objects.fields.PciDeviceType names them.
STANDARD = 'type-PCI'
SRIOV_PF = 'type-PF'
SRIOV_VF = 'type-VF'
VDPA = 'vdpa'

#: What is kept of a device, by libvirt's name of it.
Devices = Mapping[str, vconfig.LibvirtConfigNodeDevice]

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

    devices: Devices = dataclasses.field(default_factory=dict)
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

    def get_all(self) -> Devices:
        """Return the devices that PCI functions are described from."""
        return self._get().devices

    def get_pci(self) -> list[dict[str, Any]]:
        """Return the PCI functions of the host, the caller's own; see pci_devices."""
        return [_copy(each) for each in self._get().pci]

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
        return _Kept(found, pci_devices(found), is_complete=True)

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
        parent = name_of(pci_address)
        for conf in self.get_all().values():
            if conf.vdpa_capability is not None and conf.parent == parent:
                return conf
        raise exception.PciDeviceNotFoundById(id=pci_address)


def _affected(changed: Iterable[str], devices: Devices) -> set[str]:
    """Return the devices that others change without libvirt telling of it."""
    # A mediated device takes from what its parent offers, and from what others on
    # the same card do.
    found: set[str] = set()
    if any(name.startswith('mdev_') for name in changed):
        found.update(name for name, conf in devices.items() if any(_offered(conf)))
    # A physical function lists its virtual ones; the kernel tells of it when they
    # came, but not when they went.
    for conf in (devices[name] for name in changed if name in devices):
        physical = _physical_function(conf) if _is_pci(conf) else None
        if physical is not None:
            found.add(name_of(physical))
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


def name_of(pci_address: str) -> str:
    """Return libvirt's name of a PCI function: pci_0000_0a_01_5 for 0000:0a:01.5."""
    return 'pci_' + pci_address.lower().replace(':', '_').replace('.', '_')


# PCI functions, as Nova has them

def pci_devices(devices: Devices) -> list[dict[str, Any]]:
    """Return the PCI functions of the host as the PCI tracker takes them."""
    by_parent = _children(devices.values())
    return [_pci_device(conf, devices, by_parent) for _name, conf
            in sorted(devices.items()) if _is_pci(conf)]


def _copy(described: Mapping[str, Any]) -> dict[str, Any]:
    copied = dict(described)
    if 'capabilities' in described:
        copied['capabilities'] = {
            name: value.copy() for name, value in described['capabilities'].items()}
    return copied


def _is_pci(conf: vconfig.LibvirtConfigNodeDevice) -> bool:
    capability = conf.pci_capability
    return capability is not None and capability.type == 'pci'


def _is_net(conf: vconfig.LibvirtConfigNodeDevice) -> bool:
    capability = conf.pci_capability
    return capability is not None and capability.type == 'net'


def _children(devices: Iterable[vconfig.LibvirtConfigNodeDevice],
              ) -> dict[str | None, list[vconfig.LibvirtConfigNodeDevice]]:
    found = collections.defaultdict(list)
    for conf in devices:
        found[conf.parent].append(conf)
    return found


def _pci_device(conf: vconfig.LibvirtConfigNodeDevice, devices: Devices,
                by_parent: Mapping[str | None, list[vconfig.LibvirtConfigNodeDevice]],
                ) -> dict[str, Any]:
    pci = conf.pci_capability
    product, vendor = pci.product_id[2:], pci.vendor_id[2:]
    described = {
        'dev_id': conf.name, 'address': pci.pci_address(),
        'product_id': product, 'vendor_id': vendor, 'numa_node': pci.numa_node,
        'label': f'label_{vendor}_{product}',
        **_place(conf, devices, by_parent)}
    capabilities = _capabilities(conf, devices, by_parent)
    if capabilities:
        described['capabilities'] = capabilities
    return described


def _place(conf: vconfig.LibvirtConfigNodeDevice, devices: Devices,
           by_parent: Mapping[str | None, list[vconfig.LibvirtConfigNodeDevice]],
           ) -> dict[str, Any]:
    """Return the type of a function, and the physical one behind a virtual one."""
    children = by_parent.get(conf.name, ())
    physical = _physical_function(conf)
    if physical is not None:
        kind = (VDPA
                if any(child.vdpa_capability is not None for child in children)
                else SRIOV_VF)
        place = {'dev_type': kind, 'parent_addr': physical}
        return {**place, **_named(by_parent.get(name_of(physical), ()))}
    functions = conf.pci_capability.fun_capability
    if any(each.type == 'virt_functions' for each in functions):
        return {'dev_type': SRIOV_PF, **_named(children)}
    return {'dev_type': STANDARD}


def _named(children: Iterable[vconfig.LibvirtConfigNodeDevice]) -> dict[str, str]:
    own = _own_interface(children)
    return {'parent_ifname': own.interface} if own is not None else {}


def _own_interface(children: Iterable[vconfig.LibvirtConfigNodeDevice]) -> Any:
    """Return the network capability of a function's own interface; None without.

    A card in switch mode has the ports of its virtual functions as children as well,
    and libvirt's documents mark neither.  Ports have addresses that the kernel made
    up where the card's own was given by its maker, and are named after the interface
    with something behind it (enp3s0f0np0 beside enp3s0f0npf0vf0, or eth0_1 of eth0).
    """
    return min((child.pci_capability for child in children if _is_net(child)),
               key=lambda net: (_is_made_up(net.address), len(net.interface or ''),
                                net.interface or ''), default=None)


def _is_made_up(mac: str | None) -> bool:
    """Tell whether a MAC address is locally administered, or none at all."""
    return not mac or bool(int(mac.partition(':')[0], 16) & 2)


def _physical_function(conf: vconfig.LibvirtConfigNodeDevice) -> str | None:
    for each in conf.pci_capability.fun_capability:
        if each.type == 'phys_function' and each.device_addrs:
            domain, bus, slot, function = each.device_addrs[0]
            return f'{domain:04x}:{bus:02x}:{slot:02x}.{function:x}'
    return None


def _capabilities(
    conf: vconfig.LibvirtConfigNodeDevice, devices: Devices,
    by_parent: Mapping[str | None, list[vconfig.LibvirtConfigNodeDevice]],
) -> dict[str, Any]:
    """Return what a network function and its card say about themselves."""
    found: dict[str, Any] = {}
    network = _own_interface(by_parent.get(conf.name, ()))
    if network is not None:
        found['network'] = list(network.features)
    physical = _physical_function(conf)
    parent = devices.get(name_of(physical)) if physical else None
    if parent is not None:
        found.update(_sriov(conf, parent, by_parent))
    card = conf.pci_capability.vpd_capability or (
        parent.pci_capability.vpd_capability if parent else None)
    if card is not None and card.card_serial_number:
        found['vpd'] = {'card_serial_number': card.card_serial_number}
    return found


def _sriov(conf: vconfig.LibvirtConfigNodeDevice,
           parent: vconfig.LibvirtConfigNodeDevice,
           by_parent: Mapping[str | None, list[vconfig.LibvirtConfigNodeDevice]],
           ) -> dict[str, Any]:
    """Return the MAC address behind a virtual function, and which one it is."""
    network = _own_interface(by_parent.get(parent.name, ()))
    pci = conf.pci_capability
    own = (pci.domain, pci.bus, pci.slot, pci.function)
    functions = [tuple(address) for each in parent.pci_capability.fun_capability
                 if each.type == 'virt_functions' for address in each.device_addrs]
    if network is None or own not in functions:
        return {}
    return {'sriov': {'pf_mac_address': network.address,
                      'vf_num': functions.index(own)}}


# Mediated devices, as Nova has them

def mdev_capable_device(conf: vconfig.LibvirtConfigNodeDevice,
                        types: Iterable[str] | None = None) -> dict[str, Any]:
    """Return a device that mediated ones can be made of, and their types.

    :param types: leave out all others.
    """
    found = {each['type']: {key: value for key, value in each.items() if key != 'type'}
             for one in _offered(conf) for each in one.mdev_types
             if types is None or each['type'] in types}
    vendor = conf.pci_capability.vendor_id if conf.pci_capability else None
    return {'dev_id': conf.name, 'vendor_id': vendor, 'types': found}


def _offered(conf: vconfig.LibvirtConfigNodeDevice) -> Iterator[Any]:
    """Yield the capabilities that list types, wherever in a device they are."""
    # Those of s390, css and ap_matrix, have them within their own capability.
    for holder in (conf, conf.pci_capability, *conf.capabilities):
        found = getattr(holder, 'mdev_capability', None) or ()
        yield from found if isinstance(found, list | tuple) else (found,)


def mediated_device(conf: vconfig.LibvirtConfigNodeDevice) -> dict[str, Any]:
    """Return a mediated device: its UUID, type, parent and group."""
    mdev = conf.mdev_information
    return {'dev_id': conf.name, 'uuid': mdev.uuid or uuid_of(conf.name),
            'parent': conf.parent, 'type': mdev.type, 'iommu_group': mdev.iommu_group}


def uuid_of(name: str) -> str:
    """Return the UUID in libvirt's name of a mediated device.

    libvirt before 7.3 has nothing behind it, later ones the parent's address.
    """
    return '-'.join(name.removeprefix('mdev_').split('_')[:5])
