# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPUs, memory and input/output of a domain, changed while it is there."""

from collections.abc import Collection, Iterator
import dataclasses

import libvirt

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import domain as libvirt_domain

#: Fields of a device in <blkiotune>, and their names in libvirt's interface.
_PER_DEVICE = ('weight', 'read_iops_sec', 'write_iops_sec', 'read_bytes_sec',
               'write_bytes_sec')


@dataclasses.dataclass(frozen=True)
class VCPUInfo:
    """A virtual CPU that runs."""

    id: int
    #: The host's CPU that it ran on last; -1 if that is not known.
    cpu: int
    #: VIR_VCPU_*
    state: int
    #: Nanoseconds that it has run.
    time: int


class Tuning:
    """Changes of how much of the host a domain may use.

    Each call reaches what runs, the definition, or both; with neither asked for,
    what the domain is now.  After a failure everything is what it was, unless the
    call says otherwise.
    """

    def __init__(self, domain: libvirt_domain.Domain) -> None:
        self._domain = domain

    # CPUs

    def get_vcpus_info(self) -> Iterator[VCPUInfo]:
        """Yield the virtual CPUs that run."""
        with self._domain.asked() as raw:
            vcpus, _pins = raw.vcpus()
        for number, state, time, cpu in vcpus:
            yield VCPUInfo(id=number, cpu=cpu, state=state, time=time)

    def get_vcpus(self, persistent: bool = False, live: bool = False) -> int:
        """Return how many virtual CPUs there are."""
        with self._domain.asked() as raw:
            count: int = raw.vcpusFlags(libvirt_domain.affecting(persistent, live))
        return count

    def set_vcpus(self, count: int, persistent: bool = False,
                  live: bool = False) -> None:
        """Give the domain as many virtual CPUs, up to its maximum.

        A guest that runs is given new ones at once, and may refuse to lose any.
        After a failure there are as many as before; but one that was only too slow
        may lose some later, while the definition keeps them.

        :raises nova.exception.InvalidInput: if it is none, or above the maximum.
        """
        flags = libvirt_domain.affecting(persistent, live)
        with self._domain.asked() as raw:
            _check('vcpus', count, _most_vcpus(raw, persistent, live))
            raw.setVcpusFlags(count, flags)
        self._domain.resized()

    def pin_vcpu(self, vcpu: int, cpus: Collection[int], persistent: bool = False,
                 live: bool = False) -> None:
        """Let a virtual CPU run on these CPUs of the host only.

        After a failure it runs where it ran.
        """
        with self._domain.asked() as raw:
            raw.pinVcpuFlags(vcpu, _cpu_map('cpus', cpus),
                             libvirt_domain.affecting(persistent, live))

    def pin_emulator(self, cpus: Collection[int], persistent: bool = False,
                     live: bool = False) -> None:
        """Let whatever of QEMU is no virtual CPU run on these CPUs only.

        After a failure it runs where it ran.
        """
        with self._domain.asked() as raw:
            raw.pinEmulator(_cpu_map('cpus', cpus),
                            libvirt_domain.affecting(persistent, live))

    def pin_iothread(self, iothread: int, cpus: Collection[int],
                     persistent: bool = False, live: bool = False) -> None:
        """Let a thread that serves disks run on these CPUs of the host only.

        After a failure it runs where it ran.

        :param iothread: its number, from 1.
        """
        with self._domain.asked() as raw:
            raw.pinIOThread(iothread, _cpu_map('cpus', cpus),
                            libvirt_domain.affecting(persistent, live))

    # Memory

    def set_memory(self, memory_kb: int, persistent: bool = False,
                   live: bool = False) -> None:
        """Let the guest use as much memory, up to its maximum.

        A guest that runs gives memory back when it can; a BalloonChangeEvent tells.
        After a failure it may use what it could before.

        :raises nova.exception.InvalidInput: if it is none, or above the maximum.
        """
        with self._domain.asked() as raw:
            _check('memory_kb', memory_kb, raw.maxMemory())
            raw.setMemoryFlags(memory_kb, libvirt_domain.affecting(persistent, live))

    # Input and output

    def set_blkio(self, conf: vconfig.LibvirtConfigGuestBlockIOTune,
                  persistent: bool = False, live: bool = False) -> None:
        """Weigh and limit what all disks do to the host's devices.

        What the description does not say stays as it is.  What runs is changed
        first, where a host without a controller for it refuses; should the definition
        then be refused, what runs keeps the new weights.

        :raises nova.exception.InternalError: if the host's control groups cannot do
            it, with what libvirt says of them.
        """
        params: dict[str, object] = {}
        if conf.weight is not None:
            params['weight'] = conf.weight
        for name in _PER_DEVICE:
            told = [f'{device.path},{getattr(device, name)}' for device in conf.devices
                    if getattr(device, name) is not None]
            if told:
                params[f'device_{name}'] = ','.join(told)
        if not params:
            return
        # libvirt-python asks for the present ones first, which are never of both.
        reached = ([(False, True), (True, False)] if persistent and live
                   else [(persistent, live)])
        with self._domain.asked() as raw:
            for each in reached:
                raw.setBlkioParameters(params, libvirt_domain.affecting(*each))


def _most_vcpus(raw: libvirt.virDomain, persistent: bool, live: bool) -> int:
    # libvirt tells of what runs or of the definition, not of both at once.
    reached = ([(True, False), (False, True)] if persistent and live
               else [(persistent, live)])
    most: int = min(
        raw.vcpusFlags(libvirt_domain.affecting(*each)
                       | libvirt.VIR_DOMAIN_VCPU_MAXIMUM) for each in reached)
    return most


def _check(name: str, value: int, most: int) -> None:
    if not 0 < value <= most:
        raise exception.InvalidInput(
            reason=_('%(name)s must be from 1 to %(most)d, not %(value)s')
            % {'name': name, 'most': most, 'value': value})


def _cpu_map(name: str, cpus: Collection[int]) -> tuple[bool, ...]:
    if not cpus or min(cpus) < 0:
        raise exception.InvalidInput(
            reason=_('%(name)s must name CPUs of the host, not %(value)s')
            % {'name': name, 'value': sorted(cpus)})
    return tuple(cpu in cpus for cpu in range(max(cpus) + 1))
