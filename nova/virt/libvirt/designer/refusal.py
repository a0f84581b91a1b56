# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is asked for and has no step yet.

A guest that silently lacks what it was promised, encryption of its memory or a
processor of its own, is worse than none.
"""

from collections.abc import Iterator, Mapping

from oslo_utils import strutils

from nova import exception
from nova import objects
from nova.i18n import _
from nova.objects import fields
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def refuse_what_cannot_be_described(
    guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs, host_facts: HostFacts,
    settings: Settings,
) -> None:
    """Refuse a guest that would not get what it asks for.

    :raises nova.exception.NotSupported: if it asks for any of it.
    """
    missing = [*_hardware(inputs), *_devices(inputs)]
    if missing:
        raise exception.NotSupported(
            _('Guests cannot have yet: %s') % ', '.join(missing))


def _hardware(inputs: GuestInputs) -> Iterator[str]:
    specs, properties = inputs.flavor.extra_specs, inputs.image_meta.properties
    if inputs.instance.numa_topology is not None or _needs_placement(specs, properties):
        yield _('a NUMA topology')
    for name in ('mem_encryption', 'locked_memory'):
        if (strutils.bool_from_string(specs.get(f'hw:{name}'))
                or properties.get(f'hw_{name}')):
            yield f'hw:{name}'
    for name in ('tpm_version', 'viommu_model'):
        if specs.get(f'hw:{name}') or properties.get(f'hw_{name}'):
            yield f'hw:{name}'
    if specs.get('hw:pmem'):
        yield 'hw:pmem'


def _needs_placement(specs: Mapping[str, str],
                     properties: 'objects.ImageMetaProps') -> bool:
    """Tell whether CPUs or pages of the host are promised to the guest."""
    policy = specs.get('hw:cpu_policy') or properties.get('hw_cpu_policy')
    return policy in (fields.CPUAllocationPolicy.DEDICATED,
                      fields.CPUAllocationPolicy.MIXED) or any(
        specs.get(f'hw:{name}') or properties.get(f'hw_{name}')
        for name in ('numa_nodes', 'mem_page_size'))


def _devices(inputs: GuestInputs) -> Iterator[str]:
    instance, assigned = inputs.instance, inputs.assigned
    if instance.obj_attr_is_set('pci_devices') and instance.pci_devices:
        yield _('PCI devices')
    if assigned.mdevs:
        yield _('mediated devices')
    if assigned.accelerators:
        yield _('accelerators')
    if assigned.shares:
        yield _('shares')
