# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Disks that are not there, jobs that cannot be, limits that contradict each other."""

import libvirt

from nova.tests.contract.refusals.refusal import Refusal
from nova.tests.contract.refusals.refusal import State
from nova.tests.contract.refusals.refusal import invalid
from nova.tests.contract.refusals.refusal import off
from nova.tests.contract.refusals.refusal import unfit

_LIVE = libvirt.VIR_DOMAIN_AFFECT_LIVE
_CONFIG = libvirt.VIR_DOMAIN_AFFECT_CONFIG
_COPY = libvirt.VIR_DOMAIN_BLOCK_REBASE_COPY
_ACTIVE = libvirt.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE
_TRANSIENT_JOB = libvirt.VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB
_DOMAIN, _QEMU = libvirt.VIR_FROM_DOMAIN, libvirt.VIR_FROM_QEMU
_STORAGE = libvirt.VIR_FROM_STORAGE
_SOMEWHERE = "<disk type='file'><source file='/nowhere/copy'/></disk>"

REFUSALS: tuple[Refusal, ...] = (
    *(unfit(name, 'vdz', *args, state=State.RUNNING) for name, *args in (
        ('blockJobAbort', 0),
        ('blockJobAbort', libvirt.VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT),
        ('blockJobInfo', 0), ('blockPull', 0, 0), ('blockRebase', None, 0, 0),
        ('blockCommit', None, None, 0, 0), ('blockResize', 1024, 0),
        ('blockStats',), ('setBlockIoTune', {'total_iops_sec': 1}, _LIVE))),
    unfit('blockInfo', 'vdz', 0),
    unfit('setBlockIoTune', 'vdz', {'total_iops_sec': 1}, _CONFIG),
    unfit('blockIoTune', 'vdz', 0),
    unfit('blockJobAbort', 'vda', 0, state=State.RUNNING),

    Refusal('blockCopy', ('vda', '<disk', None, 0),
            libvirt.VIR_ERR_XML_DETAIL, _DOMAIN),
    Refusal('blockCopy', ('vda', '<x/>', None, _TRANSIENT_JOB),
            libvirt.VIR_ERR_XML_ERROR, libvirt.VIR_FROM_XML),
    Refusal('blockCopy', ('vda', "<disk type='file'/>", None, _TRANSIENT_JOB),
            libvirt.VIR_ERR_NO_SOURCE, _DOMAIN),
    unfit('blockCopy', 'vdz', _SOMEWHERE, None, _TRANSIENT_JOB, state=State.RUNNING),
    Refusal('blockCopy', ('vda', _SOMEWHERE, None, 0),
            libvirt.VIR_ERR_OPERATION_INVALID, _QEMU, State.RUNNING),
    off('blockCopy', 'vda', _SOMEWHERE, None, 0),
    invalid('blockRebase', 'vda', None, 0, _COPY),
    invalid('blockRebase', 'vda', None, 0, libvirt.VIR_DOMAIN_BLOCK_REBASE_SHALLOW),
    Refusal('blockRebase', ('vda', '/nowhere/copy', 0, _COPY),
            libvirt.VIR_ERR_OPERATION_INVALID, _QEMU, State.RUNNING),
    off('blockRebase', 'vda', '/nowhere/copy', 0, _COPY),
    invalid('blockRebase', 'vda', '/nowhere', 0, 0, part=_STORAGE, state=State.RUNNING),
    invalid('blockCommit', 'vda', None, None, 0, 0, part=_STORAGE),
    invalid('blockCommit', 'vda', None, None, 0, _ACTIVE, part=_STORAGE),
    invalid('blockCommit', 'vda', None, '/nowhere', 0, 0, part=_STORAGE),
    invalid('blockCommit', 'vda', '/nowhere', None, 0, _ACTIVE, part=_STORAGE),

    Refusal('blockResize', ('vda', -1, 0), libvirt.VIR_ERR_OVERFLOW, _QEMU),
    Refusal('blockResize', ('vda', 1 << 62, 0), libvirt.VIR_ERR_OVERFLOW, _QEMU),
    invalid('setBlockIoTune', 'vda', {}, _CONFIG),
    Refusal('setBlockIoTune', ('vda', {'nothing': 1}, _CONFIG),
            libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, libvirt.VIR_FROM_NONE),
    unfit('setBlockIoTune', 'vda', {'total_iops_sec': 1, 'read_iops_sec': 1}, _CONFIG),
    unfit('setBlockIoTune', 'vda', {'total_bytes_sec': 1, 'write_bytes_sec': 1}, _LIVE,
          state=State.RUNNING),
    unfit('setBlockIoTune', 'vda', {'total_iops_sec_max': 5, 'write_iops_sec_max': 5},
          _CONFIG),
    Refusal('setBlockIoTune',
            ('vda', {'total_iops_sec': 9, 'total_iops_sec_max': 5}, _LIVE),
            libvirt.VIR_ERR_CONFIG_UNSUPPORTED, _QEMU, State.RUNNING),
    Refusal('setBlockIoTune', ('vda', {'total_iops_sec': 10 ** 17}, _LIVE),
            libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, _QEMU, State.RUNNING),
    Refusal('setBlockIoTune', ('vda', {'total_iops_sec_max_length': 5}, _LIVE),
            libvirt.VIR_ERR_INTERNAL_ERROR, _QEMU, State.RUNNING),
    off('setBlockIoTune', 'vda', {'total_iops_sec': 1}, _LIVE),
    off('blockIoTune', 'vda', _LIVE),
    invalid('blockIoTune', 'vda', _LIVE | _CONFIG),
)
