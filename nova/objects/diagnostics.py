# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a guest is doing, as its hypervisor counts it."""

from typing import Any

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class CpuDiagnostics(base.NovaEphemeralObject):
    """A virtual CPU; time in nanoseconds, utilisation in percent."""

    VERSION = '1.0'

    fields = {
        'id': fields.IntegerField(nullable=True, default=None),
        'time': fields.IntegerField(nullable=True, default=None),
        'utilisation': fields.IntegerField(nullable=True, default=None),
    }


@base.NovaObjectRegistry.register
class NicDiagnostics(base.NovaEphemeralObject):
    """A network card."""

    VERSION = '1.0'

    fields = {
        'mac_address': fields.MACAddressField(nullable=True, default=None),
        **{f'{way}_{what}': fields.IntegerField(nullable=True, default=None)
           for way in ('rx', 'tx')
           for what in ('octets', 'errors', 'drop', 'packets', 'rate')},
    }


@base.NovaObjectRegistry.register
class DiskDiagnostics(base.NovaEphemeralObject):
    """A disk."""

    VERSION = '1.0'

    fields = {
        name: fields.IntegerField(nullable=True, default=None)
        for name in ('read_bytes', 'read_requests', 'write_bytes',
                     'write_requests', 'errors_count')}


@base.NovaObjectRegistry.register
class MemoryDiagnostics(base.NovaEphemeralObject):
    """Memory, in MiB."""

    VERSION = '1.0'

    fields = {
        'maximum': fields.IntegerField(nullable=True, default=None),
        'used': fields.IntegerField(nullable=True, default=None),
    }


@base.NovaObjectRegistry.register
class Diagnostics(base.NovaEphemeralObject):
    """A guest; uptime in seconds."""

    VERSION = '1.0'

    fields = {
        'state': fields.InstancePowerStateField(),
        'driver': fields.HypervisorDriverField(),
        'hypervisor': fields.StringField(nullable=True, default=None),
        'hypervisor_os': fields.StringField(nullable=True, default=None),
        'uptime': fields.IntegerField(nullable=True, default=None),
        'config_drive': fields.BooleanField(),
        'memory_details': fields.ObjectField('MemoryDiagnostics'),
        'cpu_details': fields.ListOfObjectsField('CpuDiagnostics', default=[]),
        'nic_details': fields.ListOfObjectsField('NicDiagnostics', default=[]),
        'disk_details': fields.ListOfObjectsField('DiskDiagnostics', default=[]),
        'num_cpus': fields.IntegerField(),
        'num_nics': fields.IntegerField(),
        'num_disks': fields.IntegerField(),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.num_cpus = len(self.cpu_details)
        self.num_nics = len(self.nic_details)
        self.num_disks = len(self.disk_details)
        if not self.obj_attr_is_set('memory_details'):
            self.memory_details = MemoryDiagnostics()

    def add_cpu(self, id: int | None = None, time: int | None = None,
                utilisation: int | None = None) -> None:
        """Add a virtual CPU."""
        self.cpu_details.append(
            CpuDiagnostics(id=id, time=time, utilisation=utilisation))
        self.num_cpus += 1

    def add_nic(self, **kwargs: Any) -> None:
        """Add a network card."""
        self.nic_details.append(NicDiagnostics(**kwargs))
        self.num_nics += 1

    def add_disk(self, **kwargs: Any) -> None:
        """Add a disk."""
        self.disk_details.append(DiskDiagnostics(**kwargs))
        self.num_disks += 1
