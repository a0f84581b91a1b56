# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The NUMA cells, CPU policies and page sizes that a flavor and an image ask for."""

from typing import Any

from nova import exception
from nova import objects
from nova import usertext
from nova.i18n import _
from nova.objects import fields
from nova.virt import cpuset
from nova.virt import pagesize
from nova.virt import realtime

Flavor = Any
ImageMeta = Any
Policy = fields.CPUAllocationPolicy
#: Far beyond what any hypervisor gives a guest.
_MOST_CELLS = 1024

_OWN_CPUS = (Policy.DEDICATED, Policy.MIXED)

#: What an image may not ask for beside a policy of the flavor: more CPUs of its own.
_FORBIDDEN_TO_IMAGES = {
    Policy.SHARED: (Policy.DEDICATED, Policy.MIXED),
    Policy.MIXED: (Policy.DEDICATED,),
}


def get_cpu_policy_constraint(flavor: Flavor, image_meta: ImageMeta) -> str | None:
    """Return how the CPUs of the host are given to vCPUs.

    :raises nova.exception.InvalidCPUAllocationPolicy: if there is no such policy.
    :raises nova.exception.ImageCPUPinningForbidden: if the image wants CPUs for
        itself which the flavor shares.
    """
    wanted = _known(flavor.extra_specs.get('hw:cpu_policy'), Policy.ALL,
                    exception.InvalidCPUAllocationPolicy, 'flavor extra specs')
    of_image = _known(image_meta.properties.get('hw_cpu_policy'), Policy.ALL,
                      exception.InvalidCPUAllocationPolicy, 'image properties')
    if of_image in _FORBIDDEN_TO_IMAGES.get(str(wanted), ()):
        raise exception.ImageCPUPinningForbidden()
    return wanted or of_image


def get_cpu_thread_policy_constraint(flavor: Flavor,
                                     image_meta: ImageMeta) -> str | None:
    """Return what becomes of the threads of a core.

    :raises nova.exception.InvalidCPUThreadAllocationPolicy: if there is no such
        policy.
    :raises nova.exception.ImageCPUThreadPolicyForbidden: if the image differs.
    """
    known = fields.CPUThreadAllocationPolicy.ALL
    wanted = _known(flavor.extra_specs.get('hw:cpu_thread_policy'), known,
                    exception.InvalidCPUThreadAllocationPolicy, 'flavor extra specs')
    of_image = _known(image_meta.properties.get('hw_cpu_thread_policy'), known,
                      exception.InvalidCPUThreadAllocationPolicy, 'image properties')
    if wanted in (None, fields.CPUThreadAllocationPolicy.PREFER):
        return of_image or wanted
    if of_image not in (None, wanted):
        raise exception.ImageCPUThreadPolicyForbidden()
    return wanted


def get_emulator_thread_policy_constraint(flavor: Flavor) -> str | None:
    """Return where QEMU's own threads run; None leaves it to the host.

    :raises nova.exception.InvalidEmulatorThreadsPolicy: if there is no such policy.
    """
    wanted: str | None = flavor.extra_specs.get('hw:emulator_threads_policy')
    if wanted is not None and wanted not in fields.CPUEmulatorThreadsPolicy.ALL:
        raise exception.InvalidEmulatorThreadsPolicy(
            requested=usertext.shown(wanted),
            available=', '.join(fields.CPUEmulatorThreadsPolicy.ALL))
    return wanted


def get_dedicated_cpu_constraint(flavor: Flavor) -> set[int] | None:
    """Return the vCPUs that have a CPU each, of a guest that mixes both kinds.

    :raises nova.exception.InvalidMixedInstanceDedicatedMask: if it names none, all,
        or others than the guest has.
    """
    mask = flavor.extra_specs.get('hw:cpu_dedicated_mask')
    if mask is None:
        return None
    every = set(range(flavor.vcpus))
    if mask.lstrip().startswith('^'):
        mask = f'{cpuset.format_cpu_spec(every)},{mask}'
    with cpuset.named('hw:cpu_dedicated_mask'):
        dedicated = cpuset.parse_cpu_spec(mask)
    if not dedicated or not dedicated < every:
        raise exception.InvalidMixedInstanceDedicatedMask()
    return dedicated


def numa_get_constraints(flavor: Flavor, image_meta: ImageMeta,
                         ) -> 'objects.InstanceNUMATopology | None':
    """Return the cells of a guest before it is placed; None if it has no wishes.

    :raises nova.exception.NovaException: for wishes that contradict each other, or
        the flavor; each has its class.
    """
    policy = get_cpu_policy_constraint(flavor, image_meta)
    threads = get_cpu_thread_policy_constraint(flavor, image_meta)
    emulator = get_emulator_thread_policy_constraint(flavor)
    page_kb = _page_size(flavor, image_meta)
    if realtime.is_realtime_enabled(flavor) and policy not in _OWN_CPUS:
        raise exception.RealtimeConfigurationInvalid()
    dedicated = _dedicated(flavor, image_meta, policy)
    if threads is not None and policy not in _OWN_CPUS:
        raise exception.CPUThreadPolicyConfigurationInvalid()
    if emulator == fields.CPUEmulatorThreadsPolicy.ISOLATE and not dedicated:
        raise exception.BadRequirementEmulatorThreadsPolicy()
    cells = _cells(flavor, image_meta, dedicated)
    if cells is None:
        if page_kb is None and not dedicated and emulator is None:
            return None
        cells = [_cell(0, set(range(flavor.vcpus)), flavor.memory_mb, dedicated)]
    for cell in cells:
        cell.pagesize = page_kb
        if dedicated:
            cell.cpu_policy = policy
            cell.cpu_thread_policy = threads
    return objects.InstanceNUMATopology(cells=cells, emulator_threads_policy=emulator)


def _known(value: str | None, known: Any, error: type[exception.NovaException],
           source: str) -> str | None:
    if value is None or value in known:
        return value
    raise error(source=source, requested=usertext.shown(value),
                available=', '.join(known))


def _page_size(flavor: Flavor, image_meta: ImageMeta) -> int | None:
    wanted = flavor.extra_specs.get('hw:mem_page_size')
    of_image = image_meta.properties.get('hw_mem_page_size')
    size_kb = pagesize.parse(wanted) if wanted else None
    if not of_image:
        return size_kb
    if size_kb not in (pagesize.ANY, pagesize.LARGE):
        raise exception.MemoryPageSizeForbidden(
            pagesize=usertext.shown(of_image), against=wanted or _('none'))
    return pagesize.parse(of_image)


def _dedicated(flavor: Flavor, image_meta: ImageMeta, policy: str | None) -> set[int]:
    """Return the vCPUs that have a CPU each."""
    mask = get_dedicated_cpu_constraint(flavor)
    if policy == Policy.DEDICATED and mask is None:
        return set(range(flavor.vcpus))
    if policy != Policy.MIXED:
        if mask is not None:
            raise exception.RequiredMixedInstancePolicy()
        return set()
    if mask is None and realtime.is_realtime_enabled(flavor):
        mask = realtime.get_realtime_cpu_constraint(flavor, image_meta)
    if mask is None:
        raise exception.RequiredMixedOrRealtimeCPUMask()
    return mask


def _cells(flavor: Flavor, image_meta: ImageMeta,
           dedicated: set[int]) -> list[Any] | None:
    nodes = _either(flavor, image_meta, 'numa_nodes')
    if nodes is None:
        return None
    number = _number(nodes)
    cpus, memory = _listed(flavor, image_meta, number)
    if any(part is None for part in [*cpus, *memory]):
        if any(part is not None for part in [*cpus, *memory]):
            raise exception.ImageNUMATopologyIncomplete()
        return _equal_cells(flavor, number, dedicated)
    _check_listed(flavor, cpus, memory)
    return [_cell(index, cell_cpus, cell_memory, dedicated)
            for index, (cell_cpus, cell_memory)
            in enumerate(zip(cpus, memory, strict=True))]


def _number(nodes: Any) -> int:
    try:
        number = int(nodes)
    except ValueError:
        number = 0
    if not 0 < number <= _MOST_CELLS:
        raise exception.InvalidNUMANodesNumber(nodes=usertext.shown(nodes))
    return number


def _either(flavor: Flavor, image_meta: ImageMeta, key: str) -> Any:
    """Return the wish of the one that has it; the flavor's may not be repeated."""
    wanted = flavor.extra_specs.get(f'hw:{key}')
    of_image = image_meta.properties.get(f'hw_{key}')
    if wanted is not None and of_image is not None:
        raise exception.ImageNUMATopologyForbidden(name=f'hw_{key}')
    return of_image if wanted is None else wanted


def _listed(flavor: Flavor, image_meta: ImageMeta,
            number: int) -> tuple[list[Any], list[Any]]:
    """Return the CPUs and the memory that are named for each cell."""
    of_image: dict[str, Any] = {
        name: image_meta.properties.get(f'hw_{name}') or ()
        for name in ('numa_cpus', 'numa_mem')}

    def named(key: str, index: int) -> Any:
        wanted = flavor.extra_specs.get(f'hw:{key}.{index}')
        theirs = of_image[key][index] if index < len(of_image[key]) else None
        if wanted is not None and theirs is not None:
            raise exception.ImageNUMATopologyForbidden(name=f'hw_{key}.{index}')
        return theirs if wanted is None else wanted

    cpus = [named('numa_cpus', index) for index in range(number)]
    memory = [named('numa_mem', index) for index in range(number)]
    return ([_cpus(index, each) for index, each in enumerate(cpus)],
            [_memory(index, each) for index, each in enumerate(memory)])


def _cpus(index: int, wanted: Any) -> Any:
    if not isinstance(wanted, str):
        return wanted
    with cpuset.named(f'hw:numa_cpus.{index}'):
        return cpuset.parse_cpu_spec(wanted)


def _memory(index: int, wanted: Any) -> int | None:
    if wanted is None:
        return None
    return usertext.whole_number(f'hw:numa_mem.{index}', wanted)


def _check_listed(flavor: Flavor, cpus: list[Any], memory: list[Any]) -> None:
    seen: set[int] = set()
    for cell_cpus in cpus:
        for cpu in sorted(cell_cpus):
            if cpu >= flavor.vcpus:
                raise exception.ImageNUMATopologyCPUOutOfRange(
                    cpunum=cpu, cpumax=flavor.vcpus - 1)
            if cpu in seen:
                raise exception.ImageNUMATopologyCPUDuplicates(cpunum=cpu)
            seen.add(cpu)
    missing = set(range(flavor.vcpus)) - seen
    if missing:
        raise exception.ImageNUMATopologyCPUsUnassigned(
            cpuset=cpuset.format_cpu_spec(missing))
    if sum(memory) != flavor.memory_mb:
        raise exception.ImageNUMATopologyMemoryOutOfRange(
            memsize=sum(memory), memtotal=flavor.memory_mb)


def _equal_cells(flavor: Flavor, number: int, dedicated: set[int]) -> list[Any]:
    if flavor.vcpus % number or flavor.memory_mb % number:
        raise exception.ImageNUMATopologyAsymmetric()
    each, memory = flavor.vcpus // number, flavor.memory_mb // number
    return [_cell(index, set(range(index * each, (index + 1) * each)), memory,
                  dedicated) for index in range(number)]


def _cell(index: int, cpus: set[int], memory_mb: int, dedicated: set[int]) -> Any:
    return objects.InstanceNUMACell(
        id=index, cpuset=cpus - dedicated, pcpuset=cpus & dedicated, memory=memory_mb)
