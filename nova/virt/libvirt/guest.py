# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""One domain: how it is described, and what can be done with it.

Errors of libvirt leave here as those of ``nova.exception``: InstanceNotFound once
the domain is gone, HypervisorUnavailable without a connection, InternalError for
what libvirt or QEMU refused.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import libvirt
import libvirt_qemu
from oslo_log import log as logging

from nova.compute import power_state
from nova.virt import hardware
from nova.virt.libvirt import agent as libvirt_agent
from nova.virt.libvirt import blockdevice
from nova.virt.libvirt import calls as libvirt_calls
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import designer
from nova.virt.libvirt import devices
from nova.virt.libvirt import domain as libvirt_domain
from nova.virt.libvirt import domainjobs
from nova.virt.libvirt import domainsnapshots
from nova.virt.libvirt import errors
from nova.virt.libvirt import listeners
from nova.virt.libvirt import powerdown
from nova.virt.libvirt import removal
from nova.virt.libvirt import tuning
from nova.virt.libvirt.designer import inputs as design

if TYPE_CHECKING:
    from nova.virt.libvirt import host as libvirt_host

LOG = logging.getLogger(__name__)

M = TypeVar('M', bound=vconfig.LibvirtConfigObject)

LIBVIRT_POWER_STATE = {
    libvirt.VIR_DOMAIN_NOSTATE: power_state.NOSTATE,
    libvirt.VIR_DOMAIN_RUNNING: power_state.RUNNING,
    libvirt.VIR_DOMAIN_BLOCKED: power_state.RUNNING,
    libvirt.VIR_DOMAIN_PAUSED: power_state.PAUSED,
    # Not off yet, but on its way there, which nobody can stop.
    libvirt.VIR_DOMAIN_SHUTDOWN: power_state.SHUTDOWN,
    libvirt.VIR_DOMAIN_SHUTOFF: power_state.SHUTDOWN,
    libvirt.VIR_DOMAIN_CRASHED: power_state.CRASHED,
    libvirt.VIR_DOMAIN_PMSUSPENDED: power_state.SUSPENDED,
}


BlockDevice = blockdevice.BlockDevice
BlockDeviceJobInfo = blockdevice.BlockDeviceJobInfo
JobInfo = domainjobs.JobInfo
VCPUInfo = tuning.VCPUInfo
Asking = powerdown.Asking


class Screenshot(NamedTuple):
    """What a screen of a guest shows."""

    #: As image/png.
    mime_type: str
    data: bytes


def info_of(state: int, domain_id: int) -> hardware.InstanceInfo:
    """Return what Nova knows of a domain's state.

    :param state: VIR_DOMAIN_*.
    """
    return hardware.InstanceInfo(
        state=LIBVIRT_POWER_STATE.get(state, power_state.NOSTATE),
        internal_id=domain_id)


class Guest:
    """A domain of libvirt.

    :param domain: the libvirt.virDomain.
    :param host: who tells of its events; without one nothing can be waited for.
    """

    def __init__(self, domain: libvirt.virDomain,
                 host: 'libvirt_host.Host | None' = None) -> None:
        self._domain = domain
        #: The domain, for those who work on one aspect of it.
        self.handle = libvirt_domain.Domain(domain, host)
        self._powerdown = powerdown.PowerDown(self.handle)
        #: The program in the guest that does what only it can.
        self.agent = libvirt_agent.GuestAgent(self.handle)
        #: Snapshots that libvirt takes.
        self.snapshots = domainsnapshots.Snapshots(self.handle, self.agent)
        #: How much of the host it may use.
        self.tuning = tuning.Tuning(self.handle)

    def __repr__(self) -> str:
        return f'<Guest {self.id} {self.name} {self.uuid}>'

    @property
    def id(self) -> int:
        """Number of the running domain; -1 when it does not run."""
        number: int = self._domain.ID()
        return number

    @property
    def uuid(self) -> str:
        """UUID of the domain, which is that of the instance."""
        return self.handle.uuid

    @property
    def name(self) -> str:
        """Name of the domain."""
        name: str = self._domain.name()
        return name

    # Description

    @staticmethod
    def get_guest_config(inputs: design.GuestInputs, host_facts: design.HostFacts,
                         settings: design.Settings) -> vconfig.LibvirtConfigGuest:
        """Describe the guest of an instance; asks and changes nothing.

        :raises nova.exception.NovaException: for what the host cannot do or the
            request contradicts.
        """
        return designer.design_guest(inputs, host_facts, settings)

    @staticmethod
    def get_guest_xml(inputs: design.GuestInputs, host_facts: design.HostFacts,
                      settings: design.Settings) -> str:
        """Describe the guest of an instance as the XML that libvirt defines."""
        conf = Guest.get_guest_config(inputs, host_facts, settings)
        xml: str = conf.to_xml()
        LOG.debug('Guest XML: %s', xml, instance=inputs.instance)
        return xml

    # Life cycle

    @classmethod
    def create(cls, xml: str, host: 'libvirt_host.Host') -> 'Guest':
        """Define the domain, or redefine it, without starting it.

        A failure leaves a domain that existed as it was, and none otherwise.
        """
        return cls(host.write_instance_config(xml), host)

    def launch(self, pause: bool = False) -> None:
        """Start the domain, with its CPUs stopped if ``pause``.

        After a failure it is defined and does not run.
        """
        flags = libvirt.VIR_DOMAIN_START_PAUSED if pause else 0
        with errors.translated(instance_uuid=self.uuid):
            self._domain.createWithFlags(flags)

    def poweroff(self) -> None:
        """Stop the domain at once; one that does not run is left as it is.

        After a failure it may still run.

        :raises nova.exception.InstanceNotFound: if there is no such domain.
        """
        with errors.translated(instance_uuid=self.uuid):
            self._unless_inactive(self._domain.destroy)

    def shutdown(self, by: Asking = Asking.DEFAULT) -> None:
        """Ask the guest to shut down, and return without waiting for it.

        One that is off is left as it is.  After a failure it was not asked and runs
        on; an agent that was only too late may still hear of it.

        :param by: how it is asked.
        """
        self._powerdown.ask(by)

    def shutdown_and_wait(self, timeout_s: float, retry_interval_s: float = 0,
                          by: Asking = Asking.DEFAULT) -> bool:
        """Ask the guest to shut down, and wait for its end.

        :param retry_interval_s: between two requests, which a guest that boots does
            not hear; 0 makes one only.
        :returns: False if it is not off in time, or is paused; it runs on then, and
            may still come to hear.
        """
        return self._powerdown.wait(timeout_s, retry_interval_s, by)

    def reboot(self, by: Asking = Asking.DEFAULT) -> None:
        """Ask the guest to shut down and start anew, in the same process.

        It is not waited for; a RebootEvent tells.  After a failure it runs on.
        """
        self._powerdown.ask_to_reboot(by)

    def pause(self) -> None:
        """Stop the CPUs of the guest; its memory stays.

        After a failure it runs on.
        """
        with errors.translated(instance_uuid=self.uuid):
            self._domain.suspend()

    def resume(self) -> None:
        """Let the CPUs of a paused guest go on.

        After a failure it is what it was: paused, or running, which is refused.
        """
        with errors.translated(instance_uuid=self.uuid):
            self._domain.resume()

    def reset(self) -> None:
        """Reset the machine as its button would; the process stays.

        After a failure it runs on as if nothing had been.
        """
        with errors.translated(instance_uuid=self.uuid):
            self._domain.reset(0)

    def inject_nmi(self) -> None:
        """Interrupt the guest in a way that it cannot ignore.

        After a failure it was not interrupted.
        """
        with errors.translated(instance_uuid=self.uuid):
            self._domain.injectNMI()

    def save_memory_state(self) -> None:
        """Write the memory to a file of libvirt's and stop; launch() goes on there.

        After a failure the guest runs on, and nothing is saved.
        """
        with errors.translated(instance_uuid=self.uuid):
            self._domain.managedSave(0)

    def has_saved_memory(self) -> bool:
        """Tell whether the next launch() goes on where the memory was saved."""
        with errors.translated(instance_uuid=self.uuid):
            return bool(self._domain.hasManagedSaveImage(0))

    def discard_saved_memory(self) -> None:
        """Forget saved memory, if there is any; the next launch() boots.

        After a failure it is still there, and the next launch() goes on with it.
        """
        with errors.translated(instance_uuid=self.uuid):
            if self._domain.hasManagedSaveImage(0):
                self._domain.managedSaveRemove(0)

    def delete_configuration(self, keep_vtpm: bool = False,
                             keep_nvram: bool = False) -> None:
        """Undefine the domain, with its saved memory and what is known of snapshots.

        A domain that is not defined (any more) is not an error.  After a failure
        it is still defined.

        :param keep_vtpm: leave the state of its TPM for a later definition.
        :param keep_nvram: leave the variables of its firmware likewise.
        """
        nvram = (libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM if keep_nvram
                 else libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)
        vtpm = (libvirt.VIR_DOMAIN_UNDEFINE_KEEP_TPM if keep_vtpm
                else libvirt.VIR_DOMAIN_UNDEFINE_TPM)
        saved = (libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
                 | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA)
        with errors.translated(instance_uuid=self.uuid):
            self._undefine(saved | nvram | vtpm, saved | nvram, saved, 0)

    def _undefine(self, flags: int, *fewer: int) -> None:
        """Undefine with as many of the flags as the hypervisor's driver knows."""
        try:
            self._domain.undefineFlags(flags)
        except libvirt.libvirtError as ex:
            if errors.is_no_domain(ex):
                return
            if not fewer or not errors.is_invalid_argument(ex):
                raise
            self._undefine(*fewer)

    def _unless_inactive(self, call: Callable[[], object]) -> None:
        try:
            call()
        except libvirt.libvirtError as ex:
            # The codes differ; that it does not run is what matters.
            if errors.is_disconnected(ex) or self._domain.isActive():
                raise

    # State

    def get_power_state(self, host: 'libvirt_host.Host') -> int:
        """Return one of the states of nova.compute.power_state."""
        return self.get_info(host).state

    def get_info(self, host: 'libvirt_host.Host') -> hardware.InstanceInfo:
        """Return the power state and the number of the domain."""
        with errors.translated(instance_uuid=self.uuid):
            state, _reason = self._domain.state(0)
        return info_of(state, self.id)

    def is_active(self) -> bool:
        """Tell whether the domain runs, paused or not."""
        with errors.translated(instance_uuid=self.uuid):
            return bool(self._domain.isActive())

    def has_persistent_configuration(self) -> bool:
        """Tell whether the domain stays defined when it stops."""
        with errors.translated(instance_uuid=self.uuid):
            return bool(self._domain.isPersistent())

    def get_xml_desc(self, dump_inactive: bool = False, dump_sensitive: bool = False,
                     dump_migratable: bool = False) -> str:
        """Return the XML of the domain as libvirt has it.

        :param dump_inactive: what it will be at its next start.
        :param dump_sensitive: with passwords.
        :param dump_migratable: without what another host would not take.
        """
        flags = 0
        flags |= libvirt.VIR_DOMAIN_XML_INACTIVE if dump_inactive else 0
        flags |= libvirt.VIR_DOMAIN_XML_SECURE if dump_sensitive else 0
        flags |= libvirt.VIR_DOMAIN_XML_MIGRATABLE if dump_migratable else 0
        with errors.translated(instance_uuid=self.uuid):
            xml: str = self._domain.XMLDesc(flags)
        return xml

    def get_config(self, persistent: bool = False) -> vconfig.LibvirtConfigGuest:
        """Return the domain as libvirt has it, as a config object.

        :param persistent: what it will be at its next start.
        """
        conf = vconfig.LibvirtConfigGuest()
        conf.parse_str(self.get_xml_desc(dump_inactive=persistent))
        return conf

    def set_metadata(self, metadata: Any, persistent: bool = False,
                     live: bool = False) -> None:
        """Note something of ours beside the domain, in place of what was there.

        After a failure there is what was there.

        :param metadata: a config object in a namespace of its own.
        """
        flags = libvirt_domain.affecting(persistent, live)
        with errors.translated(instance_uuid=self.uuid):
            self._domain.setMetadata(
                libvirt.VIR_DOMAIN_METADATA_ELEMENT, metadata.to_xml(),
                # libvirt refuses the prefix that the document has itself.
                metadata.root_name, metadata.ns_uri, flags)

    def get_metadata(self, kind: type[M], persistent: bool = False) -> M | None:
        """Return what was noted as an object of a class; None without it.

        :param persistent: what is noted for the next start.
        """
        # What libvirt answers about one namespace alone has lost the namespace.
        found = self.get_config(persistent).metadata
        return next((each for each in found if isinstance(each, kind)), None)

    # Devices

    def get_all_devices(self, devtype: type[Any] | None = None,
                        from_persistent_config: bool = False) -> list[Any]:
        """Return the devices of a class, or all, in libvirt's order."""
        found = devices.listed(self.handle, from_persistent_config)
        return [device for device in found
                if devtype is None or isinstance(device, devtype)]

    def get_all_disks(self) -> list[vconfig.LibvirtConfigGuestDisk]:
        """Return the disks."""
        return self.get_all_devices(vconfig.LibvirtConfigGuestDisk)

    def get_interfaces(self) -> list[vconfig.LibvirtConfigGuestInterface]:
        """Return the network interfaces."""
        return self.get_all_devices(vconfig.LibvirtConfigGuestInterface)

    def get_disk(self, device: str, from_persistent_config: bool = False,
                 ) -> vconfig.LibvirtConfigGuestDisk | None:
        """Return the disk of a target, as vda or /dev/vda; None if there is none."""
        wanted = vconfig.LibvirtConfigGuestDisk(
            target_dev=device.removeprefix('/dev/'))
        return self._find(wanted, from_persistent_config)

    def get_interface_by_cfg(self, cfg: Any, from_persistent_config: bool = False,
                             ) -> Any | None:
        """Return the interface that a description is of; None if there is none.

        :param cfg: a network interface or a device of the host; None finds none.
        """
        return None if cfg is None else self._find(cfg, from_persistent_config)

    def get_device_by_alias(self, devalias: str, devtype: type[Any] | None = None,
                            from_persistent_config: bool = False) -> Any | None:
        """Return the device of an alias; None if there is none."""
        found = self.get_all_devices(devtype, from_persistent_config)
        return next((each for each in found if each.alias == devalias), None)

    def _find(self, wanted: Any, persistent: bool) -> Any | None:
        return devices.find(devices.listed(self.handle, persistent), wanted)

    def attach_device(self, conf: Any, persistent: bool = False,
                      live: bool = False) -> None:
        """Give the domain a device; it is there when this returns.

        Neither flag means what the domain is now.  After a failure it has the
        device neither now nor at its next start.

        :param persistent: at its next start.
        :param live: in what runs.
        """
        devices.attach(self.handle, conf, persistent, live)

    def detach_device(self, conf: Any, persistent: bool = False,
                      live: bool = False) -> None:
        """Take a device out of the definition; ask the guest to let go of it.

        Without a failure the guest still has it until an event says otherwise.
        After one, the definition is what it was.

        :raises nova.exception.DeviceNotFound: if there is no such device.
        """
        devices.detach(self.handle, conf, persistent, live)

    def detach_device_and_wait(self, conf: Any, timeout_s: float, attempts: int = 1,
                               persistent: bool = True, live: bool = True) -> None:
        """Take a device away, and return when the guest has let go of it.

        A device that is not there is no error, nor is a guest that stops meanwhile.
        What runs goes first: after a failure the definition is what it was, and a
        guest that has not let go may still do so.

        :param timeout_s: for each attempt.
        :param attempts: how often the guest is asked; while it boots, nobody hears.
        :raises nova.exception.DeviceDetachFailed: if the guest keeps it.
        """
        removal.detach_and_wait(self.handle, conf, timeout_s, attempts, persistent,
                                live)

    def update_device(self, conf: Any, persistent: bool = False,
                      live: bool = False) -> None:
        """Change a device in place, as far as its kind can be changed.

        After a failure it is what it was.
        """
        devices.update(self.handle, conf, persistent, live)

    def get_block_device(self, disk: str) -> blockdevice.BlockDevice:
        """Return a disk, by its target or the path of its source; asks nothing."""
        return blockdevice.BlockDevice(self, disk)

    # Snapshots

    def snapshot(self, conf: vconfig.LibvirtConfigGuestSnapshot,
                 no_metadata: bool = False, disk_only: bool = False,
                 reuse_ext: bool = False, quiesce: bool = False) -> None:
        """Take a snapshot as described; see Snapshots.create.

        After a failure the guest runs on and writes where it wrote, and its file
        systems are not frozen.
        """
        self.snapshots.create(conf, no_metadata, disk_only, reuse_ext, quiesce)

    # Jobs

    def migrate(self, destination: str, migrate_uri: str | None = None,
                migrate_disks: Sequence[str] | None = None,
                destination_xml: str | None = None, flags: int = 0,
                bandwidth: int = 0, parallel: int = 0) -> None:
        """Move the guest to another host, and return when it is there.

        After a failure it runs here as before, unless post-copy had begun.

        :param destination: the other libvirt's URI.
        :param migrate_uri: where the memory goes, as tcp://host.
        :param migrate_disks: targets of the disks that are copied; an empty list
            copies none, None those that the flags mean.
        :param destination_xml: what the domain is to be there.
        :param flags: VIR_MIGRATE_*.
        :param bandwidth: MiB/s; 0 is without a limit.
        :param parallel: connections for the memory, if the flags ask for that.
        """
        params = domainjobs.migration_parameters(
            migrate_uri, migrate_disks, destination_xml, bandwidth, parallel)
        flags = domainjobs.migration_flags(flags, migrate_disks)
        moving = self.handle.operation(listeners.Operation.MIGRATION)
        with moving, errors.translated(instance_uuid=self.uuid):
            self._domain.migrateToURI3(destination, params=params, flags=flags)

    def migrate_configure_max_downtime(self, mstime: int) -> None:
        """Let a migration stop the guest for so many milliseconds at its end.

        It holds for the one under way, and for later ones while the guest runs.
        After a failure the limit is what it was, and a migration goes on.
        """
        with errors.translated(instance_uuid=self.uuid):
            self._domain.migrateSetMaxDowntime(mstime)

    def migrate_start_postcopy(self) -> None:
        """Let the guest go on at the destination before its memory is there.

        After a failure the migration goes on as before.
        """
        with errors.translated(instance_uuid=self.uuid):
            self._domain.migrateStartPostCopy()

    def announce_self(self) -> None:
        """Let the guest's interfaces tell the network where they are.

        QEMU repeats it by itself a few times.  After a failure nothing was told, and
        the guest is what it was.
        """
        monitor = libvirt_calls.beside(self._domain, libvirt_qemu)
        with errors.translated(instance_uuid=self.uuid):
            monitor.qemuMonitorCommand(
                self._domain, 'announce_self',
                libvirt_qemu.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP)

    def get_job_info(self) -> domainjobs.JobInfo:
        """Return how far the job of the domain is.

        A domain that has gone, or does not run, has completed its job.
        """
        try:
            return domainjobs.JobInfo(**self._domain.jobStats())
        except libvirt.libvirtError as error:
            if errors.is_no_domain(error) or errors.is_operation_invalid(error):
                return domainjobs.JobInfo(type=libvirt.VIR_DOMAIN_JOB_COMPLETED)
            raise errors.translate(error, instance_uuid=self.uuid) from error

    def abort_job(self) -> None:
        """Give the job of the domain up; the guest runs on here.

        :raises nova.exception.InternalError: if there is none, or it cannot be.
        """
        with errors.translated(instance_uuid=self.uuid):
            self._domain.abortJob()

    # CPUs

    def get_vcpus_info(self) -> Iterator[tuning.VCPUInfo]:
        """Yield the virtual CPUs that run."""
        return self.tuning.get_vcpus_info()

    # The agent in the guest

    def freeze_filesystems(self) -> None:
        """Flush the guest's file systems and let nobody write; see GuestAgent.

        After a failure those that were frozen are thawed again.
        """
        self.agent.freeze_filesystems()

    def thaw_filesystems(self) -> None:
        """Let the guest write to its file systems again; see GuestAgent.

        After a failure they may be frozen still, and it can be called again.
        """
        self.agent.thaw_filesystems()

    def set_user_password(self, user: str, new_pass: str) -> None:
        """Give a user of the guest another password; see GuestAgent.

        After a failure it is the old one, unless the agent was only too late.
        """
        self.agent.set_user_password(user, new_pass)

    def sync_guest_time(self) -> None:
        """Set the guest's clock to the host's, if its agent can; see GuestAgent.

        A failure is logged and raises nothing; the clock is what it was then.
        """
        self.agent.sync_guest_time()

    # Looking into it

    def core_dump(self, path: str, memory_only: bool = True) -> None:
        """Write the guest's memory to a file of the host; the guest runs on.

        After a failure there is no file.

        :param path: libvirtd writes there, as its own user.
        :param memory_only: in the ELF format that crash(8) reads, rather than QEMU's.
        """
        flags = libvirt.VIR_DUMP_MEMORY_ONLY if memory_only else 0
        with errors.translated(instance_uuid=self.uuid):
            self._domain.coreDumpWithFormat(
                path, libvirt.VIR_DOMAIN_CORE_DUMP_FORMAT_RAW, flags)

    def screenshot(self, screen: int = 0) -> Screenshot:
        """Return what a screen of the guest shows.

        :raises nova.exception.InternalError: if it has no such screen.
        """
        with errors.translated(instance_uuid=self.uuid):
            return libvirt_calls.at_once(
                self._domain, 'screenshot', _screenshot, screen)


def _screenshot(domain: libvirt.virDomain, screen: int) -> Screenshot:
    parts: list[bytes] = []
    stream = domain.connect().newStream()
    mime_type = domain.screenshot(stream, screen)
    stream.recvAll(lambda _stream, data, _opaque: parts.append(data), None)
    stream.finish()
    return Screenshot(mime_type, b''.join(parts))
