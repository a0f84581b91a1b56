# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a flavor and an image together ask of virtual hardware.

An image property ``hw_x`` and a flavor's extra spec ``hw:x`` speak of the same
thing; each function here says which of the two decides, and what they may not
contradict each other in.
"""

from collections.abc import Iterable, Iterator
import dataclasses
import re
from typing import Any

from oslo_utils import strutils

from nova import exception
from nova import objects
from nova import usertext
from nova.i18n import _
from nova.objects import fields
from nova.virt.cpuset import format_cpu_spec as format_cpu_spec
from nova.virt.cpuset import parse_cpu_spec as parse_cpu_spec
from nova.virt.numaconstraints import (
    get_cpu_policy_constraint as get_cpu_policy_constraint,
)
from nova.virt.numaconstraints import (
    get_cpu_thread_policy_constraint as get_cpu_thread_policy_constraint,
)
from nova.virt.numaconstraints import (
    get_dedicated_cpu_constraint as get_dedicated_cpu_constraint,
)
from nova.virt.numaconstraints import (
    get_emulator_thread_policy_constraint as get_emulator_thread_policy_constraint,
)
from nova.virt.numaconstraints import numa_get_constraints as numa_get_constraints
from nova.virt.numafit import numa_fit_instance_to_host as numa_fit_instance_to_host
from nova.virt.numafit import (
    numa_usage_from_instance_numa as numa_usage_from_instance_numa,
)
from nova.virt.realtime import (
    get_realtime_cpu_constraint as get_realtime_cpu_constraint,
)
from nova.virt.realtime import is_realtime_enabled as is_realtime_enabled
from nova.virt.realtime import parse_cpu_mask as parse_cpu_mask

#: Encryption of memory that vouches for the firmware, by what users call it.
_MEASURED_FIRMWARE = {fields.MemEncryptionModel.AMD_SEV_SNP: 'AMD SEV-SNP',
                      fields.MemEncryptionModel.INTEL_TDX: 'Intel TDX'}

#: More than any guest can have of sockets, cores or threads.
_UNLIMITED = 65536
#: Far more than any guest can have of a kind, and few enough to be described.
_MOST_DEVICES = 1024


class InstanceInfo:
    """What the hypervisor says about an instance.

    :param state: one of nova.compute.power_state.
    :param internal_id: the number of its running domain.
    """

    def __init__(self, state: int, internal_id: int | None = None) -> None:
        self.state = state
        self.internal_id = internal_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InstanceInfo) and vars(self) == vars(other)

    def __repr__(self) -> str:
        return f'InstanceInfo(state={self.state}, internal_id={self.internal_id})'


# Flavor and image

def _flavor_image(flavor: 'objects.Flavor', image_meta: 'objects.ImageMeta', key: str,
                  prefix: str = 'hw') -> tuple[Any, Any]:
    """Return what both say about ``key``; None for what is not said."""
    return (flavor.extra_specs.get(f'{prefix}:{key}'),
            image_meta.properties.get(f'{prefix}_{key}'))


def _conflict(setting: str, from_flavor: Any,
              from_image: Any) -> exception.FlavorImageConflict:
    return exception.FlavorImageConflict(
        setting=setting, flavor_val=usertext.shown(from_flavor),
        image_val=usertext.shown(from_image))


def _bounded(name: str, count: int) -> int:
    """Return how many devices are asked for.

    :raises exception.InvalidInput: if there are too many to describe.
    """
    if count > _MOST_DEVICES:
        raise exception.InvalidInput(
            reason=_('%(name)s must be at most %(most)d, not %(value)s')
            % {'name': name, 'most': _MOST_DEVICES, 'value': usertext.shown(count)})
    return count


def _agreed(flavor: 'objects.Flavor', image_meta: 'objects.ImageMeta', key: str,
            prefix: str = 'hw') -> Any:
    """Return the one value of both.

    :raises exception.FlavorImageConflict: if they differ.
    """
    from_flavor, from_image = _flavor_image(flavor, image_meta, key, prefix)
    if from_flavor is None or from_image is None or from_flavor == from_image:
        return from_flavor if from_image is None else from_image
    raise _conflict(key, from_flavor, from_image)


def _agreed_bool(flavor: 'objects.Flavor', image_meta: 'objects.ImageMeta',
                 key: str) -> bool | None:
    from_flavor, from_image = _flavor_image(flavor, image_meta, key)
    if from_flavor is not None:
        from_flavor = strutils.bool_from_string(from_flavor)
    if None not in (from_flavor, from_image) and from_flavor != from_image:
        raise _conflict(key, from_flavor, from_image)
    answer: bool | None = from_flavor if from_image is None else from_image
    return answer


def get_pmu_constraint(flavor: 'objects.Flavor',
                       image_meta: 'objects.ImageMeta') -> bool | None:
    """Tell whether a performance monitoring unit is asked for, or refused.

    :raises exception.FlavorImageConflict: if flavor and image differ.
    """
    return _agreed_bool(flavor, image_meta, 'pmu')


def get_packed_virtqueue_constraint(flavor: 'objects.Flavor',
                                    image_meta: 'objects.ImageMeta') -> bool:
    """Tell whether virtio devices shall use packed rings.

    :raises exception.FlavorImageConflict: if flavor and image differ.
    """
    return bool(_agreed_bool(flavor, image_meta, 'virtio_packed_ring'))


def get_vif_multiqueue_constraint(flavor: 'objects.Flavor',
                                  image_meta: 'objects.ImageMeta') -> bool:
    """Tell whether interfaces shall have a queue for each virtual CPU.

    :raises exception.FlavorImageConflict: if flavor and image differ, or if
        there is one queue less than two CPUs could use.
    """
    if flavor.vcpus < 2:
        return False
    return bool(_agreed_bool(flavor, image_meta, 'vif_multiqueue_enabled'))


def get_secure_boot_constraint(flavor: 'objects.Flavor',
                               image_meta: 'objects.ImageMeta') -> str | None:
    """Return required, optional, disabled or None.

    :raises exception.FlavorImageConflict: if one requires what the other disables.
    """
    from_flavor, from_image = _flavor_image(flavor, image_meta, 'secure_boot', 'os')
    if {from_flavor, from_image} == {'required', 'disabled'}:
        raise _conflict('secure_boot', from_flavor, from_image)
    answer: str | None = from_flavor or from_image
    return answer


def get_usb_model(flavor: 'objects.Flavor',
                  image_meta: 'objects.ImageMeta') -> str | None:
    """Return the model of the USB controller, or ``none`` for no controller.

    :raises exception.FlavorImageConflict: if flavor and image differ.
    """
    model: str | None = _agreed(flavor, image_meta, 'usb_model')
    return model


def get_sound_model(flavor: 'objects.Flavor',
                    image_meta: 'objects.ImageMeta') -> str | None:
    """Return the model of the sound card, if one is asked for.

    :raises exception.FlavorImageConflict: if flavor and image differ.
    """
    model: str | None = _agreed(flavor, image_meta, 'sound_model')
    return model


def get_redirected_usb_ports(flavor: 'objects.Flavor',
                             image_meta: 'objects.ImageMeta') -> int:
    """Return how many USB devices a viewer can redirect into the guest.

    :raises exception.FlavorImageConflict: if flavor and image differ.
    :raises exception.InvalidInput: for what is no number, or far too many.
    """
    from_flavor, from_image = _flavor_image(flavor, image_meta, 'redirected_usb_ports')
    wanted = {usertext.whole_number('hw:redirected_usb_ports', value)
              for value in (from_flavor, from_image) if value is not None}
    if len(wanted) > 1:
        raise _conflict('redirected_usb_ports', from_flavor, from_image)
    return _bounded('redirected_usb_ports', wanted.pop() if wanted else 0)


def get_number_of_serial_ports(flavor: 'objects.Flavor',
                               image_meta: 'objects.ImageMeta') -> int:
    """Return how many serial ports the guest has; the flavor limits the image.

    :raises exception.ImageSerialPortNumberInvalid: for a flavor's value that is no
        number.
    :raises exception.ImageSerialPortNumberExceedFlavorValue: if the image asks for
        more than the flavor has.
    """
    from_flavor, from_image = _flavor_image(flavor, image_meta, 'serial_port_count')
    try:
        allowed = None if from_flavor is None else int(from_flavor)
    except ValueError:
        raise exception.ImageSerialPortNumberInvalid(num_ports=from_flavor) from None
    if allowed is not None and from_image is not None and from_image > allowed:
        raise exception.ImageSerialPortNumberExceedFlavorValue()
    count: int | None = allowed if from_image is None else from_image
    return 1 if count is None else _bounded('serial_port_count', count)


def get_maxphysaddr_mode(flavor: 'objects.Flavor',
                         image_meta: 'objects.ImageMeta') -> str | None:
    """Return how the guest learns the width of physical addresses.

    :raises exception.FlavorImageConflict: if flavor and image differ.
    """
    mode: str | None = _agreed(flavor, image_meta, 'maxphysaddr_mode')
    return mode


def get_maxphysaddr_bits(flavor: 'objects.Flavor',
                         image_meta: 'objects.ImageMeta') -> int | None:
    """Return the width of physical addresses that is asked for, in bits.

    :raises exception.FlavorImageConflict: if flavor and image differ.
    :raises exception.InvalidInput: for what is no number.
    """
    from_flavor, from_image = _flavor_image(flavor, image_meta, 'maxphysaddr_bits')
    widths = {usertext.whole_number('hw:maxphysaddr_bits', bits)
              for bits in (from_flavor, from_image) if bits is not None}
    if len(widths) > 1:
        raise _conflict('maxphysaddr_bits', from_flavor, from_image)
    return widths.pop() if widths else None


def get_stateless_firmware_constraint(image_meta: 'objects.ImageMeta') -> bool | None:
    """Tell whether the firmware shall keep no variables; only UEFI has any."""
    properties = image_meta.properties
    if properties.get('hw_firmware_type') != fields.FirmwareType.UEFI:
        return None
    stateless: bool | None = properties.get('hw_firmware_stateless')
    return stateless


def get_viommu_model_constraint(flavor: 'objects.Flavor',
                                image_meta: 'objects.ImageMeta') -> str | None:
    """Return the model of the virtual IOMMU, if one is asked for.

    :raises exception.FlavorImageConflict: if flavor and image differ.
    """
    model: str | None = _agreed(flavor, image_meta, 'viommu_model')
    return model


@dataclasses.dataclass(frozen=True)
class VTPMConfig:
    """The TPM that is asked for."""

    version: str
    model: str


def get_vtpm_constraint(flavor: 'objects.Flavor',
                        image_meta: 'objects.ImageMeta') -> VTPMConfig | None:
    """Return the TPM that is asked for, if any.

    :raises exception.FlavorImageConflict: if flavor and image differ.
    :raises exception.Invalid: for what no TPM is.
    """
    version = _agreed(flavor, image_meta, 'tpm_version')
    model = _agreed(flavor, image_meta, 'tpm_model')
    if version is None:
        if model is not None:
            raise exception.Invalid(_('A TPM has to have a version beside its model'))
        return None
    model = model or fields.TPMModel.TPM_TIS
    if version not in fields.TPMVersion.ALL or model not in fields.TPMModel.ALL:
        raise exception.Invalid(
            _('No TPM has tpm_version %(version)s and tpm_model %(model)s')
            % {'version': usertext.shown(version), 'model': usertext.shown(model)})
    if (version, model) == (fields.TPMVersion.V1_2, fields.TPMModel.TPM_CRB):
        raise exception.Invalid(_('A TPM of version 1.2 has no CRB interface'))
    return VTPMConfig(version, model)


def get_mem_encryption_constraint(
    flavor: 'objects.Flavor', image_meta: 'objects.ImageMeta',
    machine_type: str | None = None,
) -> str | None:
    """Return the model of memory encryption that is asked for, if any.

    :param machine_type: of the guest, where it is known.
    :raises exception.FlavorImageConflict: if flavor and image differ, or the
        image's firmware cannot do it.
    :raises exception.InvalidMachineType: if the machine type cannot.
    :raises exception.StatelessFirmwareRequired: if the firmware would be measured
        together with variables that change.
    """
    if not _agreed_bool(flavor, image_meta, 'mem_encryption'):
        return None
    _require_uefi(image_meta)
    machine_type = image_meta.properties.get('hw_machine_type') or machine_type
    if machine_type is not None and 'q35' not in machine_type:
        raise exception.InvalidMachineType(
            mtype=machine_type, **_image_named(image_meta),
            reason=_('encryption of memory needs q35'))
    model: str = (_agreed(flavor, image_meta, 'mem_encryption_model')
                  or fields.MemEncryptionModel.AMD_SEV)
    is_stateless = get_stateless_firmware_constraint(image_meta)
    if model in _MEASURED_FIRMWARE and not is_stateless:
        raise exception.StatelessFirmwareRequired(feature=_MEASURED_FIRMWARE[model])
    return model


def _image_named(image_meta: 'objects.ImageMeta') -> dict[str, str | None]:
    """Return what is known of an image's name; that of a volume may have none."""
    return {f'image_{key}': getattr(image_meta, key)
            if image_meta.obj_attr_is_set(key) else None for key in ('id', 'name')}


def _require_uefi(image_meta: 'objects.ImageMeta') -> None:
    firmware = image_meta.properties.get('hw_firmware_type')
    if firmware != fields.FirmwareType.UEFI:
        raise exception.FlavorImageConflict(
            setting='mem_encryption', flavor_val=fields.FirmwareType.UEFI,
            image_val=firmware)


def get_locked_memory_constraint(flavor: 'objects.Flavor',
                                 image_meta: 'objects.ImageMeta') -> bool | None:
    """Tell whether the memory shall stay out of the host's swap.

    :raises exception.FlavorImageLockedMemoryConflict: if flavor and image differ.
    :raises exception.LockMemoryForbidden: without a page size, since then nothing
        accounts for what is locked.
    """
    try:
        locked = _agreed_bool(flavor, image_meta, 'locked_memory')
    except exception.FlavorImageConflict as conflict:
        raise exception.FlavorImageLockedMemoryConflict(
            image=conflict.kwargs['image_val'],
            flavor=conflict.kwargs['flavor_val']) from conflict
    if locked and not any(_flavor_image(flavor, image_meta, 'mem_page_size')):
        raise exception.LockMemoryForbidden()
    return locked


# Persistent memory

def get_vpmems(flavor: 'objects.Flavor') -> list[str]:
    """Return the labels of the persistent memory that a flavor asks for."""
    return [label for label in re.split(
        r'[,\s]+', flavor.extra_specs.get('hw:pmem', '')) if label]


# CPU topology

def get_cpu_topology_constraints(
    flavor: 'objects.Flavor', image_meta: 'objects.ImageMeta',
) -> 'tuple[objects.VirtCPUTopology, objects.VirtCPUTopology]':
    """Return the preferred and the largest CPU topology.

    The image may lower the flavor's limits and replace its preference.  What is
    not preferred is -1.

    :raises exception.ImageVCPULimitsRangeExceeded: if the image raises a limit.
    :raises exception.ImageVCPUTopologyRangeExceeded: if the image prefers what is
        beyond the limits.
    """
    flavor_max, image_max = _both_topologies(flavor, image_meta, 'cpu_max_')
    if any(i is not None and f is not None and i > f
           for f, i in zip(flavor_max, image_max, strict=True)):
        raise exception.ImageVCPULimitsRangeExceeded(
            **_named('image', image_max), **_named('flavor', flavor_max))
    maximum = [i or f or _UNLIMITED
               for f, i in zip(flavor_max, image_max, strict=True)]
    preferred = _preferred_topology(flavor, image_meta, maximum)
    return _topology(preferred), _topology(maximum)


def _both_topologies(flavor: 'objects.Flavor', image_meta: 'objects.ImageMeta',
                     prefix: str) -> tuple[list[int | None], list[int | None]]:
    names = [prefix + part for part in ('sockets', 'cores', 'threads')]
    pairs = [_flavor_image(flavor, image_meta, name) for name in names]
    return ([None if f is None else usertext.whole_number(f'hw:{name}', f)
             for name, (f, _i) in zip(names, pairs, strict=True)],
            [None if i is None else int(i) for _f, i in pairs])


def _preferred_topology(flavor: 'objects.Flavor', image_meta: 'objects.ImageMeta',
                        maximum: list[int]) -> list[int]:
    from_flavor, from_image = _both_topologies(flavor, image_meta, 'cpu_')
    if any(from_image):
        if any(p and p > limit for p, limit in zip(from_image, maximum, strict=True)):
            raise exception.ImageVCPUTopologyRangeExceeded(
                **_named('image', from_image), **_named('max', maximum))
        return [p or -1 for p in from_image]
    # What a flavor prefers gives way to a limit that the image lowered.
    return [p if p and p <= limit else -1
            for p, limit in zip(from_flavor, maximum, strict=True)]


def _named(prefix: str, parts: Iterable[int | None]) -> dict[str, int]:
    names = (f'{prefix}_{part}' for part in ('sockets', 'cores', 'threads'))
    return {name: -1 if part is None else part
            for name, part in zip(names, parts, strict=True)}


def _topology(parts: Iterable[int]) -> 'objects.VirtCPUTopology':
    sockets, cores, threads = parts
    return objects.VirtCPUTopology(sockets=sockets, cores=cores, threads=threads)


def get_best_cpu_topology(flavor: 'objects.Flavor', image_meta: 'objects.ImageMeta',
                          allow_threads: bool = True,
                          numa_topology: 'objects.InstanceNUMATopology | None' = None,
                          ) -> 'objects.VirtCPUTopology':
    """Return the topology that is nearest to what is preferred.

    Among equals the one with fewest threads, then with most sockets.

    :param allow_threads: False where the CPU has none to show.
    :param numa_topology: shows threads where its cells were placed on such.
    :raises exception.ImageVCPULimitsRangeImpossible: if no topology within the
        limits has the flavor's number of CPUs.
    """
    preferred, maximum = get_cpu_topology_constraints(flavor, image_meta)
    limits = (maximum.sockets, maximum.cores, maximum.threads if allow_threads else 1)
    wanted = (preferred.sockets, preferred.cores, preferred.threads)
    possible = list(_possible_topologies(flavor.vcpus, limits))
    if not possible:
        raise exception.ImageVCPULimitsRangeImpossible(
            vcpus=flavor.vcpus, sockets=maximum.sockets, cores=maximum.cores,
            threads=maximum.threads)
    placed = _threads_of(numa_topology)
    most = max((parts[2] for parts in possible if parts[2] <= placed), default=0)
    if most:
        possible = [parts for parts in possible if parts[2] == most]
    best = max(possible, key=lambda parts: (
        sum(have == want for have, want in zip(parts, wanted, strict=True)),
        parts[0] * parts[1], parts[0], parts[2]))
    return _topology(best)


def _threads_of(numa_topology: 'objects.InstanceNUMATopology | None') -> int:
    """Return how many threads of a core every cell was placed on; 0 if unknown."""
    if numa_topology is None:
        return 0
    return min((cell.cpu_topology.threads for cell in numa_topology.cells
                if cell.obj_attr_is_set('cpu_topology') and cell.cpu_topology
                and cell.cpu_topology.threads), default=0)


def _possible_topologies(vcpus: int, limits: tuple[int, int, int],
                         ) -> Iterator[tuple[int, int, int]]:
    for sockets in _divisors(vcpus, limits[0]):
        for cores in _divisors(vcpus // sockets, limits[1]):
            threads = vcpus // sockets // cores
            if threads <= limits[2]:
                yield sockets, cores, threads


def _divisors(number: int, limit: int) -> Iterator[int]:
    return (n for n in range(1, min(number, limit) + 1) if number % n == 0)
