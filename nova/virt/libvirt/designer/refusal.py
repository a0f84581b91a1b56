# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a flavor or an image was promised and nobody has granted.

Describing relies on the scheduler: a guest comes with what was chosen for it, and a
host that cannot do something is not asked to.  A node without a scheduler has to
look: a guest that silently lacks a processor of its own, or encryption of its
memory, is worse than none.
"""

from collections.abc import Iterator

from nova import exception
from nova import objects
from nova.i18n import _
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt.designer import security
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

_OWN_CPUS = (fields.CPUAllocationPolicy.DEDICATED, fields.CPUAllocationPolicy.MIXED)


def refuse_what_was_not_granted(inputs: GuestInputs, host_facts: HostFacts,
                                settings: Settings) -> None:
    """Refuse a guest that would lack what was promised to it.

    :raises nova.exception.NotSupported: if it would.
    :raises nova.exception.NovaException: for what flavor and image contradict each
        other in.
    """
    missing = [*_placement(inputs), *_encryption(inputs, host_facts, settings),
               *_devices(inputs)]
    if missing:
        raise exception.NotSupported(
            _('This node does not give guests: %s') % ', '.join(missing))


def _placement(inputs: GuestInputs) -> Iterator[str]:
    if inputs.instance.numa_topology is None and _needs_placement(
            inputs.flavor, inputs.image_meta):
        yield _('a NUMA topology')


def _needs_placement(flavor: 'objects.Flavor',
                     image_meta: 'objects.ImageMeta') -> bool:
    """Tell whether CPUs or pages of the host are promised to the guest."""
    specs, properties = flavor.extra_specs, image_meta.properties
    policies = (specs.get('hw:cpu_policy'), properties.get('hw_cpu_policy'))
    return any(policy in _OWN_CPUS for policy in policies) or any(
        specs.get(f'hw:{name}') or properties.get(f'hw_{name}')
        for name in ('numa_nodes', 'mem_page_size'))


def _encryption(inputs: GuestInputs, host_facts: HostFacts,
                settings: Settings) -> Iterator[str]:
    wanted = hardware.get_mem_encryption_constraint(inputs.flavor, inputs.image_meta)
    if wanted and not security.memory_encryption(inputs, host_facts, settings):
        yield 'hw:mem_encryption'


def _devices(inputs: GuestInputs) -> Iterator[str]:
    specs, instance, assigned = (
        inputs.flavor.extra_specs, inputs.instance, inputs.assigned)
    granted = {
        'hw:pmem': instance.obj_attr_is_set('resources') and instance.resources,
        'pci_passthrough:alias': (
            instance.obj_attr_is_set('pci_devices') and instance.pci_devices),
        'accel:device_profile': assigned.accelerators,
        'resources:VGPU': assigned.mdevs,
    }
    yield from (name for name, devices in granted.items()
                if specs.get(name) and not devices)
