# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The long jobs of a domain, migration above all."""

from collections.abc import Sequence
from typing import Any

import libvirt

#: Numbers that libvirt tells of a job; what it does not tell is 0.
_NUMBERS = (
    'time_elapsed', 'time_remaining', 'downtime', 'setup_time',
    'data_total', 'data_processed', 'data_remaining',
    'memory_total', 'memory_processed', 'memory_remaining', 'memory_iteration',
    'memory_constant', 'memory_normal', 'memory_normal_bytes', 'memory_bps',
    'memory_dirty_rate', 'memory_page_size', 'memory_postcopy_requests',
    'disk_total', 'disk_processed', 'disk_remaining', 'disk_bps',
    'compression_cache', 'compression_bytes', 'compression_pages',
    'compression_cache_misses', 'compression_overflow',
    'auto_converge_throttle', 'operation')


class JobInfo:
    """How far the job of a domain is; bytes, milliseconds and pages.

    :param kwargs: what libvirt tells, by its names.
    """

    time_elapsed: int
    time_remaining: int
    downtime: int
    data_total: int
    data_processed: int
    data_remaining: int
    memory_total: int
    memory_processed: int
    memory_remaining: int
    disk_total: int
    disk_processed: int
    disk_remaining: int

    def __init__(self, **kwargs: Any) -> None:
        #: VIR_DOMAIN_JOB_*
        self.type: int = kwargs.get('type', libvirt.VIR_DOMAIN_JOB_NONE)
        for name in _NUMBERS:
            setattr(self, name, kwargs.get(name, 0))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JobInfo) and vars(self) == vars(other)

    def __repr__(self) -> str:
        told = {name: value for name, value in vars(self).items() if value}
        return f'<JobInfo {told}>'


def migration_parameters(migrate_uri: str | None = None,
                         migrate_disks: Sequence[str] | None = None,
                         destination_xml: str | None = None, bandwidth: int = 0,
                         parallel: int = 0) -> dict[str, Any]:
    """Return what a migration is to be told, by libvirt's names.

    :param bandwidth: MiB/s; 0 is without a limit.
    :param parallel: connections for the memory; 0 is one, in the ordinary way.
    """
    params: dict[str, Any] = {}
    if bandwidth:
        params[libvirt.VIR_MIGRATE_PARAM_BANDWIDTH] = bandwidth
    if destination_xml:
        params[libvirt.VIR_MIGRATE_PARAM_DEST_XML] = destination_xml
        params[libvirt.VIR_MIGRATE_PARAM_PERSIST_XML] = destination_xml
    if migrate_disks:
        params[libvirt.VIR_MIGRATE_PARAM_MIGRATE_DISKS] = list(migrate_disks)
    if migrate_uri:
        params[libvirt.VIR_MIGRATE_PARAM_URI] = migrate_uri
    if parallel:
        params[libvirt.VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS] = parallel
    return params


def migration_flags(flags: int, migrate_disks: Sequence[str] | None) -> int:
    """Return the flags of a migration that copies those disks, and no others.

    libvirt takes an empty list for all disks.
    """
    if migrate_disks is None or migrate_disks:
        return flags
    copying: int = (libvirt.VIR_MIGRATE_NON_SHARED_INC
                    | libvirt.VIR_MIGRATE_NON_SHARED_DISK)
    return flags & ~copying
