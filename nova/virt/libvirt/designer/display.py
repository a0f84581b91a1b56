# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Screens, video adapters, and what the guest is pointed at and typed into with."""

from nova import exception
from nova.objects import fields
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt import usertext
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

KIB_PER_MIB = 1024


def has_display(settings: Settings) -> bool:
    """Tell whether guests have a screen that can be looked at."""
    console = settings.console
    return settings.virt_type != 'lxc' and (
        console.vnc.enabled or console.spice.enabled)


def has_spice_agent(settings: Settings) -> bool:
    """Tell whether an agent in the guest brings it the mouse."""
    return settings.console.spice.enabled and settings.console.spice.agent_enabled


def describe_graphics(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                      host_facts: HostFacts, settings: Settings) -> None:
    """Show the screen by VNC, SPICE or both."""
    if not has_display(settings):
        return
    if settings.console.vnc.enabled:
        vnc = vconfig.LibvirtConfigGuestGraphics()
        vnc.type = 'vnc'
        vnc.listen = settings.console.vnc.listen
        guest.add_device(vnc)
    if settings.console.spice.enabled:
        guest.add_device(_spice(settings))


def _spice(settings: Settings) -> vconfig.LibvirtConfigGuestGraphics:
    options = settings.console.spice
    spice = vconfig.LibvirtConfigGuestGraphics()
    spice.type = 'spice'
    spice.listen = options.listen
    spice.image_compression = options.image_compression
    spice.jpeg_compression = options.jpeg_compression
    spice.zlib_compression = options.zlib_compression
    spice.playback_compression = options.playback_compression
    spice.streaming_mode = options.streaming_mode
    spice.secure = options.require_secure
    return spice


def describe_video(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                   host_facts: HostFacts, settings: Settings) -> None:
    """Give a guest with a screen a video adapter.

    :raises nova.exception.InvalidVideoMode: for an unknown model.
    :raises nova.exception.RequestedVRamTooHigh: if the image asks for more video
        memory than the flavor allows.
    """
    if not has_display(settings):
        return
    video = vconfig.LibvirtConfigGuestVideo()
    video.type = _video_model(inputs, host_facts, settings)
    video.vram = _video_ram_kb(inputs)
    guest.add_device(video)


def _video_model(inputs: GuestInputs, host_facts: HostFacts, settings: Settings) -> str:
    wanted: str | None = inputs.image_meta.properties.get('hw_video_model')
    if wanted is not None:
        if wanted not in fields.VideoModel.ALL:
            raise exception.InvalidVideoMode(model=wanted)
        return wanted
    choice = choose_video(inputs, host_facts, settings)
    if choice is not None:
        return choice.value
    is_vga = (settings.virt_type == 'parallels'
              or machine.is_power(machines.guest_arch(inputs, host_facts)))
    return fields.VideoModel.VGA if is_vga else fields.VideoModel.VIRTIO


def choose_video(inputs: GuestInputs, host_facts: HostFacts,
                 settings: Settings) -> guestos.Choice | None:
    """Choose the adapter by the guest's system, where the image asks for none."""
    if inputs.guest_os is None:
        return None
    offered = {model for machine_types in host_facts.domain_caps.values()
               for caps in machine_types.values()
               if caps.devices is not None and caps.devices.video is not None
               for model in caps.devices.video.models}
    return guestos.video_model(
        inputs.guest_os, machines.board(inputs, host_facts, settings),
        settings.console.spice.enabled, offered)


def _video_ram_kb(inputs: GuestInputs) -> int | None:
    """Return the video memory that is asked for; a flavor must allow it."""
    wanted_mb = inputs.image_meta.properties.get('hw_video_ram') or 0
    key = 'hw_video:ram_max_mb'
    allowed_mb = usertext.whole_number(key, inputs.flavor.extra_specs.get(key, 0))
    if wanted_mb > allowed_mb:
        raise exception.RequestedVRamTooHigh(req_vram=wanted_mb, max_vram=allowed_mb)
    return wanted_mb * KIB_PER_MIB if wanted_mb and allowed_mb else None


def describe_inputs(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                    host_facts: HostFacts, settings: Settings) -> None:
    """Add a tablet, whose pointer stays where the viewer's is, and a keyboard.

    :raises nova.exception.UnsupportedHardware: if the image asks for a tablet that
        could not be used.
    """
    if settings.virt_type == 'lxc':
        return
    bus = _tablet_bus(guest, inputs, settings)
    if bus:
        guest.add_device(_input('tablet', bus))
    bus = _keyboard_bus(inputs, host_facts)
    if bus:
        guest.add_device(_input('keyboard', bus))


def _tablet_bus(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                settings: Settings) -> str | None:
    properties = inputs.image_meta.properties
    bus: str | None = properties.get('hw_input_bus')
    demanded = properties.get('hw_pointer_model')
    if not bus and not demanded and settings.console.pointer_model != 'usbtablet':
        return None
    if guest.os_type == fields.VMMode.HVM and _tablet_is_usable(settings):
        return bus or 'usb'
    if demanded:
        raise exception.UnsupportedHardware(model=demanded, virt=settings.virt_type)
    return None


def _tablet_is_usable(settings: Settings) -> bool:
    """Tell whether a screen is shown where no agent brings the mouse."""
    console = settings.console
    return console.vnc.enabled or (
        console.spice.enabled and not console.spice.agent_enabled)


def _keyboard_bus(inputs: GuestInputs, host_facts: HostFacts) -> str | None:
    bus: str | None = inputs.image_meta.properties.get('hw_input_bus')
    if bus is None and (machines.guest_arch(inputs, host_facts)
                        == fields.Architecture.AARCH64):
        # ARM machines have no keyboard of their own.
        return 'usb'
    return bus


def _input(kind: str, bus: str) -> vconfig.LibvirtConfigGuestInput:
    device = vconfig.LibvirtConfigGuestInput()
    device.type = kind
    device.bus = bus
    return device
