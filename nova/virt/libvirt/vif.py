# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Interfaces of instances: what they look like, and how they reach their networks.

What os-vif has a plugin for is plugged by it; bridges, taps, VLANs and virtual
functions are made here; the rest is libvirt's to do when the guest starts.
"""

import abc
from collections.abc import Callable, Iterator, Sequence
import contextlib
import functools
import os
from typing import TYPE_CHECKING, Any, Protocol

import os_vif
from os_vif import exception as os_vif_exception
from oslo_concurrency import lockutils
from oslo_concurrency import processutils
from oslo_log import log as logging
from oslo_utils import netutils

from nova import exception
from nova import utils
from nova.i18n import _
from nova.network import model as network_model
from nova.network import os_vif_util
from nova.virt import hardware
from nova.virt.libvirt import netdevices
from nova.virt.libvirt import vifconfig

if TYPE_CHECKING:
    from nova import objects

LOG = logging.getLogger(__name__)

Device = vifconfig.Device
VIFHost = vifconfig.VIFHost
VIFSettings = vifconfig.VIFSettings
is_vif_model_valid_for_virt = vifconfig.is_vif_model_valid_for_virt

#: Runs a command: the words of it.
Run = Callable[..., Any]
#: Plugs or unplugs the port of an instance.
Work = Callable[[Any, Any], None]


class Host(Protocol):
    """What interfaces ask the hypervisor host."""

    def get_vdpa_device_path(self, pci_address: str) -> str:
        """Return the character device of a vDPA function."""


#: What can go wrong outside of this process.
_FAILURES = (netdevices.Error, LookupError, os_vif_exception.ExceptionBase,
             processutils.ProcessExecutionError)

#: What is plugged here, by libvirt or by a command, and not by os-vif: the type of
#: the port, and what its methods are called after.
_KINDS = {
    network_model.VIF_TYPE_BRIDGE: 'bridge',
    network_model.VIF_TYPE_TAP: 'tap',
    network_model.VIF_TYPE_MACVTAP: 'macvtap',
    network_model.VIF_TYPE_HW_VEB: 'hw_veb',
    network_model.VIF_TYPE_HOSTDEV: 'hostdev_physical',
    vifconfig.VIF_TYPE_USER: 'user',
    network_model.VIF_TYPE_802_QBG: '802qbg',
    network_model.VIF_TYPE_802_QBH: '802qbh',
    network_model.VIF_TYPE_IB_HOSTDEV: 'ib_hostdev',
    network_model.VIF_TYPE_IOVISOR: 'iovisor',
    network_model.VIF_TYPE_MIDONET: 'midonet',
}


class VIFDriver(abc.ABC):
    """Describes interfaces, and connects them to their networks.

    :param host: the hypervisor host; describing alone needs none.
    """

    def __init__(self, host: Host | None = None,
                 settings: VIFSettings | None = None) -> None:
        self.host = host
        self.settings = settings or VIFSettings()

    @abc.abstractmethod
    def get_config(self, instance: 'objects.Instance', vif: Any,
                   image_meta: 'objects.ImageMeta', flavor: 'objects.Flavor',
                   virt_type: str) -> Device:
        """Return the interface of a port; nothing is asked or changed."""

    @abc.abstractmethod
    def plug(self, instance: 'objects.Instance', vif: Any) -> None:
        """Make what a guest needs on the host to use a port.

        What is there already is left as it is.  After a failure nothing is there
        that was not there before.

        :raises exception.VirtualInterfacePlugException: with what failed.
        """

    @abc.abstractmethod
    def unplug(self, instance: 'objects.Instance', vif: Any) -> None:
        """Remove what plug() has made for this port alone; it may be gone already.

        :raises exception.VirtualInterfaceUnplugException: with what failed; it can
            be called again.
        """


def _described(kind: str) -> Callable[..., Device]:
    """Make the method that describes ports of one kind, whatever their type says."""
    def get_config(self: 'LibvirtGenericVIFDriver', instance: 'objects.Instance',
                   vif: Any, image_meta: 'objects.ImageMeta',
                   flavor: 'objects.Flavor', virt_type: str) -> Device:
        describe = getattr(self.describer, f'describe_{kind}')
        device: Device = describe(
            vif, vifconfig.VIFGuest(image_meta, flavor, virt_type))
        return device
    get_config.__doc__ = f'Return the interface of a port of type {kind}.'
    return get_config


class LibvirtGenericVIFDriver(VIFDriver):
    """Interfaces of every kind.

    :param facts: what get_config() may know of the host; see find().
    :param devices: the network devices of the host.
    :param run: runs the commands of networks that are plugged by a command.
    """

    def __init__(self, host: Host | None = None,
                 settings: VIFSettings | None = None, facts: VIFHost | None = None,
                 devices: netdevices.NetDevices | None = None,
                 run: Run = processutils.execute) -> None:
        super().__init__(host, settings)
        self.describer = vifconfig.InterfaceDescriber(self.settings, facts)
        self._devices: netdevices.NetDevices = utils.tpool_wrap(
            devices or netdevices.NetDevices())
        self._run = run

    # Describing

    def find(self, network_info: Sequence[Any]) -> VIFHost:
        """Look up what describing these ports needs to know of the host.

        What is not found is left out, and refused where it is needed.
        """
        netdevs: dict[str, str] = {}
        vdpa_paths: dict[str, str] = {}
        for vif in network_info:
            address = str((vif['profile'] or {}).get('pci_slot'))
            if vif['vnic_type'] == network_model.VNIC_TYPE_MACVTAP:
                with contextlib.suppress(LookupError):
                    netdevs[address] = self._devices.get_name(address)
            if self.host and vif['vnic_type'] == network_model.VNIC_TYPE_VDPA:
                vdpa_paths[address] = self.host.get_vdpa_device_path(address)
        return VIFHost(os.uname().release, netdevs, vdpa_paths)

    def get_config(self, instance: 'objects.Instance', vif: Any,
                   image_meta: 'objects.ImageMeta', flavor: 'objects.Flavor',
                   virt_type: str) -> Device:
        """Return the interface of a port; nothing is asked or changed.

        :raises exception.InternalError: for a type that is not known.
        """
        return self.describer.describe(
            vif, vifconfig.VIFGuest(image_meta, flavor, virt_type))

    get_config_802qbg = _described('8021qbg')
    get_config_802qbh = _described('8021qbh')
    get_config_hostdev_physical = _described('hostdev_physical')
    get_config_hw_veb = _described('hw_veb')
    get_config_ib_hostdev = _described('ib_hostdev')
    get_config_iovisor = _described('iovisor')
    get_config_macvtap = _described('macvtap')
    get_config_midonet = _described('midonet')
    get_config_tap = _described('tap')

    def get_base_config(self, instance: 'objects.Instance', mac: str,
                        image_meta: 'objects.ImageMeta', flavor: 'objects.Flavor',
                        virt_type: str, vnic_type: str) -> Device:
        """Return what a guest sees of an interface, whatever its network is."""
        return self.describer.base(
            {'address': mac, 'vnic_type': vnic_type},
            vifconfig.VIFGuest(image_meta, flavor, virt_type))

    def get_base_hostdev_pci_config(self, vif: Any) -> Device:
        """Return the device of a port that is a whole PCI function."""
        return vifconfig.get_passed_device(vif)

    def get_bridge_name(self, vif: Any) -> str:
        """Return the bridge of a port's network."""
        name: str = vif['network']['bridge']
        return name

    def get_veth_pair_names(self, iface_id: str) -> tuple[str, str]:
        """Return both ends of the cable between a bridge and Open vSwitch."""
        length = network_model.NIC_NAME_LEN
        return f'qvb{iface_id}'[:length], f'qvo{iface_id}'[:length]

    def get_vif_devname(self, vif: Any) -> str:
        """Return the name of the port's network device on the host."""
        return vifconfig.get_vif_devname(vif)

    def get_vif_model(self, image_meta: 'objects.ImageMeta | None' = None,
                      vif_model: str | None = None) -> str | None:
        """Return the model that an image asks for, or else the one that is given."""
        return vifconfig.get_vif_model(image_meta, vif_model)

    # Plugging

    def has_bridge(self, name: str) -> bool:
        """Tell whether there is a bridge of a name."""
        return self._devices.is_bridge(name)

    def check(self, vif: Any) -> None:
        """Refuse what plug() would, as far as can be seen; nothing is changed.

        :raises exception.VirtualInterfacePlugException: with what is wrong.
        """
        with _explained(vif):
            _check_mac(vif)
            is_bridge = vif['type'] == network_model.VIF_TYPE_BRIDGE
            if is_bridge and not vif['network'].get_meta('should_create_bridge'):
                self._check_bridge(vif['network']['bridge'])

    def plug(self, instance: 'objects.Instance', vif: Any) -> None:
        LOG.debug('Plugging %s port %s', vif['type'], vif['id'], instance=instance)
        with _explained(vif):
            _check_mac(vif)
            self._work('plug', vif)(instance, vif)

    def unplug(self, instance: 'objects.Instance', vif: Any) -> None:
        LOG.debug('Unplugging %s port %s', vif['type'], vif['id'], instance=instance)
        try:
            self._work('unplug', vif)(instance, vif)
        except (*_FAILURES, exception.NovaException) as error:
            raise exception.VirtualInterfaceUnplugException(
                reason=_('port %(port)s with vif_type=%(type)s: %(error)s') % {
                    'port': vif['id'], 'type': vif['type'], 'error': error}) from error

    def _work(self, verb: str, vif: Any) -> Work:
        """Return what plugs or unplugs a port."""
        kind = vif['type']
        if kind in _KINDS:
            name = f'{verb}_{_KINDS[kind]}'
            work: Work = getattr(self, name, self._do_nothing)
            return work
        port = os_vif_util.nova_to_osvif_vif(vif)
        if port is None:
            raise LookupError(f'unexpected vif_type={kind}')
        return functools.partial(getattr(self, f'_{verb}_by_os_vif'), port)

    def _do_nothing(self, instance: 'objects.Instance', vif: Any) -> None:
        """Leave it to libvirt, or leave what other ports may share."""

    def plug_bridge(self, instance: 'objects.Instance', vif: Any) -> None:
        """Make the bridge, and the VLAN that joins it to the wire, if wanted.

        A bridge stays: it is its network's and not the port's.
        """
        network = vif['network']
        with lockutils.lock(f'nova-bridge-{network["bridge"]}'):
            self._ensure_bridge(network, vif)
            self._join_again(network['bridge'], self.get_vif_devname(vif))

    def _ensure_bridge(self, network: Any, vif: Any) -> None:
        bridge, mtu = network['bridge'], network.get_meta('mtu')
        wire = network.get_meta('bridge_interface')
        if not network.get_meta('should_create_bridge'):
            self._check_bridge(bridge)
            return
        with contextlib.ExitStack() as undo:
            if network.get_meta('should_create_vlan'):
                vlan = int(network.get_meta('vlan'))
                parent, wire = wire, f'vlan{vlan}'
                if self._devices.add_vlan(wire, parent, vlan, mtu):
                    undo.callback(self._devices.delete, wire)
            if self._devices.add_bridge(bridge, mtu):
                undo.callback(self._devices.delete, bridge)
            if not self._devices.is_bridge(bridge):
                raise LookupError(f'{bridge!r} is there and is no bridge')
            if wire and wire not in self._devices.ports(bridge):
                self._devices.add_port(bridge, wire)
            undo.pop_all()

    def _join_again(self, bridge: str, name: str) -> None:
        """Let the device of a guest that runs be a port of a bridge made anew."""
        if self._devices.exists(name) and name not in self._devices.ports(bridge):
            self._devices.add_port(bridge, name)

    def _check_bridge(self, bridge: str) -> None:
        if not self._devices.is_bridge(bridge):
            raise LookupError(f'there is no bridge {bridge!r}')

    def plug_tap(self, instance: 'objects.Instance', vif: Any) -> None:
        """Make the tap device that QEMU will open."""
        # A guest with many queues opens it many times.
        self._devices.add_tap(
            self.get_vif_devname(vif),
            vif['details'].get(network_model.VIF_DETAILS_TAP_MAC_ADDRESS),
            vif['network'].get_meta('mtu'), _is_multiqueue(instance))

    def unplug_tap(self, instance: 'objects.Instance', vif: Any) -> None:
        """Remove the tap device."""
        self._devices.delete(self.get_vif_devname(vif))

    def plug_macvtap(self, instance: 'objects.Instance', vif: Any) -> None:
        """Make the VLAN that a macvtap is to be on; other ports may share it."""
        details = vif['details']
        vlan = details.get(network_model.VIF_DETAILS_VLAN)
        if not vlan:
            return
        self._devices.add_vlan(
            details[network_model.VIF_DETAILS_MACVTAP_SOURCE],
            details[network_model.VIF_DETAILS_PHYS_INTERFACE], int(vlan),
            vif['network'].get_meta('mtu'))

    def plug_hw_veb(self, instance: 'objects.Instance', vif: Any) -> None:
        """Tell the card the VLAN and whether to trust the guest."""
        vlan = int(vif['details'].get(network_model.VIF_DETAILS_VLAN) or 0)
        self._set_function(vif, vlan=vlan, trusted=True)

    def unplug_hw_veb(self, instance: 'objects.Instance', vif: Any) -> None:
        """Give the card's function back without a VLAN, and not trusted."""
        self._set_function(vif, vlan=0, trusted=False)

    def _set_function(self, vif: Any, vlan: int, trusted: bool) -> None:
        address = vif['profile']['pci_slot']
        if vif['vnic_type'] == network_model.VNIC_TYPE_MACVTAP:
            # libvirt sets neither for a macvtap.
            self._devices.set_function(address, vif['address'], vlan)
        elif str(vif['profile'].get('trusted', '')).lower() == 'true':
            self._devices.set_function(address, trusted=trusted)

    # Plugged by a command

    def plug_ib_hostdev(self, instance: 'objects.Instance', vif: Any) -> None:
        """Tell the InfiniBand fabric about the function."""
        self._run('ebrctl', 'add-port', vif['address'], instance.uuid,
                  vif.get_physical_network(), 'HOSTDEV', vif['profile']['pci_slot'])

    def unplug_ib_hostdev(self, instance: 'objects.Instance', vif: Any) -> None:
        """Take the function from the InfiniBand fabric."""
        self._run('ebrctl', 'del-port', vif.get_physical_network(), vif['address'])

    def plug_iovisor(self, instance: 'objects.Instance', vif: Any) -> None:
        """Make a tap device and give it to IOVisor."""
        name, network = self.get_vif_devname(vif), vif['network']
        with self._tap_of_command(instance, vif):
            self._run('ifc_ctl', 'gateway', 'add_port', name)
            self._run('ifc_ctl', 'gateway', 'ifup', name, 'access_vm',
                      f'{network["label"]}_{vif["id"]}', vif['address'],
                      f'pgtag2={network["id"]}', f'pgtag1={instance.project_id}')

    def unplug_iovisor(self, instance: 'objects.Instance', vif: Any) -> None:
        """Take the tap device from IOVisor and remove it."""
        name, network = self.get_vif_devname(vif), vif['network']
        self._run('ifc_ctl', 'gateway', 'ifdown', name, 'access_vm',
                  f'{network["label"]}_{vif["id"]}', vif['address'])
        self._run('ifc_ctl', 'gateway', 'del_port', name)
        self._devices.delete(name)

    def plug_midonet(self, instance: 'objects.Instance', vif: Any) -> None:
        """Make a tap device and bind MidoNet's port to it."""
        with self._tap_of_command(instance, vif):
            self._run('mm-ctl', '--bind-port', vif['id'], self.get_vif_devname(vif))

    def unplug_midonet(self, instance: 'objects.Instance', vif: Any) -> None:
        """Unbind MidoNet's port and remove the tap device."""
        self._run('mm-ctl', '--unbind-port', vif['id'])
        self._devices.delete(self.get_vif_devname(vif))

    @contextlib.contextmanager
    def _tap_of_command(self, instance: 'objects.Instance', vif: Any,
                        ) -> Iterator[None]:
        name = self.get_vif_devname(vif)
        is_new = self._devices.add_tap(name, multiqueue=_is_multiqueue(instance))
        try:
            yield
        except BaseException:
            if is_new:
                self._devices.delete(name)
            raise

    # Plugged by os-vif

    def _plug_by_os_vif(self, port: Any, instance: 'objects.Instance', vif: Any,
                        ) -> None:
        info = os_vif_util.nova_to_osvif_instance(instance)
        was_there = any(self._devices.exists(name) for name in self._names_of(vif))
        with _plugins() as plugins:
            self._plug_or_undo(plugins, port, info, was_there)

    @staticmethod
    def _plug_or_undo(plugins: Any, port: Any, info: Any, was_there: bool) -> None:
        try:
            plugins.plug(port, info)
        except os_vif_exception.ExceptionBase:
            if not was_there:
                with contextlib.suppress(os_vif_exception.ExceptionBase):
                    plugins.unplug(port, info)
            raise

    def _unplug_by_os_vif(self, port: Any, instance: 'objects.Instance', vif: Any,
                          ) -> None:
        with _plugins() as plugins:
            plugins.unplug(port, os_vif_util.nova_to_osvif_instance(instance))

    def _names_of(self, vif: Any) -> tuple[str, ...]:
        """Return the devices that os-vif may make for a port."""
        return (self.get_vif_devname(vif), vifconfig.get_hybrid_bridge(vif),
                *self.get_veth_pair_names(vif['id']))


@contextlib.contextmanager
def _explained(vif: Any) -> Iterator[None]:
    """Let what keeps a port from being plugged leave the block as one error."""
    try:
        yield
    except (*_FAILURES, exception.NovaException) as error:
        raise exception.VirtualInterfacePlugException(
            _('Plugging port %(port)s with vif_type=%(type)s failed: %(error)s')
            % {'port': vif['id'], 'type': vif['type'], 'error': error}) from error


def _check_mac(vif: Any) -> None:
    if not netutils.is_valid_mac(str(vif['address'])):
        raise LookupError(f'{vif["address"]!r} is not a MAC address')


@functools.cache
def _os_vif() -> Any:
    """Return os-vif with its plugins loaded."""
    os_vif.initialize()
    if os.geteuid() == 0:
        _let_plugins_use_our_privileges()
    return os_vif


@contextlib.contextmanager
def _plugins() -> Iterator[Any]:
    """Give os-vif, to one greenlet at a time.

    Its connection to Open vSwitch is served by a greenlet of the thread that opened
    it, so all calls have to come from the same one; and the event loop by which its
    plugins talk to the kernel serves one caller of a thread at once.
    """
    if utils.concurrency_mode_threading():
        yield _os_vif()
        return
    with lockutils.lock('nova-os-vif'):
        yield _os_vif()


def _let_plugins_use_our_privileges() -> None:
    """Spare the plugins a process of their own, which sudo would start."""
    with contextlib.suppress(ImportError):
        from vif_plug_ovs import privsep
        privsep.vif_plug.set_client_mode(False)


def _is_multiqueue(instance: 'objects.Instance') -> bool:
    return hardware.get_vif_multiqueue_constraint(
        instance.flavor, instance.image_meta)


def ensure_vlan(vlan_num: int, bridge_interface: str, mac_address: str | None = None,
                mtu: int | None = None, interface: str | None = None) -> str:
    """Make a VLAN of a network device if it is not there; return its name."""
    name = interface or f'vlan{vlan_num}'
    utils.tpool_wrap(netdevices.NetDevices()).add_vlan(
        name, bridge_interface, int(vlan_num), mtu, mac_address)
    return name


def set_vf_interface_vlan(pci_addr: str, mac_addr: str, vlan: int = 0) -> None:
    """Tell a card the VLAN and the MAC address of one of its virtual functions."""
    utils.tpool_wrap(netdevices.NetDevices()).set_function(
        pci_addr, mac_addr, int(vlan))


def set_vf_trusted(pci_addr: str, trusted: bool) -> None:
    """Tell a card whether a virtual function may change its address and mode."""
    utils.tpool_wrap(netdevices.NetDevices()).set_function(pci_addr, trusted=trusted)
