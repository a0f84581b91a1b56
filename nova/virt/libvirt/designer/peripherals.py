# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Small devices: random numbers, sound, USB redirection, watchdog, balloon."""

from oslo_utils import strutils

from nova import exception
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import usertext
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

WATCHDOG_DISABLED = 'disabled'


def describe_rng(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                 host_facts: HostFacts, settings: Settings) -> None:
    """Feed the guest random numbers, unless its flavor forbids it.

    A system that is known to lack the driver gets none that it is not to have.

    :raises nova.exception.RngDeviceNotExist: if the host lacks the source.
    """
    specs = inputs.flavor.extra_specs
    if settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    if not strutils.bool_from_string(specs.get('hw_rng:allowed', 'True')):
        return
    choice = choose_rng(inputs, host_facts, settings)
    if choice is not None and choice.value == guestos.NONE and not asked_rng(inputs):
        return
    rng = vconfig.LibvirtConfigGuestRng()
    path = settings.rng_dev_path
    if path and path not in host_facts.present_paths:
        raise exception.RngDeviceNotExist(path=path)
    rng.backend = path or None
    rate_bytes, rate_period = (usertext.whole_number(name, specs.get(name, 0))
                               for name in ('hw_rng:rate_bytes', 'hw_rng:rate_period'))
    if rate_bytes and rate_period:
        rng.rate_bytes = rate_bytes
        rng.rate_period = rate_period
    guest.add_device(rng)


def asked_rng(inputs: GuestInputs) -> str | None:
    """Return how image or flavor want the random number generator, if they say it."""
    if 'hw_rng:allowed' in inputs.flavor.extra_specs:
        return 'as the flavor says'
    asked: str | None = inputs.image_meta.properties.get('hw_rng_model')
    return asked


def choose_rng(inputs: GuestInputs, host_facts: HostFacts,
               settings: Settings) -> guestos.Choice | None:
    """Choose the generator by the guest's system."""
    return guestos.rng_model(
        inputs.guest_os, machines.board(inputs, host_facts, settings))


def describe_sound(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                   host_facts: HostFacts, settings: Settings) -> None:
    """Add the sound card that is asked for."""
    model = hardware.get_sound_model(inputs.flavor, inputs.image_meta)
    if model:
        guest.add_device(vconfig.LibvirtConfigGuestSound(model))


def describe_usb_redirection(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                             host_facts: HostFacts, settings: Settings) -> None:
    """Let a viewer plug its USB devices into the guest."""
    count = hardware.get_redirected_usb_ports(inputs.flavor, inputs.image_meta)
    for _index in range(count):
        guest.add_device(vconfig.LibvirtConfigGuestUSBRedirect())


def describe_watchdog(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                      host_facts: HostFacts, settings: Settings) -> None:
    """Add a watchdog, whose action the image says before the flavor.

    :raises nova.exception.InvalidWatchdogAction: for an action that is not known.
    """
    by_flavor = inputs.flavor.extra_specs.get('hw:watchdog_action', WATCHDOG_DISABLED)
    action = inputs.image_meta.properties.get('hw_watchdog_action', by_flavor)
    if action is None or action == WATCHDOG_DISABLED:
        return
    if action not in fields.WatchdogAction.ALL:
        raise exception.InvalidWatchdogAction(action=usertext.shown(action))
    watchdog = vconfig.LibvirtConfigGuestWatchdog()
    watchdog.action = action
    guest.add_device(watchdog)


def describe_balloon(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                     host_facts: HostFacts, settings: Settings) -> None:
    """Measure the guest's memory through a balloon, or leave the balloon out."""
    if settings.virt_type not in machines.FULLY_VIRTUAL:
        return
    balloon = vconfig.LibvirtConfigMemoryBalloon()
    balloon.model = 'none'
    if settings.memory.stats_period_s > 0:
        balloon.model = 'virtio'
        balloon.period = settings.memory.stats_period_s
    guest.add_device(balloon)
