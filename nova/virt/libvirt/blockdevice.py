# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""One disk of a domain: its size, its limits, and the jobs on its data."""

from collections.abc import Iterator
import contextlib
import dataclasses
import time
from typing import Protocol

import libvirt

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import domain as libvirt_domain
from nova.virt.libvirt import event as libvirtevent
from nova.virt.libvirt import listeners

#: Fields of a disk's description that begin so are limits of libvirt's names.
_LIMIT_PREFIX = 'disk_'
_LIMITS = tuple(
    name.removeprefix(_LIMIT_PREFIX)
    for name in vconfig.LibvirtConfigGuestDisk._fields
    if name.startswith((f'{_LIMIT_PREFIX}read_', f'{_LIMIT_PREFIX}write_',
                        f'{_LIMIT_PREFIX}total_')))


class HasHandle(Protocol):
    """Whoever has a domain: a Guest."""

    @property
    def handle(self) -> libvirt_domain.Domain:
        """The domain."""


@dataclasses.dataclass(frozen=True)
class BlockDeviceJobInfo:
    """How far a job on a disk is."""

    #: VIR_DOMAIN_BLOCK_JOB_TYPE_*
    job: int
    #: MiB/s
    bandwidth: int
    #: Of ``end``, in no unit that means anything.
    cur: int
    end: int


class BlockJob:
    """A job on a disk, as its events tell of it."""

    def __init__(self, disk: str, listener: listeners.Listener) -> None:
        self._disk = disk
        self._listener = listener

    def wait_until_ready(self, timeout_s: float) -> None:
        """Return when the copy is the same as the disk, or there is no more to do.

        :raises nova.exception.InternalError: if it failed or was given up; or if it
            is not in time, and goes on.
        """
        self._wait(timeout_s, libvirt.VIR_DOMAIN_BLOCK_JOB_READY,
                   libvirt.VIR_DOMAIN_BLOCK_JOB_COMPLETED)

    def wait_until_over(self, timeout_s: float) -> None:
        """Return when the job has ended, done or given up.

        :raises nova.exception.InternalError: if it failed; or if it has not ended in
            time, and goes on.
        """
        self._wait(timeout_s, libvirt.VIR_DOMAIN_BLOCK_JOB_COMPLETED,
                   libvirt.VIR_DOMAIN_BLOCK_JOB_CANCELED)

    def _wait(self, timeout_s: float, *wanted: int) -> None:
        deadline = time.monotonic() + timeout_s
        while (status := self._next_status(deadline, timeout_s)) not in wanted:
            if status != libvirt.VIR_DOMAIN_BLOCK_JOB_READY:
                raise exception.InternalError(
                    err=_('the job on disk %s failed or was given up') % self._disk)

    def _next_status(self, deadline: float, timeout_s: float) -> int:
        try:
            event = self._listener.wait(deadline - time.monotonic())
        except listeners.WaitTimeout as error:
            raise exception.InternalError(
                err=_('the job on disk %(disk)s goes on after %(timeout_s)s s')
                % {'disk': self._disk, 'timeout_s': timeout_s}) from error
        status: int = event.status
        return status


class BlockDevice:
    """A disk of a domain.

    Jobs run on after the call that begins them; after a failure of such a call there
    is no job, and the disk is what it was.

    :param guest: the guest whose disk it is.
    :param disk: its target, as vda, or the path of its source.
    """

    def __init__(self, guest: HasHandle, disk: str) -> None:
        self._domain = guest.handle
        self._disk = disk

    def __repr__(self) -> str:
        return f'<BlockDevice {self._disk} of {self._domain.uuid}>'

    # Jobs

    @contextlib.contextmanager
    def watched(self) -> Iterator[BlockJob]:
        """Give the job that the block begins, to wait for::

            with disk.watched() as job:
                disk.rebase(None)
                job.wait_until_over(timeout_s=60)
        """
        target = self._target()
        with self._domain.listener(libvirtevent.BlockJobEvent,
                                   lambda event: event.disk == target) as listener:
            yield BlockJob(target, listener)

    def _target(self) -> str:
        found = self._described() if '/' in self._disk else None
        return found.target_dev if found is not None else self._disk

    def copy(self, dest_xml: str, shallow: bool = False, reuse_ext: bool = False,
             transient: bool = False) -> None:
        """Begin to copy the disk to another place, and to keep both the same.

        :param dest_xml: the other place, as a disk's document.
        :param shallow: copy the top of the backing chain only.
        :param reuse_ext: write into the file that is there already.
        :param transient: also for a domain that is defined; the job is lost if it
            stops.
        """
        flags = _flags((shallow, libvirt.VIR_DOMAIN_BLOCK_COPY_SHALLOW),
                       (reuse_ext, libvirt.VIR_DOMAIN_BLOCK_COPY_REUSE_EXT),
                       (transient, libvirt.VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB))
        with self._domain.asked() as raw:
            raw.blockCopy(self._disk, dest_xml, flags=flags)

    def rebase(self, base: str | None, shallow: bool = False, reuse_ext: bool = False,
               copy: bool = False, relative: bool = False,
               copy_dev: bool = False) -> None:
        """Begin to pull what is above a base into the disk, or to copy it.

        :param base: what stays in the chain, or where to copy to; None, with
            ``copy`` not set, leaves no chain.
        :param copy: copy the disk to ``base``, as :meth:`copy` does; libvirt refuses
            it for a domain that is defined.
        :param relative: keep names in the chain relative.
        :param copy_dev: ``base`` is a device.
        """
        flags = _flags((shallow, libvirt.VIR_DOMAIN_BLOCK_REBASE_SHALLOW),
                       (reuse_ext, libvirt.VIR_DOMAIN_BLOCK_REBASE_REUSE_EXT),
                       (copy, libvirt.VIR_DOMAIN_BLOCK_REBASE_COPY),
                       (copy_dev, libvirt.VIR_DOMAIN_BLOCK_REBASE_COPY_DEV),
                       (relative, libvirt.VIR_DOMAIN_BLOCK_REBASE_RELATIVE))
        with self._domain.asked() as raw:
            raw.blockRebase(self._disk, base, 0, flags=flags)

    def commit(self, base: str | None, top: str | None, relative: bool = False,
               active: bool = False) -> None:
        """Begin to write what is between base and top into the base.

        :param base: None is the bottom of the chain.
        :param top: None is the disk itself; ``active`` is needed then, and the job
            ends by :meth:`abort_job` with ``pivot``.
        :param relative: keep names in the chain relative.
        """
        flags = _flags((relative, libvirt.VIR_DOMAIN_BLOCK_COMMIT_RELATIVE),
                       (active, libvirt.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE))
        with self._domain.asked() as raw:
            raw.blockCommit(self._disk, base, top, 0, flags=flags)

    def pull(self, bandwidth_mb: int = 0) -> None:
        """Begin to pull all that the disk reads from its chain into the disk.

        :param bandwidth_mb: MiB/s; 0 is without a limit.
        """
        with self._domain.asked() as raw:
            raw.blockPull(self._disk, bandwidth_mb, 0)

    def abort_job(self, async_: bool = False, pivot: bool = False) -> None:
        """End the job: give it up, or go over to its copy.

        After a failure the job goes on, and the guest writes where it wrote.

        :param async_: do not wait until a job that is given up has ended.
        :param pivot: let the guest use the copy from now on.
        """
        flags = _flags((async_, libvirt.VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC),
                       (pivot, libvirt.VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT))
        with self._domain.asked() as raw:
            raw.blockJobAbort(self._disk, flags=flags)

    def get_job_info(self) -> BlockDeviceJobInfo | None:
        """Return how far the job is; None if there is none."""
        with self._domain.asked() as raw:
            found = raw.blockJobInfo(self._disk, flags=0)
        if not found:
            return None
        return BlockDeviceJobInfo(job=found['type'], bandwidth=found['bandwidth'],
                                  cur=found['cur'], end=found['end'])

    def is_job_complete(self) -> bool:
        """Tell whether the job has ended, or can do no more before a pivot."""
        found = self.get_job_info()
        if found is None:
            return True
        disk = self._described()
        if disk is not None and disk.mirror is not None:
            # When it begins, both numbers may be 0, or the same for a moment.
            return bool(disk.mirror.ready == 'yes')
        return found.end != 0 and found.cur == found.end

    def _described(self) -> vconfig.LibvirtConfigGuestDisk | None:
        """Return the disk as the running domain has it."""
        conf = vconfig.LibvirtConfigGuest()
        with self._domain.asked() as raw:
            conf.parse_str(raw.XMLDesc(0))
        disks = conf.devices_of(vconfig.LibvirtConfigGuestDisk)
        return next((disk for disk in disks
                     if self._disk in (disk.target_dev, disk.source_path)), None)

    # Size and limits

    def resize(self, size: int) -> None:
        """Make the disk larger, which the guest sees at once.

        After a failure it has the size that it had.

        :param size: bytes.
        """
        with self._domain.asked() as raw:
            raw.blockResize(self._disk, size,
                            flags=libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)

    def set_io_limits(self, conf: vconfig.LibvirtConfigGuestDisk,
                      persistent: bool = False, live: bool = False) -> None:
        """Limit the disk as its description says, and no more where it says nothing.

        After a failure the limits are what they were.
        """
        # All of them: the length of a burst that is no more would be kept, and refused.
        params = {name: getattr(conf, _LIMIT_PREFIX + name) or 0 for name in _LIMITS}
        with self._domain.asked() as raw:
            raw.setBlockIoTune(self._disk, params,
                               libvirt_domain.affecting(persistent, live))

    def blockStats(self) -> tuple[int, ...]:
        """Return reads, bytes read, writes, bytes written and errors."""
        with self._domain.asked() as raw:
            return tuple(raw.blockStats(self._disk))


def _flags(*choices: tuple[bool, int]) -> int:
    return sum(flag for chosen, flag in choices if chosen)
