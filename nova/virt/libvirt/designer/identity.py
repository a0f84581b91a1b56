# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Who the guest is, and how large."""

from collections.abc import Iterable
import itertools

from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

#: More of them older kernels refuse.
MAX_ID_MAPS = 5


def describe_identity(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                      host_facts: HostFacts, settings: Settings) -> None:
    """Name the domain, and give it its memory and CPUs."""
    guest.virt_type = machines.domain_type(inputs, host_facts, settings)
    guest.name = inputs.name
    guest.uuid = inputs.instance.uuid
    guest.memory = inputs.flavor.memory_mb * 1024
    guest.vcpus = inputs.flavor.vcpus
    guest.iothreads = 1


def describe_id_maps(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                     host_facts: HostFacts, settings: Settings) -> None:
    """Say which users of the host those of a container are."""
    if settings.virt_type != 'lxc':
        return
    for start, target, count in _id_maps(settings.container.uid_maps):
        guest.idmaps.append(vconfig.LibvirtConfigGuestUIDMap(
            start=start, target=target, count=count))
    for start, target, count in _id_maps(settings.container.gid_maps):
        guest.idmaps.append(vconfig.LibvirtConfigGuestGIDMap(
            start=start, target=target, count=count))


def _id_maps(entries: Iterable[str]) -> list[tuple[int, ...]]:
    """Return the maps that the kernel takes; what is none is left out."""
    maps = (_numbers(entry) for entry in itertools.islice(entries, MAX_ID_MAPS))
    return [numbers for numbers in maps if len(numbers) == 3]


def _numbers(entry: str) -> tuple[int, ...]:
    try:
        return tuple(map(int, entry.split(':')))
    except ValueError:
        return ()
