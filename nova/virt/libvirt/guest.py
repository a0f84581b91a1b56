# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""One domain: how it is described, and what can be done with it.

Errors of libvirt leave here as those of ``nova.exception``: InstanceNotFound once
the domain is gone, HypervisorUnavailable without a connection, InternalError for
what libvirt or QEMU refused.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libvirt
from oslo_log import log as logging

from nova.compute import power_state
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import designer
from nova.virt.libvirt import devices
from nova.virt.libvirt import domain as libvirt_domain
from nova.virt.libvirt import errors
from nova.virt.libvirt.designer import inputs as design

if TYPE_CHECKING:
    from nova.virt.libvirt import host as libvirt_host

LOG = logging.getLogger(__name__)

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


class Guest:
    """A domain of libvirt.

    :param domain: the libvirt.virDomain.
    :param host: who tells of its events; without one nothing can be waited for.
    """

    def __init__(self, domain: libvirt.virDomain,
                 host: 'libvirt_host.Host | None' = None) -> None:
        self._domain = domain
        self._handle = libvirt_domain.Domain(domain, host)

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
        return self._handle.uuid

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

    def shutdown(self) -> None:
        """Ask the guest to shut down, and return without waiting for it."""
        with errors.translated(instance_uuid=self.uuid):
            self._unless_inactive(self._domain.shutdown)

    def pause(self) -> None:
        """Stop the CPUs of the guest; its memory stays."""
        with errors.translated(instance_uuid=self.uuid):
            self._domain.suspend()

    def resume(self) -> None:
        """Let the CPUs of a paused guest go on."""
        with errors.translated(instance_uuid=self.uuid):
            self._domain.resume()

    def reset(self) -> None:
        """Reset the machine as its button would; the process stays."""
        with errors.translated(instance_uuid=self.uuid):
            self._domain.reset(0)

    def delete_configuration(self, keep_vtpm: bool = False,
                             keep_nvram: bool = False) -> None:
        """Undefine the domain, together with its saved memory.

        A domain that is not defined (any more) is not an error.  After a failure
        it is still defined.

        :param keep_vtpm: leave the state of its TPM for a later definition.
        :param keep_nvram: leave the variables of its firmware likewise.
        """
        nvram = (libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM if keep_nvram
                 else libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)
        vtpm = (libvirt.VIR_DOMAIN_UNDEFINE_KEEP_TPM if keep_vtpm
                else libvirt.VIR_DOMAIN_UNDEFINE_TPM)
        saved = libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
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
        return hardware.InstanceInfo(
            state=LIBVIRT_POWER_STATE.get(state, power_state.NOSTATE),
            internal_id=self.id)

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

    # Devices

    def get_all_devices(self, devtype: type[Any] | None = None,
                        from_persistent_config: bool = False) -> list[Any]:
        """Return the devices of a class, or all, in libvirt's order."""
        found = devices.listed(self._handle, from_persistent_config)
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
        return devices.find(devices.listed(self._handle, persistent), wanted)

    def attach_device(self, conf: Any, persistent: bool = False,
                      live: bool = False) -> None:
        """Give the domain a device; it is there when this returns.

        Neither flag means what the domain is now.  After a failure it has the
        device neither now nor at its next start.

        :param persistent: at its next start.
        :param live: in what runs.
        """
        devices.attach(self._handle, conf, persistent, live)

    def detach_device(self, conf: Any, persistent: bool = False,
                      live: bool = False) -> None:
        """Take a device out of the definition; ask the guest to let go of it.

        Without a failure the guest still has it until an event says otherwise.
        After one, the definition is what it was.

        :raises nova.exception.DeviceNotFound: if there is no such device.
        """
        devices.detach(self._handle, conf, persistent, live)
