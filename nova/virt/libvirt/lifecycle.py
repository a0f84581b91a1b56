# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Guests defined, started, stopped and removed."""

import collections.abc
import contextlib
import dataclasses
import datetime
import time
from typing import TYPE_CHECKING, Any, Protocol

from oslo_log import log as logging

from nova import context as nova_context
from nova import exception
from nova.compute import power_state
from nova.i18n import _
from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import configdisk
from nova.virt.libvirt import eventqueue
from nova.virt.libvirt import guest as libvirt_guest
from nova.virt.libvirt import guestsystems
from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import inputs as design
from nova.virt.libvirt.designer import osreport
from nova.virt.libvirt.designer import refusal

if TYPE_CHECKING:
    from nova import objects
    from nova.virt import hardware

LOG = logging.getLogger(__name__)

BlockDeviceInfo = collections.abc.Mapping[str, Any]

#: Where an instance remembers its machine, as if its image had asked for it.
MACHINE_TYPE_KEY = 'image_hw_machine_type'

#: The kinds of guests that are machines.
MACHINE_VIRT_TYPES = ('kvm', 'qemu')

#: States of a domain whose process has ended.
OFF_STATES = (power_state.SHUTDOWN, power_state.CRASHED)

#: A process that waits for a disk cannot be killed before it gets an answer.
KILL_ATTEMPTS = 3


@dataclasses.dataclass(frozen=True)
class LifecycleSettings:
    guest: design.Settings = design.Settings()
    block_info: blockinfo.BlockInfoSettings = blockinfo.DEFAULTS
    #: Seconds that a soft reboot gives the guest before it becomes a hard one.
    soft_reboot_timeout_s: float = 120
    #: Seconds after which such a guest is asked again: while it boots, nobody hears.
    soft_reboot_retry_s: float = 10
    #: Seconds before a guest that could not be stopped is stopped again.
    kill_interval_s: float = 0.5


class Disks(Protocol):
    """The files of instances, as the life of a guest needs them."""

    def create(self, context: nova_context.RequestContext,
               instance: 'objects.Instance',
               disk_info: collections.abc.Mapping[str, Any],
               block_device_info: BlockDeviceInfo | None,
               injected: configdisk.Injected) -> None:
        """Make what is missing; after a failure nothing new is left."""

    def create_config_drive(self, instance: 'objects.Instance',
                            disk_info: collections.abc.Mapping[str, Any],
                            injected: configdisk.Injected) -> None:
        """Make the config drive if there has to be one and it is missing."""

    def exist(self, instance: 'objects.Instance') -> bool:
        """Tell whether there are any."""

    def remove(self, instance: 'objects.Instance') -> bool:
        """Remove everything; True when nothing is left."""

    def formats(self, instance: 'objects.Instance') -> dict[str, str]:
        """Return the formats that disks were made in, by their paths."""


class Interfaces(Protocol):
    """The network interfaces of instances, as the life of a guest needs them."""

    def find(self, network_info: collections.abc.Sequence[Any]) -> Any:
        """Look up ``netdevs`` and ``vdpa_paths`` of the ports' PCI functions."""

    def filters(self, instance: 'objects.Instance',
                network_info: collections.abc.Sequence[Any]) -> dict[str, str]:
        """Return the network filters of those VIFs that have one."""

    def check(self, network_info: collections.abc.Sequence[Any]) -> None:
        """Refuse what plug() would, as far as can be seen."""

    def plug(self, instance: 'objects.Instance',
             network_info: collections.abc.Sequence[Any]) -> None:
        """Make what the guest needs on the host before it starts."""

    def unplug(self, instance: 'objects.Instance',
               network_info: collections.abc.Sequence[Any]) -> None:
        """Remove it again."""


class Lifecycle:
    """Takes instances from nothing to running and back.

    :param facts: finds out what the host can do.
    :param systems: finds out which systems instances run.
    """

    def __init__(self, host: libvirt_host.Host, disks: Disks, interfaces: Interfaces,
                 facts: collections.abc.Callable[[], design.HostFacts],
                 systems: guestsystems.GuestSystems,
                 settings: LifecycleSettings) -> None:
        self._host = host
        self._disks = disks
        self._interfaces = interfaces
        self._facts = facts
        self._systems = systems
        self._settings = settings

    # States

    def info(self, instance: 'objects.Instance') -> 'hardware.InstanceInfo':
        """Return what a guest is doing, at the cost of one round trip.

        :raises exception.InstanceNotFound: if there is no such guest.
        """
        return libvirt_guest.info_of(*self._host.get_domain_state(instance.uuid))

    def power_states(self) -> dict[str, int]:
        """Return the power state of each guest by its UUID, all in one round trip."""
        return {uuid: libvirt_guest.info_of(*state).state
                for uuid, state in self._host.get_domain_states().items()}

    # Building

    def spawn(self, context: nova_context.RequestContext,
              instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
              network_info: Any = None,
              block_device_info: BlockDeviceInfo | None = None,
              power_on: bool = True,
              files: collections.abc.Sequence[tuple[str, bytes]] = (),
              admin_password: str | None = None) -> None:
        """Make an instance's disks, define its guest and start it.

        After a failure no domain is left, no interface is plugged, and there is no
        file that was not there before.

        :param files: what its user wants in it; a config drive hands them over.
        :raises exception.InstanceExists: if the domain exists; it is left alone.
        :raises exception.NovaException: with what failed.
        """
        if self._find(instance) is not None:
            raise exception.InstanceExists(name=instance.uuid)
        _refuse_volumes(block_device_info)
        self._interfaces.check(network_info or ())
        guest_os = self._systems.settle(instance, image_meta)
        disk_info = self._disk_info(instance, image_meta, block_device_info, guest_os)
        had_files = self._disks.exist(instance)
        self._disks.create(
            context, instance, disk_info, block_device_info,
            configdisk.Injected(network_info, files, admin_password))
        with self._undone_on_failure(instance, network_info, keep_files=had_files):
            guest = self._define(instance, image_meta, disk_info, network_info,
                                 block_device_info, guest_os)
            self._interfaces.plug(instance, network_info or ())
            if power_on:
                guest.launch()
        LOG.info('Instance spawned', instance=instance)

    @contextlib.contextmanager
    def _undone_on_failure(self, instance: 'objects.Instance', network_info: Any,
                           keep_files: bool) -> collections.abc.Iterator[None]:
        try:
            yield
        except BaseException:
            # Also when the greenlet is killed or the process is to end.
            self._undo_spawn(instance, network_info, keep_files)
            raise

    def _undo_spawn(self, instance: 'objects.Instance', network_info: Any,
                    keep_files: bool) -> None:
        """Remove what spawn() has made; what fails is logged.

        The files of a guest that may still run are kept: destroy() will find both.
        """
        try:
            self.stop(instance)
            self.undefine(instance)
        except exception.NovaException as error:
            LOG.error('Could not remove the guest of a failed build, and kept its '
                      'files: %s', error, instance=instance)
            return
        self._unplug(instance, network_info)
        if not keep_files:
            self._disks.remove(instance)

    def _unplug(self, instance: 'objects.Instance', network_info: Any) -> None:
        """Disconnect a guest that is gone; what cannot be removed keeps nobody here."""
        try:
            self._interfaces.unplug(instance, network_info or ())
        except exception.NovaException as error:
            LOG.error('Something of its network interfaces is left: %s', error,
                      instance=instance)

    def _define(self, instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
                disk_info: collections.abc.Mapping[str, Any], network_info: Any,
                block_device_info: BlockDeviceInfo | None,
                guest_os: design.GuestOS | None,
                existing: libvirt_guest.Guest | None = None) -> libvirt_guest.Guest:
        network_info = network_info or ()
        found = self._interfaces.find(network_info)
        allotted = design.Allotted(
            creation_time=datetime.datetime.now(datetime.UTC),
            existing_domain=existing.get_config() if existing else None,
            disk_formats=self._disks.formats(instance),
            filters=self._interfaces.filters(instance, network_info))
        inputs = design.GuestInputs(
            name=str(instance.name), instance=instance, flavor=instance.flavor,
            image_meta=image_meta,
            disk_info=disk_info, allotted=allotted,
            network_info=network_info, block_device_info=block_device_info,
            found=design.Found(netdevs=found.netdevs, vdpa_paths=found.vdpa_paths),
            guest_os=guest_os)
        facts = self._facts()
        refusal.refuse_what_was_not_granted(inputs, facts, self._settings.guest)
        xml = libvirt_guest.Guest.get_guest_xml(inputs, facts, self._settings.guest)
        if existing is None:
            self._explain(inputs, facts)
        guest = libvirt_guest.Guest.create(xml, self._host)
        self._remember_machine_type(instance, image_meta, facts.arch)
        return guest

    def _explain(self, inputs: design.GuestInputs, facts: design.HostFacts) -> None:
        """Log the devices of a new guest that were chosen by its system."""
        choices = '; '.join(osreport.explain(inputs, facts, self._settings.guest))
        if choices:
            LOG.info('Devices by guest OS: %s', choices, instance=inputs.instance)
        warning = osreport.too_little_memory(inputs)
        if warning:
            LOG.warning('%s', warning, instance=inputs.instance)

    def _remember_machine_type(self, instance: 'objects.Instance',
                               image_meta: 'objects.ImageMeta',
                               host_arch: str) -> None:
        """Keep the machine that the guest was given when the default changes."""
        guest = self._settings.guest
        if MACHINE_TYPE_KEY in instance.system_metadata \
                or guest.virt_type not in MACHINE_VIRT_TYPES:
            return
        machine_type = machine.get_machine_type(
            image_meta, machine.get_arch(image_meta, host_arch),
            guest.machine.machine_types)
        if machine_type:
            instance.system_metadata = {
                **instance.system_metadata, MACHINE_TYPE_KEY: machine_type}

    def _disk_info(self, instance: 'objects.Instance',
                   image_meta: 'objects.ImageMeta',
                   block_device_info: BlockDeviceInfo | None,
                   guest_os: design.GuestOS | None) -> dict[str, Any]:
        return blockinfo.get_disk_info(
            self._settings.guest.virt_type, instance, image_meta, block_device_info,
            settings=guestsystems.disk_settings(
                self._settings.block_info, image_meta, guest_os))

    # Removing

    def destroy(self, instance: 'objects.Instance', network_info: Any = None,
                destroy_disks: bool = True) -> None:
        """Stop a guest, remove it and, unless they are to stay, its files.

        What is not there is removed already.  After a failure it can be called
        again; the files are still there if the guest is.

        :raises exception.InstancePowerOffFailure: if the guest cannot be stopped.
        """
        guest = self._find(instance)
        if guest is not None:
            self._stop(guest, instance)
        self._clean_up(guest, instance, network_info, destroy_disks)
        LOG.info('Instance destroyed', instance=instance)

    def cleanup(self, instance: 'objects.Instance', network_info: Any = None,
                destroy_disks: bool = True) -> None:
        """Remove what a stopped guest has left.

        :raises exception.InstanceTerminationFailure: if files cannot be removed.
        """
        self._clean_up(self._find(instance), instance, network_info, destroy_disks)

    def _clean_up(self, guest: libvirt_guest.Guest | None,
                  instance: 'objects.Instance', network_info: Any,
                  destroy_disks: bool) -> None:
        self._undefine(guest)
        self._unplug(instance, network_info)
        if destroy_disks and not self._disks.remove(instance):
            raise exception.InstanceTerminationFailure(
                reason=_('not all of its files could be removed'))

    def undefine(self, instance: 'objects.Instance') -> None:
        """Remove the definition of a guest, if there is one."""
        self._undefine(self._find(instance))

    @staticmethod
    def _undefine(guest: libvirt_guest.Guest | None) -> None:
        if guest is not None:
            with contextlib.suppress(exception.InstanceNotFound):
                guest.delete_configuration()

    # Power

    def stop(self, instance: 'objects.Instance') -> None:
        """Stop a guest at once, if it runs.

        :raises exception.InstancePowerOffFailure: if it goes on running.
        """
        guest = self._find(instance)
        if guest is not None:
            self._stop(guest, instance)

    def _stop(self, guest: libvirt_guest.Guest,
              instance: 'objects.Instance') -> None:
        with contextlib.suppress(exception.InstanceNotFound):
            self._kill(guest, instance)

    def _kill(self, guest: libvirt_guest.Guest,
              instance: 'objects.Instance') -> None:
        for attempt in range(1, KILL_ATTEMPTS + 1):
            try:
                guest.poweroff()
                return
            except exception.InternalError as error:
                if not guest.is_active():
                    return
                LOG.warning('Stopping the guest failed (attempt %d of %d): %s',
                            attempt, KILL_ATTEMPTS, error, instance=instance)
                reason = error
            time.sleep(self._settings.kill_interval_s)
        raise exception.InstancePowerOffFailure(reason=str(reason)) from reason

    def power_off(self, instance: 'objects.Instance', timeout_s: float = 0,
                  retry_interval_s: float = 0) -> None:
        """Let a guest shut down, and stop it if it has not in time.

        :param timeout_s: 0 stops it at once.
        :param retry_interval_s: between two requests; 0 makes one only.
        :raises exception.InstancePowerOffFailure: if it goes on running.
        """
        if timeout_s > 0 and self._shut_down(instance, timeout_s, retry_interval_s):
            LOG.info('Instance shut down', instance=instance)
            return
        self.stop(instance)
        LOG.info('Instance powered off', instance=instance)

    def power_on(self, context: nova_context.RequestContext,
                 instance: 'objects.Instance', network_info: Any = None,
                 block_device_info: BlockDeviceInfo | None = None) -> None:
        """Start a guest, described anew from what the instance is now."""
        self.hard_reboot(context, instance, network_info, block_device_info)

    def reboot(self, context: nova_context.RequestContext,
               instance: 'objects.Instance', network_info: Any, reboot_type: str,
               block_device_info: BlockDeviceInfo | None = None) -> None:
        """Restart a guest; a soft reboot that fails becomes a hard one."""
        # Around both: the guest may end after the soft one has given up.
        with self._host.operation(instance, eventqueue.Operation.REBOOT):
            if reboot_type == 'SOFT' and self._soft_reboot(instance):
                LOG.info('Instance rebooted', instance=instance)
                return
            self.hard_reboot(context, instance, network_info, block_device_info)

    def hard_reboot(self, context: nova_context.RequestContext,
                    instance: 'objects.Instance', network_info: Any = None,
                    block_device_info: BlockDeviceInfo | None = None) -> None:
        """Stop a guest, describe it anew and start it.

        Its disks stay.  After a failure it is stopped, and can be started by
        calling this again.
        """
        _refuse_volumes(block_device_info)
        self._interfaces.check(network_info or ())
        with self._host.operation(instance, eventqueue.Operation.REBOOT):
            self.stop(instance)
            image_meta = instance.image_meta
            guest_os = guestsystems.remembered(instance)
            disk_info = self._disk_info(
                instance, image_meta, block_device_info, guest_os)
            self._disks.create_config_drive(
                instance, disk_info, configdisk.Injected(network_info))
            guest = self._define(instance, image_meta, disk_info, network_info,
                                 block_device_info, guest_os, self._find(instance))
            self._interfaces.plug(instance, network_info or ())
            guest.launch()
        LOG.info('Instance started', instance=instance)

    def _soft_reboot(self, instance: 'objects.Instance') -> bool:
        """Let a guest shut down and start it again; False if it has not."""
        guest = self._get(instance)
        if guest.get_power_state(self._host) != power_state.RUNNING:
            return False
        before = guest.id
        with self._host.operation(instance, eventqueue.Operation.REBOOT):
            if not self._shut_down(instance, self._settings.soft_reboot_timeout_s,
                                   self._settings.soft_reboot_retry_s):
                LOG.info('Guest did not shut down in %d s; rebooting it the hard way',
                         self._settings.soft_reboot_timeout_s, instance=instance)
                return False
            guest = self._get(instance)
            if guest.get_power_state(self._host) in OFF_STATES:
                guest.launch()
        return guest.id != before

    def _shut_down(self, instance: 'objects.Instance', timeout_s: float,
                   retry_interval_s: float) -> bool:
        """Ask a guest to shut down; True once it is off."""
        deadline = time.monotonic() + timeout_s
        while True:
            guest = self._find(instance)
            if guest is None:
                return True
            remaining_s = deadline - time.monotonic()
            try:
                return guest.shutdown_and_wait(remaining_s, retry_interval_s)
            except exception.InstanceNotFound:
                return True
            except exception.HypervisorUnavailable:
                # Its end may have been missed: look again over a new connection.
                if remaining_s <= 0:
                    raise

    def pause(self, instance: 'objects.Instance') -> None:
        """Stop the CPUs of a guest."""
        self._get(instance).pause()
        LOG.info('Instance paused', instance=instance)

    def unpause(self, instance: 'objects.Instance') -> None:
        """Let the CPUs of a guest go on; one that runs is left as it is."""
        guest = self._get(instance)
        if guest.get_power_state(self._host) != power_state.RUNNING:
            guest.resume()
        LOG.info('Instance unpaused', instance=instance)

    # State

    def get_info(self, instance: 'objects.Instance') -> 'hardware.InstanceInfo':
        """Return the power state of an instance.

        :raises exception.InstanceNotFound: if there is no such guest.
        """
        return self._get(instance).get_info(self._host)

    def _find(self, instance: 'objects.Instance') -> libvirt_guest.Guest | None:
        try:
            return self._get(instance)
        except exception.InstanceNotFound:
            return None

    def _get(self, instance: 'objects.Instance') -> libvirt_guest.Guest:
        guest: libvirt_guest.Guest = self._host.get_guest(instance)
        return guest


def _refuse_volumes(block_device_info: BlockDeviceInfo | None) -> None:
    """Refuse what a guest could not be started with.

    :raises exception.InstanceDeployFailure: if there are volumes.
    """
    if (block_device_info or {}).get('block_device_mapping'):
        raise exception.InstanceDeployFailure(
            reason=_('this host cannot connect volumes'))
