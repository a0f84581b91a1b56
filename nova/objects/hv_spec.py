# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Kinds of guests that a host can run."""

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class HVSpec(base.NovaObject):
    """An architecture, a hypervisor and a mode of virtualization."""

    VERSION = '1.2'

    fields = {
        'arch': fields.ArchitectureField(),
        'hv_type': fields.HVTypeField(),
        'vm_mode': fields.VMModeField(),
    }

    @classmethod
    def from_list(cls, data: list[str]) -> 'HVSpec':
        """Make it of the three in this order."""
        arch, hv_type, vm_mode = data
        return cls(arch=arch, hv_type=hv_type, vm_mode=vm_mode)

    def to_list(self) -> list[str]:
        """Return the three in this order."""
        return [self.arch, self.hv_type, self.vm_mode]
