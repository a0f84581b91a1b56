# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which CPU of the host each dedicated vCPU of a guest gets.

A guest that may use the threads of a core gets whole cores as far as they go, so
that those of its vCPUs which it takes for threads of a core are that.
"""

from collections.abc import Iterable, Sequence
import dataclasses

from nova.objects import fields

ThreadPolicy = fields.CPUThreadAllocationPolicy


@dataclasses.dataclass(frozen=True)
class Placement:
    """CPUs for a cell of a guest.

    :param pins: the CPU of the host of each vCPU.
    :param reserved: CPUs for QEMU's own threads.
    :param threads: how many threads a core of the guest has.
    """

    pins: dict[int, int]
    reserved: frozenset[int]
    threads: int


def place(vcpus: Iterable[int], cores: Sequence[set[int]], policy: str | None,
          reserved: int = 0) -> Placement | None:
    """Choose CPUs, or return None if there are not enough.

    :param vcpus: the vCPUs that want a CPU each.
    :param cores: of each core of the host its free CPUs; a host without threads
        has one CPU in each.
    :param policy: ``prefer`` (None is the same) uses threads where there are some,
        ``isolate`` takes one CPU of a core and leaves the others empty, ``require``
        takes no core that has a single free CPU.
    :param reserved: how many more CPUs QEMU's own threads need.
    """
    wanted = sorted(vcpus)
    for threads in _threads_to_try(cores, policy):
        chosen = _choose(len(wanted) + reserved, cores, threads)
        if chosen is None:
            continue
        kept = frozenset(chosen[len(wanted):])
        return Placement(dict(zip(wanted, chosen, strict=False)), kept,
                         _fitting(len(wanted), threads))
    return None


def _threads_to_try(cores: Sequence[set[int]], policy: str | None) -> Iterable[int]:
    """Return how many CPUs of a core to take, the best first."""
    most = max((len(core) for core in cores), default=0)
    if policy == ThreadPolicy.ISOLATE:
        return (1,)
    if policy == ThreadPolicy.REQUIRE:
        return range(most, 1, -1)
    return range(most, 0, -1)


def _choose(number: int, cores: Sequence[set[int]],
            threads: int) -> list[int] | None:
    """Take so many CPUs of each core, the same number of every one but the last."""
    chosen: list[int] = []
    for core in sorted(cores, key=lambda core: (len(core), sorted(core))):
        if len(core) < threads:
            continue
        chosen += sorted(core)[:threads]
        if len(chosen) >= number:
            return chosen[:number]
    return None


def _fitting(vcpus: int, threads: int) -> int:
    """Return how many threads a core of the guest can have."""
    return max(count for count in range(1, threads + 1) if not vcpus % count)
