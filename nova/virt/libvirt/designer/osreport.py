# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Why a guest got the devices that it has, in words for who runs the host."""

from collections.abc import Iterator

from nova.i18n import _
from nova.virt.libvirt.designer import boot
from nova.virt.libvirt.designer import display
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer import peripherals
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def explain(inputs: GuestInputs, host_facts: HostFacts,
            settings: Settings) -> Iterator[str]:
    """Yield each choice that the guest's system had a say in, with its reason."""
    if inputs.guest_os is None:
        return
    for what, asked, choice in _choices(inputs, host_facts, settings):
        if choice is not None and asked:
            yield f'{what} {asked}: asked for'
        elif choice is not None:
            yield f'{what} {choice.value}: {choice.reason} (libosinfo)'


def _choices(inputs: GuestInputs, host_facts: HostFacts, settings: Settings,
             ) -> Iterator[tuple[str, str | None, guestos.Choice | None]]:
    """Yield what is chosen, what the image or the flavor asks for, and the choice."""
    asked = inputs.image_meta.properties.get
    guest_os = inputs.guest_os
    board = machines.board(inputs, host_facts, settings)
    yield 'disk bus', asked('hw_disk_bus'), guestos.disk_bus(guest_os, board)
    yield 'NIC model', asked('hw_vif_model'), guestos.vif_model(guest_os, board)
    if display.has_display(settings):
        yield ('video', asked('hw_video_model'),
               display.choose_video(inputs, host_facts, settings))
    yield ('RNG', peripherals.asked_rng(inputs),
           peripherals.choose_rng(inputs, host_facts, settings))
    yield ('firmware', asked('hw_firmware_type'),
           boot.choose_firmware(inputs, host_facts))
    os_type = inputs.instance.os_type
    yield ('clock', f'for {os_type}' if os_type else None,
           guestos.clock_offset(guest_os))


def too_little_memory(inputs: GuestInputs) -> str | None:
    """Return a warning for a flavor with less memory than the system needs.

    An image that says how much it needs is believed.
    """
    guest_os, image_meta = inputs.guest_os, inputs.image_meta
    is_said = image_meta.obj_attr_is_set('min_ram') and image_meta.min_ram
    if guest_os is None or is_said:
        return None
    memory_mb = inputs.flavor.memory_mb
    if not guestos.lacking_memory_mb(guest_os, memory_mb):
        return None
    return _('The flavor has %(memory)d MB of memory, and %(os)s needs at least '
             '%(least)d MB (libosinfo); it may not start') % {
                 'memory': memory_mb, 'os': guest_os.name,
                 'least': guest_os.minimum_memory_mb}
