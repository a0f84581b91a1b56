# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The hypervisor host: what everybody else has of libvirt.

Host owns the connection, the events and what is known of the machine.  It knows no
configuration, and hands out guests without knowing their class.
"""

from collections.abc import Callable, Iterator
import contextlib
import threading
from typing import Any

import libvirt
from oslo_log import log as logging

from nova import exception
from nova.virt.libvirt import capabilities
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import connection
from nova.virt.libvirt import errors
from nova.virt.libvirt import eventqueue
from nova.virt.libvirt import listeners
from nova.virt.libvirt import secrets

LOG = logging.getLogger(__name__)

GuestFactory = Callable[[libvirt.virDomain], Any]


def _open_auth(uri: str, auth: list[Any], flags: int) -> libvirt.virConnect:
    # Looked up when called, so that tests can replace it.
    return libvirt.openAuth(uri, auth, flags)


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
    :param file_backed_memory_mb: memory that guests can have in files; 0 if they
        have the machine's.
    """

    def __init__(self, uri: str, read_only: bool = False,
                 conn_event_handler: eventqueue.ConnectionHandler | None = None,
                 lifecycle_event_handler: eventqueue.LifecycleHandler | None = None,
                 *, guest_factory: GuestFactory = lambda domain: domain,
                 opener: connection.Opener = _open_auth,
                 kinds: capabilities.GuestKinds | None = None,
                 keepalive: connection.KeepAlive | None = None,
                 file_backed_memory_mb: int = 0) -> None:
        self._guest_factory = guest_factory
        self._file_backed_memory_mb = file_backed_memory_mb
        self._connection = connection.Connection(
            uri, read_only, opener=opener, keepalive=keepalive,
            on_open=self._watch, on_ready=self._ready, on_close=self._unwatch,
            on_lost=self._lost)
        self._events = eventqueue.EventQueue(
            lifecycle_event_handler, conn_event_handler, self._connection.reconnect)
        self._capabilities = capabilities.Capabilities(
            self.get_connection, kinds or capabilities.GuestKinds())
        self._lock = threading.Lock()
        self._initialized = False
        self._hostname: str | None = None

    # Its life

    def initialize(self) -> None:
        """Connect and begin to listen to events; once is enough.

        After a failure nothing is left running, and it can be called again.

        :raises nova.exception.HypervisorUnavailable: if libvirt cannot be reached.
        """
        started = self._start_events()
        try:
            self._connection.get()
        except exception.HypervisorUnavailable:
            if started:
                self._stop_events()
            raise

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
        if initialized:
            self._events.stop()

    def cleanup(self) -> None:
        """End for good: no event is delivered and no call possible any more."""
        self._connection.close()
        self._stop_events()

    def _watch(self, conn: libvirt.virConnect) -> None:
        self._events.watch(conn)

    def _ready(self, conn: libvirt.virConnect) -> None:
        self._capabilities.forget()
        self._events.opened(conn)

    def _unwatch(self, conn: libvirt.virConnect) -> None:
        self._events.unwatch(conn)

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
        try:
            with errors.translated(instance_uuid=instance_uuid):
                yield self.get_connection()
        except exception.HypervisorUnavailable as ex:
            if isinstance(ex.__cause__, libvirt.libvirtError):
                self._connection.suspect(ex.__cause__)
            raise

    def has_min_version(self, lv_ver: int | None = None, hv_ver: int | None = None,
                        hv_type: str | None = None) -> bool:
        """Tell whether libvirt and hypervisor are at least as new as asked.

        :param lv_ver: libvirt's version as major * 1000000 + minor * 1000 + micro.
        :param hv_ver: the hypervisor's, likewise.
        """
        with self._asking():
            return self._connection._has_min_version(lv_ver, hv_ver, hv_type)

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
                              ) -> list[libvirt.virDomain]:
        """Return the domains of this hypervisor.

        :param only_running: leave out those that are shut off.
        """
        flags = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE
        if not only_running:
            flags |= libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE
        with self._asking() as conn:
            return list(conn.listAllDomains(flags))

    def list_guests(self, only_running: bool = True) -> list[Any]:
        """Return the guests of this host; see list_instance_domains."""
        return [self._guest_factory(domain)
                for domain in self.list_instance_domains(only_running)]

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

    # Capabilities

    def get_capabilities(self) -> vconfig.LibvirtConfigCaps:
        """Return the host's capabilities."""
        with self._asking():
            return self._capabilities.get_host()

    def get_domain_capabilities(self) -> capabilities.DomainCaps:
        """Return what guests can have, by architecture and machine type."""
        with self._asking():
            return self._capabilities.get_domains()

    def get_canonical_machine_type(self, arch: str, machine: str) -> str:
        """Return the versioned machine type that an alias stands for."""
        with self._asking():
            return self._capabilities.get_canonical_machine_type(arch, machine)

    def get_cpu_model_names(self) -> list[str]:
        """Return the CPU models that libvirt knows for this architecture."""
        arch = self.get_capabilities().host.cpu.arch
        with self._asking() as conn:
            return list(conn.getCPUModelNames(arch, 0))

    @property
    def has_hyperthreading(self) -> bool:
        """Whether a core of the host runs more than one thread."""
        with self._asking():
            return self._capabilities.has_hyperthreading

    @property
    def supports_uefi(self) -> bool:
        """Whether UEFI firmware for guests is installed."""
        with self._asking():
            return self._capabilities.supports_uefi

    @property
    def supports_secure_boot(self) -> bool:
        """Whether the firmware can refuse what is not signed."""
        with self._asking():
            return self._capabilities.supports_secure_boot

    @property
    def supports_vtpm(self) -> bool:
        """Whether TPMs can be emulated for guests."""
        with self._asking():
            return self._capabilities.supports_vtpm

    @property
    def tpm_models(self) -> list[str]:
        """Models of TPM that guests can have."""
        with self._asking():
            return self._capabilities.tpm_models

    @property
    def tpm_versions(self) -> list[str]:
        """Versions of TPM that can be emulated; empty if libvirt does not say."""
        with self._asking():
            return self._capabilities.tpm_versions

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
        found = self._get_running_stats(libvirt.VIR_DOMAIN_STATS_VCPU)
        return sum(self._get_vcpus_of(domain, stats) for domain, stats in found)

    def _get_vcpus_of(self, domain: libvirt.virDomain, stats: dict[str, Any]) -> int:
        if 'vcpu.current' in stats:
            return int(stats['vcpu.current'])
        # Not every hypervisor has these statistics.
        try:
            with self._asking():
                return int(domain.info()[3])
        except exception.InstanceNotFound:
            return 0

    def get_memory_mb_total(self) -> int:
        """Return the memory for guests and host, in MiB."""
        if self._file_backed_memory_mb:
            return self._file_backed_memory_mb
        # libvirt sums the NUMA nodes here; memory plugged in later may be in none.
        return max(int(self._get_node_info()[1]), self._get_memory_mb_of_kernel())

    def _get_memory_mb_of_kernel(self) -> int:
        with self._asking() as conn:
            try:
                stats = conn.getMemoryStats(libvirt.VIR_NODE_MEMORY_STATS_ALL_CELLS, 0)
            except libvirt.libvirtError as ex:
                if not errors.is_unsupported(ex):
                    raise
                return 0
        return int(stats['total']) // 1024

    def get_memory_mb_used(self) -> int:
        """Return the memory that is not there for another guest, in MiB."""
        if self._file_backed_memory_mb:
            return self._get_memory_mb_of_guests()
        with self._asking() as conn:
            stats: dict[str, int] = conn.getMemoryStats(
                libvirt.VIR_NODE_MEMORY_STATS_ALL_CELLS, 0)
        free_kb = sum(stats.get(key, 0) for key in ('free', 'buffers', 'cached'))
        return (stats['total'] - free_kb) // 1024

    def _get_memory_mb_of_guests(self) -> int:
        found = self._get_running_stats(libvirt.VIR_DOMAIN_STATS_BALLOON)
        used_kb = sum(int(stats.get('balloon.current', 0)) for _domain, stats in found)
        return used_kb // 1024

    def _get_running_stats(self, kinds: int,
                           ) -> list[tuple[libvirt.virDomain, dict[str, Any]]]:
        """Return statistics of the running guests; a stuck one is not waited for."""
        flags = (libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE
                 | libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT)
        with self._asking() as conn:
            return list(conn.getAllDomainStats(kinds, flags))

    def _get_node_info(self) -> list[Any]:
        with self._asking() as conn:
            return list(conn.getInfo())

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
