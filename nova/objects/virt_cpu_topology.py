# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPU topology of a guest."""

from typing import Any

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class VirtCPUTopology(base.NovaObject):
    """Sockets, cores of each and threads of each of those."""

    VERSION = '1.0'

    fields = {
        'sockets': fields.IntegerField(nullable=True, default=1),
        'cores': fields.IntegerField(nullable=True, default=1),
        'threads': fields.IntegerField(nullable=True, default=1),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj_set_defaults()

    def __eq__(self, other: object) -> bool:
        names = ('sockets', 'cores', 'threads')
        return (isinstance(other, VirtCPUTopology) and
                all(getattr(self, n) == getattr(other, n) for n in names))

    def __hash__(self) -> int:
        return hash((self.sockets, self.cores, self.threads))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> 'VirtCPUTopology':
        """Make a topology of a dict."""
        return cls(sockets=data['sockets'], cores=data['cores'],
                   threads=data['threads'])

    def to_dict(self) -> dict[str, Any]:
        """Return the topology as a dict."""
        return {'sockets': self.sockets, 'cores': self.cores,
                'threads': self.threads}
