# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Where on the cells of this host instances are placed."""

import threading
from typing import TYPE_CHECKING

from oslo_log import log as logging

from nova import exception
from nova import objects
from nova.i18n import _
from nova.virt import hardware

if TYPE_CHECKING:
    from nova.objects import numa

LOG = logging.getLogger(__name__)


class NUMAClaims:
    """Gives instances cells, CPUs and pages, to nobody else what is for one alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._host: numa.NUMATopology | None = None
        self._placed: dict[str, objects.InstanceNUMATopology] = {}

    def set_host(self, topology: str | None) -> None:
        """Take what the driver says about the host: the JSON of a NUMATopology."""
        host = topology and objects.NUMATopology.obj_from_db_obj(topology)
        with self._lock:
            self._host = host or None

    def claim(self, uuid: str, wanted: 'objects.InstanceNUMATopology | None',
              limits: 'objects.NUMATopologyLimits',
              ) -> 'objects.InstanceNUMATopology | None':
        """Place an instance, in place of where it was.

        :returns: where it is; None for one that does not care.
        :raises exception.ComputeResourcesUnavailable: if there is no room; nothing
            has changed then.
        """
        with self._lock:
            if wanted is None:
                self._placed.pop(uuid, None)
                return None
            placed = self._host and hardware.numa_fit_instance_to_host(
                self._used_without(uuid), wanted, limits=limits)
            if placed is None:
                raise exception.ComputeResourcesUnavailable(reason=self._why(wanted))
            self._placed[uuid] = placed
            return placed

    def take_over(self, uuid: str,
                  placed: 'objects.InstanceNUMATopology | None') -> None:
        """Note where an instance is already."""
        if placed is not None:
            with self._lock:
                self._placed[uuid] = placed

    def release(self, uuid: str) -> None:
        """Forget where an instance was."""
        with self._lock:
            self._placed.pop(uuid, None)

    def _used_without(self, uuid: str) -> 'numa.NUMATopology':
        used = self._host
        for other, placed in self._placed.items():
            if other == uuid:
                continue
            try:
                used = hardware.numa_usage_from_instance_numa(used, placed)
            except exception.Invalid as error:
                # The operator changed what guests may have while this one ran.
                LOG.warning('CPUs of instance %s are not counted: %s', other, error)
        return used

    def _why(self, wanted: 'objects.InstanceNUMATopology') -> str:
        if self._host is None:
            return _('this host tells of no NUMA cells')
        cells = ', '.join(_('%(vcpus)d vCPUs with %(memory)d MiB') % {
            'vcpus': len(cell), 'memory': cell.memory} for cell in wanted.cells)
        return _('no place on the NUMA cells of this host for %s') % cells
