# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPUs, memory, pins and weights that a guest cannot have."""

import libvirt

from nova.tests.contract.refusals.refusal import Refusal
from nova.tests.contract.refusals.refusal import State
from nova.tests.contract.refusals.refusal import invalid
from nova.tests.contract.refusals.refusal import off
from nova.tests.contract.refusals.refusal import unfit

_LIVE = libvirt.VIR_DOMAIN_AFFECT_LIVE
_CONFIG = libvirt.VIR_DOMAIN_AFFECT_CONFIG
_GUEST = libvirt.VIR_DOMAIN_VCPU_GUEST
_DOMAIN = libvirt.VIR_FROM_DOMAIN
_STATE = libvirt.VIR_ERR_OPERATION_INVALID
_BOTH = _LIVE | _CONFIG
_HERE, _NOWHERE = (True,), (False,)

REFUSALS: tuple[Refusal, ...] = (
    invalid('setVcpusFlags', 0, _CONFIG),
    unfit('setVcpusFlags', 99, _CONFIG),
    unfit('setVcpusFlags', -1, _CONFIG),
    unfit('setVcpusFlags', 99, _LIVE, state=State.RUNNING),
    invalid('setVcpusFlags', 4, _LIVE | libvirt.VIR_DOMAIN_VCPU_MAXIMUM),
    invalid('setVcpusFlags', 1, _CONFIG | _GUEST),
    off('setVcpusFlags', 1, _GUEST, part=libvirt.VIR_FROM_QEMU),
    Refusal('setVcpusFlags', (1, _GUEST), libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED,
            libvirt.VIR_FROM_QEMU, State.RUNNING),
    invalid('vcpusFlags', _BOTH),
    off('vcpusFlags', _LIVE),
    off('maxVcpus'),

    invalid('setMemoryFlags', 0, _CONFIG),
    unfit('setMemoryFlags', 1 << 30, _CONFIG),
    unfit('setMemoryFlags', 1 << 30, _LIVE, state=State.RUNNING),
    off('setMemoryFlags', 1024, _LIVE),
    Refusal('setMemoryFlags', (1 << 17, _LIVE | libvirt.VIR_DOMAIN_MEM_MAXIMUM),
            _STATE, libvirt.VIR_FROM_QEMU, State.RUNNING),

    unfit('pinVcpuFlags', 99, _HERE, _CONFIG),
    unfit('pinVcpuFlags', -1, _HERE, _CONFIG),
    unfit('pinVcpuFlags', 99, _HERE, _LIVE, state=State.RUNNING),
    unfit('pinVcpuFlags', 0, (), _CONFIG),
    unfit('pinVcpuFlags', 0, _NOWHERE, _CONFIG),
    unfit('pinVcpuFlags', 0, _NOWHERE * 999 + _HERE, _CONFIG),
    off('pinVcpuFlags', 0, _HERE, _BOTH),
    unfit('pinEmulator', _NOWHERE, _CONFIG),
    unfit('pinEmulator', (), _CONFIG),
    unfit('pinEmulator', _NOWHERE, _LIVE, state=State.RUNNING),
    unfit('pinIOThread', 99, _HERE, _CONFIG),
    unfit('pinIOThread', 99, _HERE, _LIVE, state=State.RUNNING),
    *(off(name, _LIVE)
      for name in ('vcpuPinInfo', 'emulatorPinInfo', 'ioThreadInfo')),
    *(invalid(name, _BOTH)
      for name in ('vcpuPinInfo', 'emulatorPinInfo', 'ioThreadInfo')),

    off('blkioParameters', _LIVE),
    invalid('blkioParameters', _BOTH),
    invalid('setBlkioParameters', {'weight': 100}, _BOTH),

    *(Refusal(name, args, _STATE, _DOMAIN, State.TRANSIENT) for name, *args in (
        ('setVcpusFlags', 1, _CONFIG), ('vcpusFlags', _CONFIG),
        ('setMemoryFlags', 1024, _CONFIG), ('pinVcpuFlags', 0, _HERE, _CONFIG),
        ('vcpuPinInfo', _CONFIG), ('pinEmulator', _HERE, _CONFIG),
        ('blkioParameters', _CONFIG), ('blockIoTune', 'vda', _CONFIG))),
)
