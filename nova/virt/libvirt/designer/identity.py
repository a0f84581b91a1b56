# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Who the guest is, and how large."""

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def describe_identity(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                      host_facts: HostFacts, settings: Settings) -> None:
    """Name the domain, and give it its memory and CPUs."""
    guest.virt_type = machines.domain_type(inputs, host_facts, settings)
    guest.name = inputs.instance.name
    guest.uuid = inputs.instance.uuid
    guest.memory = inputs.flavor.memory_mb * 1024
    guest.vcpus = inputs.flavor.vcpus
    guest.iothreads = 1


def describe_id_maps(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                     host_facts: HostFacts, settings: Settings) -> None:
    """Say which users of the host those of a container are."""
    if settings.virt_type != 'lxc':
        return
    for entry in settings.container.uid_maps:
        guest.idmaps.append(_id_map(vconfig.LibvirtConfigGuestUIDMap(), entry))
    for entry in settings.container.gid_maps:
        guest.idmaps.append(_id_map(vconfig.LibvirtConfigGuestGIDMap(), entry))


def _id_map(conf: vconfig.LibvirtConfigGuestIDMap,
            entry: str) -> vconfig.LibvirtConfigGuestIDMap:
    try:
        conf.start, conf.target, conf.count = map(int, entry.split(':'))
    except ValueError:
        raise exception.Invalid(
            _('Invalid id map %r: start:target:count is expected') % entry) from None
    return conf
