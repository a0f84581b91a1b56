# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The hypervisor host: what everybody else has of libvirt.

Host owns the connection, the events and what is known of the machine.  It knows no
configuration, and hands out guests without knowing their class.
"""

from collections.abc import Callable, Iterable, Iterator
import contextlib
import os
import threading
from typing import Any, overload

import libvirt
from oslo_log import log as logging
from oslo_utils import units

from nova import exception
from nova.virt import event as virtevent
from nova.virt.libvirt import calls
from nova.virt.libvirt import capabilities
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import connection
from nova.virt.libvirt import errors
from nova.virt.libvirt import eventqueue
from nova.virt.libvirt import guestsizes
from nova.virt.libvirt import gueststates
from nova.virt.libvirt import listeners
from nova.virt.libvirt import mdevs
from nova.virt.libvirt import networks
from nova.virt.libvirt import news
from nova.virt.libvirt import nodedevs
from nova.virt.libvirt import numacells
from nova.virt.libvirt import secrets
from nova.virt.libvirt import support

LOG = logging.getLogger(__name__)

GuestFactory = Callable[[libvirt.virDomain], Any]
#: (8, 3, 0), or 8003000.
Version = tuple[int, int, int] | int

#: As Nova understands it: no limit that anybody knows of.
_UNLIMITED = 2**31 - 1


def _open_auth(uri: str, auth: list[Any], flags: int) -> libvirt.virConnect:
    # Looked up when called, so that tests can replace it.
    return libvirt.openAuth(uri, auth, flags)


def _as_number(version: Version | None) -> int | None:
    if not isinstance(version, tuple):
        return version
    major, minor, micro = version
    return major * 1_000_000 + minor * 1_000 + micro


def _used_mb(total_mb: int, stats: dict[str, int]) -> int:
    """Return the memory that neither is free nor would be if somebody needed it."""
    if not stats:
        return 0
    free_kb = sum(stats.get(key, 0) for key in ('free', 'buffers', 'cached'))
    return total_mb - free_kb // 1024


def _as_xml(cpu: str | vconfig.LibvirtConfigCPU) -> str:
    return cpu if isinstance(cpu, str) else cpu.to_xml()


class _Supports:
    """A predicate of the table, as a property of Host that has its name."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        self.__doc__ = f'Whether {support.PREDICATES[name].says}.'

    @overload
    def __get__(self, host: None, owner: type) -> '_Supports': ...

    @overload
    def __get__(self, host: 'Host', owner: type) -> bool: ...

    def __get__(self, host: 'Host | None', owner: type) -> 'bool | _Supports':
        return self if host is None else host._holds(self._name)


class Host:
    """One hypervisor host.

    Methods that ask libvirt raise HypervisorUnavailable without a connection and
    InternalError for what libvirt refuses.

    :param uri: libvirt's address of the hypervisor.
    :param conn_event_handler: called with False and the reason when the connection
        is lost, with True and None when there is one (again).
    :param lifecycle_event_handler: called with each nova.virt.event.LifecycleEvent
        and each event of nova.virt.libvirt.event, one after the other; it must not
        wait for a later one.
    :param guest_factory: makes of a virDomain what get_guest and list_guests hand
        out.
    :param opener: as libvirt.openAuth.
    :param kinds: the kinds of guests that capabilities are asked for.
    :param keepalive: how soon a libvirtd that does not answer is given up.
    :param auth_callback: answers what libvirt asks for when a connection is opened.
    :param file_backed_memory_mb: memory that guests can have in files; 0 if they
        have the machine's.
    """

    def __init__(self, uri: str, read_only: bool = False,
                 conn_event_handler: news.Handler | None = None,
                 lifecycle_event_handler: eventqueue.LifecycleHandler | None = None,
                 *, guest_factory: GuestFactory = lambda domain: domain,
                 opener: connection.Opener = _open_auth,
                 kinds: capabilities.GuestKinds | None = None,
                 keepalive: connection.KeepAlive | None = None,
                 auth_callback: connection.AuthCallback | None = None,
                 file_backed_memory_mb: int = 0) -> None:
        self._event_handler = lifecycle_event_handler
        self._guest_factory = guest_factory
        self._file_backed_memory_mb = file_backed_memory_mb
        self._connection = connection.Connection(
            uri, read_only, opener=opener, keepalive=keepalive,
            auth_callback=auth_callback,
            on_open=self._watch, on_ready=self._ready, on_close=self._unwatch,
            on_lost=self._lost)
        self._events = eventqueue.EventQueue(
            self._heard, conn_event_handler, self._connection.reconnect)
        self._capabilities = capabilities.Capabilities(
            self.get_connection, kinds or capabilities.GuestKinds())
        self._nodedevs = nodedevs.NodeDevices(
            self.get_connection, on_change=self._capabilities.forget)
        self._states = gueststates.GuestStates(self.get_connection)
        self._sizes = guestsizes.GuestSizes()
        self._lock = threading.Lock()
        self._initialized = False
        #: The connection that those who listen know of.
        self._told_opened: libvirt.virConnect | None = None
        self._hostname: str | None = None

    # Its life

    def initialize(self) -> None:
        """Connect and begin to listen to events; once is enough.

        After a failure nothing is left running, and it can be called again.

        :raises nova.exception.HypervisorUnavailable: if libvirt cannot be reached.
        """
        started = self._start_events()
        try:
            conn = self._connection.get()
        except exception.HypervisorUnavailable:
            if started:
                self._stop_events()
            raise
        # It may have come after an earlier start was given up.
        self._tell_opened(conn)

    def _start_events(self) -> bool:
        with self._lock:
            if self._initialized:
                return False
            self._events.start()
            self._initialized = True
        return True

    def _stop_events(self) -> None:
        with self._lock:
            initialized, self._initialized = self._initialized, False
            self._told_opened = None
        if initialized:
            self._events.stop()

    def cleanup(self) -> None:
        """End for good: no event is delivered and no call possible any more."""
        self._connection.close()
        self._stop_events()

    def _watch(self, conn: libvirt.virConnect) -> None:
        self._events.watch(conn)
        self._nodedevs.watch(conn)

    def _ready(self, conn: libvirt.virConnect) -> None:
        self._states.forget()
        self._capabilities.forget()
        self._nodedevs.forget()
        self._sizes.forget()
        self._tell_opened(conn)

    def _tell_opened(self, conn: libvirt.virConnect) -> None:
        """Let who listens know of a connection, once."""
        with self._lock:
            if self._initialized and self._told_opened is not conn:
                self._told_opened = conn
                self._events.opened(conn)

    def _unwatch(self, conn: libvirt.virConnect) -> None:
        self._states.forget()
        self._events.unwatch(conn)
        self._nodedevs.unwatch(conn)

    def _heard(self, event: virtevent.InstanceEvent) -> None:
        # A guest that was started has another number, which says enough.
        if not isinstance(event, virtevent.LifecycleEvent):
            self._sizes.changed(event.uuid)
        if self._event_handler is not None:
            self._event_handler(event)

    def _lost(self, reason: str) -> None:
        self._events.lost(reason)

    # The connection

    def get_connection(self) -> libvirt.virConnect:
        """Return the live connection, opening one if there is none.

        :raises nova.exception.HypervisorUnavailable: if libvirt cannot be reached.
        """
        if not self._initialized:
            self.initialize()
        return self._connection.get()

    # Events

    def listener(self, kind: listeners.Kinds, guest: str | listeners.HasUUID,
                 matches: listeners.Matches | None = None,
                 ) -> contextlib.AbstractContextManager[listeners.Listener]:
        """Return a context in which events of a guest can be waited for.

        To be entered before the command is sent whose effect is waited for::

            with host.listener(DeviceRemovedEvent, guest) as listener:
                guest.detach_device(conf, live=True)
                listener.wait(timeout_s=20)

        :param kind: the class of the events, or several.
        :param guest: the guest or its UUID.
        :param matches: tells of an event whether it is meant.
        :raises nova.exception.HypervisorUnavailable: without a connection.
        """
        self.get_connection()
        return self._events.listener(kind, listeners.uuid_of(guest), matches)

    def operation(self, guest: str | listeners.HasUUID, kind: listeners.Operation,
                  ) -> contextlib.AbstractContextManager[None]:
        """Return a context in which the end of a guest's process is no news.

        To be entered before the command is sent that ends it.  Where the block
        fails and has stopped the guest, that is told when it is left.
        """
        return self._events.operation(listeners.uuid_of(guest), kind)

    @contextlib.contextmanager
    def _asking(self, instance_uuid: str | None = None,
                ) -> Iterator[libvirt.virConnect]:
        """Give a connection whose errors leave the block as ours."""
        conn = None
        try:
            with errors.translated(instance_uuid=instance_uuid):
                conn = self.get_connection()
                yield conn
        except exception.HypervisorUnavailable as ex:
            if conn is not None and isinstance(ex.__cause__, libvirt.libvirtError):
                self._connection.suspect(conn, ex.__cause__)
            raise

    def has_min_version(self, lv_ver: Version | None = None,
                        hv_ver: Version | None = None,
                        hv_type: str | None = None) -> bool:
        """Tell whether libvirt and hypervisor are at least as new as asked.

        :param lv_ver: libvirt's version.
        :param hv_ver: the hypervisor's.
        """
        with self._asking():
            return self._connection._has_min_version(
                _as_number(lv_ver), _as_number(hv_ver), hv_type)

    def has_version(self, lv_ver: Version | None = None, hv_ver: Version | None = None,
                    hv_type: str | None = None) -> bool:
        """Tell whether libvirt and hypervisor are exactly those asked for."""
        wanted = (_as_number(lv_ver), _as_number(hv_ver), hv_type)
        with self._asking():
            return all(want is None or want == found for want, found
                       in zip(wanted, self._connection._versions(), strict=True))

    def get_too_old(self, minimum: support.Minimum = support.MINIMUM) -> list[str]:
        """Say of libvirt and the hypervisor what has to be upgraded, if anything."""
        with self._asking():
            return support.too_old(*self._connection._versions(), minimum)

    def get_version(self) -> int:
        """Return the hypervisor's version, major * 1000000 + minor * 1000 + micro."""
        with self._asking() as conn:
            version: int = conn.getVersion()
        return version

    def get_lib_version(self) -> int:
        """Return libvirt's version, major * 1000000 + minor * 1000 + micro."""
        with self._asking() as conn:
            version: int = conn.getLibVersion()
        return version

    # Guests

    def get_guest(self, instance: Any) -> Any:
        """Return the guest of an instance.

        :raises nova.exception.InstanceNotFound: if there is none.
        """
        return self._guest_factory(self._get_domain(instance))

    def _get_domain(self, instance: Any) -> libvirt.virDomain:
        with self._asking(instance.uuid) as conn:
            return conn.lookupByUUIDString(instance.uuid)

    def list_instance_domains(self, only_running: bool = True,
                              only_guests: bool = True) -> list[libvirt.virDomain]:
        """Return the domains of this hypervisor.

        :param only_running: leave out those that are shut off.
        :param only_guests: leave out the one that Xen itself runs in.
        """
        with self._asking() as conn:
            found = conn.listAllDomains(
                gueststates.RUNNING if only_running else gueststates.ALL)
        return [domain for domain in found
                if not only_guests or gueststates.is_guest(domain)]

    def list_guests(self, only_running: bool = True,
                    only_guests: bool = True) -> list[Any]:
        """Return the guests of this host; see list_instance_domains."""
        return [self._guest_factory(domain) for domain
                in self.list_instance_domains(only_running, only_guests)]

    def list_guest_names(self) -> dict[str, str]:
        """Return the names of all guests of this host by UUID."""
        with self._asking():
            return self._states.get_names()

    def list_guest_uuids(self) -> list[str]:
        """Return the UUIDs of all guests of this host."""
        with self._asking():
            return self._states.get_uuids()

    # Their states and statistics

    def get_domain_state(self, uuid: str) -> tuple[int, int]:
        """Return VIR_DOMAIN_* of a guest, and its number, -1 if it does not run.

        :raises nova.exception.InstanceNotFound: if there is none.
        """
        with self._asking(uuid):
            found = self._states.get(uuid)
        if found is None:
            raise exception.InstanceNotFound(instance_id=uuid)
        return found

    def get_domain_states(self) -> dict[str, tuple[int, int]]:
        """Return what get_domain_state does of all guests by UUID, at once.

        Of a guest whose QEMU did not answer get_domain_stats, and does not yet, the
        state is VIR_DOMAIN_NOSTATE.
        """
        with self._asking():
            return self._states.get_all()

    def get_domain_stats(self, kinds: int = 0, only_running: bool = False,
                         ) -> dict[str, dict[str, Any]]:
        """Return statistics of all guests by UUID, asked for at once.

        Of a guest that is shut off libvirt 9.0 tells the state and its reason, the
        memory (balloon.current and balloon.maximum) and the number of CPUs
        (vcpu.current and vcpu.maximum) that it would be started with, and of each
        disk block.N.name, path, allocation, capacity and physical; nothing of single
        CPUs, of interfaces, or of what disks did.  Its cpu.time, user and system are
        not zero, and nobody's.

        Of a guest that is busy with a job there is only what libvirt knows without
        QEMU: nobody waits for it.  So it is of one whose QEMU does not answer, and its
        state is VIR_DOMAIN_NOSTATE; the call takes half a second longer (and 5 ms
        for each guest) for the first one that is found so.  Where there are three of
        them, there is of all guests only what libvirt knows.

        :param kinds: VIR_DOMAIN_STATS_*, or-ed; 0 for all.  QEMU is asked for
            CPU_TOTAL, VCPU and BLOCK, half a millisecond or more for each guest; STATE,
            BALLOON and INTERFACE come from libvirt alone.
        """
        with self._asking():
            return self._states.get_stats(kinds, only_running)

    def write_instance_config(self, xml: str) -> libvirt.virDomain:
        """Define a domain, or redefine it, without starting it.

        A failure leaves a domain that existed as it was, and none otherwise.
        """
        with self._asking() as conn:
            return conn.defineXML(xml)

    # Secrets

    def create_secret(self, usage_type: str, usage_id: str,
                      password: str | bytes | None = None, uuid: str | None = None,
                      ephemeral: bool | None = None, private: bool | None = None,
                      ) -> libvirt.virSecret:
        """Define a secret and give it its value, if there is one.

        After a failure there is no secret that was not there before.

        :param usage_type: volume, iscsi, ceph, tls or vtpm.
        :param usage_id: what the secret is for, as guests will name it.
        :param ephemeral: never write it to a disk; so by default for vtpm alone.
        :param private: give the value to nobody; likewise.
        :raises nova.exception.InvalidInput: if the usage type is none of these.
        """
        with self._asking() as conn:
            return secrets.create(conn, usage_type, usage_id, password, uuid,
                                  ephemeral, private)

    def find_secret(self, usage_type: str, usage_id: str) -> libvirt.virSecret | None:
        """Return the secret for a use; None if there is none."""
        with self._asking() as conn:
            return secrets.find(conn, usage_type, usage_id)

    def delete_secret(self, usage_type: str, usage_id: str) -> None:
        """Remove the secret for a use; that there is none is no error."""
        with self._asking() as conn:
            secrets.delete(conn, usage_type, usage_id)

    # Network filters

    def define_nwfilter(self, conf: vconfig.LibvirtConfigNWFilter) -> None:
        """Define a network filter, or change it for the guests that use it.

        A failure leaves a filter that existed as it was, and none otherwise.
        """
        with self._asking() as conn:
            conn.nwfilterDefineXML(conf.to_xml())

    def get_nwfilter(self, name: str) -> vconfig.LibvirtConfigNWFilter | None:
        """Return a network filter as it is defined; None if there is none."""
        with self._asking() as conn:
            found = self._find_nwfilter(conn, name)
            xml = found.XMLDesc(0) if found is not None else None
        if xml is None:
            return None
        conf = vconfig.LibvirtConfigNWFilter()
        conf.parse_str(xml)
        return conf

    def list_nwfilters(self) -> list[str]:
        """Return the names of all network filters; a session has none."""
        with self._asking() as conn:
            try:
                return list(conn.listNWFilters())
            except libvirt.libvirtError as ex:
                if errors.is_unsupported(ex):
                    return []
                raise

    def undefine_nwfilter(self, name: str) -> None:
        """Remove a network filter; one that is not there is no error.

        After a failure it is there as it was.

        :raises nova.exception.InternalError: if a guest or a filter uses it.
        """
        with self._asking() as conn:
            found = self._find_nwfilter(conn, name)
            if found is not None:
                found.undefine()

    @staticmethod
    def _find_nwfilter(conn: libvirt.virConnect, name: str,
                       ) -> libvirt.virNWFilter | None:
        try:
            return conn.nwfilterLookupByName(name)
        except libvirt.libvirtError as ex:
            if errors.is_no_nwfilter(ex):
                return None
            raise

    # Networks

    def get_network(self, name: str) -> networks.Network | None:
        """Return a network of libvirt; None if there is none of that name."""
        with self._asking() as conn:
            return networks.get(conn, name)

    def list_networks(self) -> list[networks.Network]:
        """Return all networks of libvirt."""
        with self._asking() as conn:
            return networks.get_all(conn)

    def get_dhcp_leases(self, network: str) -> list[networks.Lease]:
        """Return the addresses that the DHCP server of a network has given away."""
        with self._asking() as conn:
            return networks.get_leases(conn, network)

    def add_dhcp_host(self, network: str, host: networks.DHCPHost) -> None:
        """Let the DHCP server of a network keep an address for a guest.

        It does from now on, and after the network's next start; that it does already
        is no error.  After a failure it keeps none that it did not keep before.

        :raises nova.exception.NetworkNotFound: if there is no such network.
        :raises nova.exception.InvalidInput: if it keeps the address for another MAC,
            or another address for this one.
        """
        with self._asking() as conn:
            networks.add_dhcp_host(conn, network, host)

    def remove_dhcp_host(self, network: str, host: networks.DHCPHost) -> None:
        """Let a network keep an address no more; that it does not is no error.

        What differs in MAC, address or name is somebody else's and stays.
        """
        with self._asking() as conn:
            networks.remove_dhcp_host(conn, network, host)

    # Capabilities

    def _get_known(self) -> capabilities.Capabilities:
        """Return what the host can do, with the devices that it has by now."""
        self._nodedevs.take_changes()
        return self._capabilities

    def get_capabilities(self) -> vconfig.LibvirtConfigCaps:
        """Return the host's capabilities."""
        with self._asking():
            return self._get_known().get_host()

    def get_domain_capabilities(self) -> capabilities.DomainCaps:
        """Return what guests can have, by architecture and machine type."""
        with self._asking():
            return self._get_known().get_domains()

    def get_canonical_machine_type(self, arch: str, machine: str) -> str:
        """Return the versioned machine type that an alias stands for."""
        with self._asking():
            return self._get_known().get_canonical_machine_type(arch, machine)

    def get_cpu_model_names(self) -> list[str]:
        """Return the CPU models that libvirt knows for this architecture."""
        arch = self.get_capabilities().host.cpu.arch
        with self._asking() as conn:
            return list(conn.getCPUModelNames(arch, 0))

    def get_baseline_cpu(self, cpus: Iterable[vconfig.LibvirtConfigCPU],
                         expanded: bool = False) -> vconfig.LibvirtConfigCPU:
        """Return the CPU whose features all of some CPUs have.

        :param expanded: name the features too that its model stands for.
        """
        with self._asking():
            return self._capabilities.get_baseline_cpu(cpus, expanded)

    def compare_cpu(self, xmlDesc: str | vconfig.LibvirtConfigCPU,  # noqa: N803
                    flags: int = 0) -> int:
        """Compare a CPU with the host's: VIR_CPU_COMPARE_*."""
        with self._asking() as conn:
            result: int = conn.compareCPU(_as_xml(xmlDesc), flags)
        return result

    def compare_hypervisor_cpu(
        self, xmlDesc: str | vconfig.LibvirtConfigCPU,  # noqa: N803
        flags: int = 0,
    ) -> int:
        """Compare a CPU with what the hypervisor can give: VIR_CPU_COMPARE_*."""
        with self._asking():
            return self._capabilities.compare_hypervisor_cpu(_as_xml(xmlDesc), flags)

    def _holds(self, name: str) -> bool:
        with self._asking():
            return self._get_known().holds(name)

    has_hyperthreading = _Supports()
    supports_uefi = _Supports()
    supports_secure_boot = _Supports()
    supports_vtpm = _Supports()
    supports_virtio_fs = _Supports()
    supports_mem_backing_file = _Supports()
    supports_mem_backing_memfd = _Supports()
    supports_file_backed_memory_discard = _Supports()
    supports_hugepages = _Supports()
    supports_amd_sev = _Supports()
    supports_amd_sev_es = _Supports()
    supports_amd_sev_snp = _Supports()
    supports_intel_tdx = _Supports()
    supports_mem_encryption = _Supports()
    supports_virtio_iommu = _Supports()
    supports_iommu_address_width = _Supports()
    supports_packed_rings = _Supports()
    supports_guest_perf_events = _Supports()
    supports_realtime = _Supports()
    supports_remote_managed_ports = _Supports()
    supports_secure_loader_with_firmware = _Supports()

    def is_cpu_control_policy_capable(self) -> bool:
        """Tell whether control groups limit the CPU time of guests here."""
        return self._holds('has_cpu_controller')

    def get_mem_encryption_models(self) -> frozenset[str]:
        """Return the models of memory encryption that guests can have."""
        with self._asking():
            return support.encryption_models(self._get_known().get_view())

    def get_mem_encryption_inventories(self) -> dict[str, Any]:
        """Return how many guests can have encrypted memory, as Placement wants it.

        By model of encryption; a model that the host lacks is absent.
        """
        with self._asking():
            slots = support.encryption_slots(self._get_known().get_view())
        return {model: {'total': _UNLIMITED if total is None else total,
                        'min_unit': 1, 'max_unit': 1, 'step_size': 1,
                        'allocation_ratio': 1.0, 'reserved': 0}
                for model, total in slots.items()}

    @property
    def max_intel_tdx_guests(self) -> int | None:
        """How many trust domains the kernel has keys for; None: it does not say."""
        with self._asking():
            return support.max_tdx_guests(self._get_known().get_view().read)

    @property
    def tpm_models(self) -> list[str]:
        """Models of TPM that guests can have."""
        with self._asking():
            return self._get_known().tpm_models

    @property
    def tpm_versions(self) -> list[str]:
        """Versions of TPM that can be emulated; empty if libvirt does not say."""
        with self._asking():
            return self._get_known().tpm_versions

    # Node devices

    def list_all_devices(self, flags: int = 0) -> list[libvirt.virNodeDevice]:
        """Return the devices of this host.

        :param flags: VIR_CONNECT_LIST_NODE_DEVICES_CAP_*, or-ed; 0 for all kinds.
        """
        with self._asking() as conn:
            return nodedevs.list_devices(conn, flags)

    def _list_device_names(self, flags: int) -> list[str]:
        with self._asking() as conn:
            return [device.name() for device in nodedevs.list_devices(conn, flags)]

    def list_pci_devices(self, flags: int = 0) -> list[str]:
        """Return libvirt's names of the PCI functions of this host."""
        return self._list_device_names(
            flags | libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV)

    def list_mdev_capable_devices(self, flags: int = 0) -> list[str]:
        """Return the names of devices that mediated ones can be made of."""
        return self._list_device_names(
            flags | libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV_TYPES)

    def list_mediated_devices(self, flags: int = 0) -> list[str]:
        """Return the names of mediated devices."""
        return self._list_device_names(
            flags | libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV)

    def device_lookup_by_name(self, name: str) -> libvirt.virNodeDevice:
        """Return a device.

        :raises nova.exception.InternalError: if there is none of that name.
        """
        with self._asking() as conn:
            return conn.nodeDeviceLookupByName(name)

    def get_node_device(self, name: str) -> vconfig.LibvirtConfigNodeDevice:
        """Return what libvirt knows of a device; see device_lookup_by_name."""
        with self._asking():
            return self._nodedevs.get(name)

    def get_pci_devices(self) -> list[dict[str, Any]]:
        """Return the PCI functions of this host, as the PCI tracker takes them."""
        with self._asking():
            return self._nodedevs.get_pci()

    def get_mdev_capable_devices(self, types: Iterable[str] | None = None,
                                 ) -> list[dict[str, Any]]:
        """Return the devices that mediated ones can be made of, with their types.

        :param types: leave out all other types.
        """
        wanted = None if types is None else set(types)
        return [mdevs.mdev_capable_device(self.get_node_device(name), wanted)
                for name in self.list_mdev_capable_devices()]

    def get_mediated_devices(self) -> list[dict[str, Any]]:
        """Return the mediated devices: their UUIDs, types and parents."""
        return [mdevs.mediated_device(self.get_node_device(name))
                for name in self.list_mediated_devices()]

    def get_vdpa_nodedev_by_address(self, pci_address: str,
                                    ) -> vconfig.LibvirtConfigNodeDevice:
        """Return the vDPA device of a PCI function.

        :raises nova.exception.PciDeviceNotFoundById: if there is none.
        """
        with self._asking():
            return self._nodedevs.get_vdpa(pci_address)

    def get_vdpa_device_path(self, pci_address: str) -> str:
        """Return the path of the vDPA device of a PCI function.

        :raises nova.exception.PciDeviceNotFoundById: if there is none.
        """
        found = self.get_vdpa_nodedev_by_address(pci_address).vdpa_capability
        path: str = found.dev_path
        return path

    def device_create(self, conf: vconfig.LibvirtConfigNodeDevice,
                      ) -> libvirt.virNodeDevice:
        """Make a device that lasts until the host restarts; a failure makes none."""
        with self._asking() as conn:
            made = conn.nodeDeviceCreateXML(conf.to_xml(), 0)
            # The event may come later than the next question.
            self._nodedevs.changed(made.name())
            return made

    def device_define(self, conf: vconfig.LibvirtConfigNodeDevice,
                      ) -> libvirt.virNodeDevice:
        """Define a device without making it; a failure leaves none."""
        with self._asking() as conn:
            return conn.nodeDeviceDefineXML(conf.to_xml(), 0)

    def device_start(self, dev: libvirt.virNodeDevice) -> None:
        """Make a device that was defined; after a failure it still is."""
        with self._asking():
            dev.create()
            self._nodedevs.changed(dev.name())

    def device_set_autostart(self, dev: libvirt.virNodeDevice,
                             autostart: bool = True) -> None:
        """Choose whether a device that is defined is made with the host's start."""
        with self._asking():
            dev.setAutostart(autostart)

    # The machine

    def get_hostname(self) -> str:
        """Return the name that the hypervisor's host had when first asked."""
        with self._asking() as conn:
            hostname: str = conn.getHostname()
        if self._hostname is None:
            self._hostname = hostname
        elif hostname != self._hostname:
            LOG.error('The host is called %(new)s now; %(old)s is used until a restart',
                      {'new': hostname, 'old': self._hostname})
        return self._hostname

    def get_driver_type(self) -> str:
        """Return what libvirt calls the hypervisor, as QEMU."""
        with self._asking() as conn:
            name: str = conn.getType()
        return name

    def get_hypervisor_type(self) -> str:
        """Return what libvirt calls the hypervisor, as QEMU."""
        return self.get_driver_type()

    def get_hypervisor_version(self) -> int:
        """Return the hypervisor's version, major * 1000000 + minor * 1000 + micro."""
        return self.get_version()

    def get_node_uuid(self) -> str:
        """Return the UUID of the host."""
        uuid: str = self.get_capabilities().host.uuid
        return uuid

    def get_available_cpus(self) -> set[int]:
        """Return the numbers of the host's CPUs, those switched off too."""
        return set(range(len(self._get_cpu_map())))

    def get_online_cpus(self) -> set[int]:
        """Return the numbers of the host's CPUs that run."""
        return {cpu for cpu, online in enumerate(self._get_cpu_map()) if online}

    def _get_cpu_map(self) -> list[bool]:
        with self._asking() as conn:
            return list(conn.getCPUMap(0)[1])

    def get_vcpu_total(self) -> int:
        """Return how many CPUs of the host run."""
        return len(self.get_online_cpus())

    def get_vcpu_used(self) -> int:
        """Return how many CPUs the running guests have together."""
        return sum(size.vcpus for size in self._get_sizes())

    def resized(self, guest: str | listeners.HasUUID) -> None:
        """Note that a guest was given other CPUs, or another memory."""
        self._sizes.changed(listeners.uuid_of(guest))

    def _get_sizes(self) -> list[guestsizes.Size]:
        with self._asking() as conn:
            return calls.at_once(conn, 'listAllDomains', self._sizes_of)

    def _sizes_of(self, conn: libvirt.virConnect) -> list[guestsizes.Size]:
        return self._sizes.get(
            domain for domain in conn.listAllDomains(gueststates.RUNNING)
            if gueststates.is_guest(domain))

    def get_numa_topology(self) -> tuple[numacells.HostCell, ...]:
        """Return the NUMA nodes; none where libvirt does not tell of any."""
        return numacells.host_cells(self.get_capabilities())

    def get_memory_mb_total(self) -> int:
        """Return the memory for guests and host, in MiB."""
        if self._file_backed_memory_mb:
            return self._file_backed_memory_mb
        return self._get_memory_mb_of(self._get_memory_stats())

    def get_memory_mb_used(self) -> int:
        """Return the memory that is not there for another guest, in MiB."""
        if self._file_backed_memory_mb:
            return self._get_memory_mb_of_guests()
        stats = self._get_memory_stats()
        return _used_mb(self._get_memory_mb_of(stats), stats)

    def get_memory_mb(self) -> tuple[int, int]:
        """Return what get_memory_mb_total and get_memory_mb_used do, of one moment."""
        if self._file_backed_memory_mb:
            return self._file_backed_memory_mb, self._get_memory_mb_of_guests()
        stats = self._get_memory_stats()
        total_mb = self._get_memory_mb_of(stats)
        return total_mb, _used_mb(total_mb, stats)

    def _get_memory_stats(self) -> dict[str, int]:
        with self._asking() as conn:
            try:
                stats: dict[str, int] = conn.getMemoryStats(
                    libvirt.VIR_NODE_MEMORY_STATS_ALL_CELLS, 0)
            except libvirt.libvirtError as ex:
                if not errors.is_unsupported(ex):
                    raise
                return {}
        return stats

    def _get_memory_mb_of(self, stats: dict[str, int]) -> int:
        # libvirt sums the NUMA nodes here; memory plugged in later may be in none.
        return max(int(self._get_node_info()[1]), stats.get('total', 0) // 1024)

    def _get_memory_mb_of_guests(self) -> int:
        return sum(size.memory_kb for size in self._get_sizes()) // 1024

    def _get_node_info(self) -> list[Any]:
        with self._asking() as conn:
            return list(conn.getInfo())

    @staticmethod
    def get_disk_available_least(instances_path: str, promised_bytes: int) -> int:
        """Return the GiB that are left where every disk grows to its size.

        Negative where more is promised than there is.

        :param instances_path: a path in the file system that the disks are in.
        :param promised_bytes: what the disks there may still grow by.
        """
        stat = os.statvfs(instances_path)
        free_bytes = stat.f_frsize * stat.f_bavail
        return (free_bytes - promised_bytes) // units.Gi

    def get_cpu_stats(self) -> dict[str, int]:
        """Return the time all CPUs spent, in ns, by kind; and their frequency in MHz.

        The kinds are kernel, user, idle and iowait.
        """
        with self._asking() as conn:
            stats = dict(conn.getCPUStats(libvirt.VIR_NODE_CPU_STATS_ALL_CPUS, 0))
        stats['frequency'] = self._get_node_info()[3]
        return stats

    def get_cpu_info(self) -> dict[str, Any]:
        """Return model, vendor, architecture, topology and features of the CPU."""
        host = self.get_capabilities().host
        cpu, cells = host.cpu, host.topology.cells if host.topology else ()
        return {
            'arch': cpu.arch, 'model': cpu.model, 'vendor': cpu.vendor,
            'topology': {'cells': len(cells) or 1, 'sockets': cpu.sockets,
                         'cores': cpu.cores, 'threads': cpu.threads},
            'features': sorted(feature.name for feature in cpu.features),
        }
