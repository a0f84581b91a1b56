# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What instances take of this host, and whether one more fits."""

import dataclasses
import threading
from typing import TYPE_CHECKING

from nova import exception
from nova.i18n import _

if TYPE_CHECKING:
    from nova import objects

_UNITS = {'vcpus': 'VCPU', 'memory_mb': 'MiB', 'disk_gb': 'GiB'}
_NAMES = {'vcpus': 'processors', 'memory_mb': 'memory', 'disk_gb': 'disk'}


@dataclasses.dataclass(frozen=True)
class Amount:
    """Some of a host's processors, memory and disk."""

    vcpus: int = 0
    memory_mb: int = 0
    disk_gb: int = 0

    @classmethod
    def of(cls, flavor: 'objects.Flavor',
           numa_topology: 'objects.InstanceNUMATopology | None' = None) -> 'Amount':
        """Return what an instance of a flavor takes of what is shared.

        :param numa_topology: tells which of its vCPUs have CPUs of their own, which
            are counted elsewhere.
        """
        swap_gb = -(-flavor.swap // 1024)
        dedicated = sum(len(cell.pcpuset) for cell in numa_topology or ())
        return cls(flavor.vcpus - dedicated, flavor.memory_mb,
                   flavor.root_gb + flavor.ephemeral_gb + swap_gb)

    def __add__(self, other: 'Amount') -> 'Amount':
        return Amount(self.vcpus + other.vcpus, self.memory_mb + other.memory_mb,
                      self.disk_gb + other.disk_gb)

    def __sub__(self, other: 'Amount') -> 'Amount':
        return Amount(self.vcpus - other.vcpus, self.memory_mb - other.memory_mb,
                      self.disk_gb - other.disk_gb)


class Claims:
    """Who has claimed how much; what is claimed never exceeds the limit.

    A limit that shrinks below what is claimed already takes nothing away.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limit = Amount()
        self._claimed: dict[str, Amount] = {}

    @property
    def limit(self) -> Amount:
        """What instances may have in all, overcommitment included."""
        return self._limit

    @limit.setter
    def limit(self, limit: Amount) -> None:
        with self._lock:
            self._limit = limit

    @property
    def used(self) -> Amount:
        """What instances have."""
        with self._lock:
            return self._sum()

    def __len__(self) -> int:
        return len(self._claimed)

    def claim(self, uuid: str, amount: Amount) -> None:
        """Claim an amount for an instance, in place of what it had.

        :raises exception.ComputeResourcesUnavailable: if there is not as much
            left; nothing has changed then.
        """
        with self._lock:
            mine = self._claimed.get(uuid, Amount())
            _check(amount, self._limit, self._sum() - mine)
            self._claimed[uuid] = amount

    def take_over(self, uuid: str, amount: Amount) -> None:
        """Note what an instance has already, whether there is room or not."""
        with self._lock:
            self._claimed[uuid] = amount

    def release(self, uuid: str) -> None:
        """Give back what an instance has, if it has anything."""
        with self._lock:
            self._claimed.pop(uuid, None)

    def check_ever_fits(self, amount: Amount) -> None:
        """Refuse what would not fit even if there were no other instance.

        :raises exception.ComputeResourcesUnavailable: naming what is short.
        """
        _check(amount, self._limit, Amount())

    def _sum(self) -> Amount:
        return sum(self._claimed.values(), Amount())


def _check(asked: Amount, limit: Amount, used: Amount) -> None:
    short = [_shortage(name, getattr(asked, name), getattr(limit, name),
                       getattr(used, name)) for name in _UNITS]
    reason = '; '.join(text for text in short if text)
    if reason:
        raise exception.ComputeResourcesUnavailable(reason=reason)


def _shortage(name: str, asked: int, limit: int, used: int) -> str | None:
    if asked <= max(limit - used, 0):
        return None
    return _('%(what)s: %(asked)d %(unit)s requested, %(free)d of %(limit)d %(unit)s'
             ' are free') % {
        'what': _NAMES[name], 'unit': _UNITS[name], 'asked': asked,
        'free': max(limit - used, 0), 'limit': limit}
