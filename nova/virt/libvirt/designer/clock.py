# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The clocks of the guest."""

from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import machine
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def describe_clock(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                   host_facts: HostFacts, settings: Settings) -> None:
    """Set the clock to what the guest OS expects, and tame its timers."""
    clock = vconfig.LibvirtConfigGuestClock()
    system = (inputs.instance.os_type, inputs.guest_os)
    clock.offset = 'localtime' if guestos.keeps_local_time(*system) else 'utc'
    guest.set_clock(clock)
    if settings.virt_type != 'kvm':
        return
    # Interrupts that were lost while the guest did not run are made up for.
    clock.add_timer(_timer('pit', tickpolicy='delay'))
    clock.add_timer(_timer('rtc', tickpolicy='catchup'))
    if machine.is_x86(machines.guest_arch(inputs, host_facts)):
        hpet = inputs.image_meta.properties.get('hw_time_hpet', False)
        clock.add_timer(_timer('hpet', present=bool(hpet)))
    if guestos.knows_hyperv(*system):
        clock.add_timer(_timer('hypervclock', present=True))


def _timer(name: str, tickpolicy: str | None = None,
           present: bool | None = None) -> vconfig.LibvirtConfigGuestTimer:
    timer = vconfig.LibvirtConfigGuestTimer()
    timer.name = name
    timer.tickpolicy = tickpolicy
    timer.present = present
    return timer
