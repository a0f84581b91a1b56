# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What two hosts tell each other about a live migration."""

from typing import Any

from oslo_serialization import jsonutils

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class VIFMigrateData(base.NovaObject):
    """A port and how it is bound on the destination."""

    VERSION = '1.0'

    fields = {
        'port_id': fields.StringField(),
        'vnic_type': fields.StringField(),
        'vif_type': fields.StringField(),
        'vif_details_json': fields.StringField(),
        'profile_json': fields.StringField(),
        'host': fields.StringField(),
        'source_vif': fields.NetworkVIFModelField(),
    }

    @property
    def vif_details(self) -> dict[str, Any]:
        """binding:vif_details of the destination."""
        return dict(jsonutils.loads(self.vif_details_json))

    @vif_details.setter
    def vif_details(self, value: dict[str, Any]) -> None:
        self.vif_details_json = jsonutils.dumps(value)

    @property
    def profile(self) -> dict[str, Any]:
        """binding:profile of the destination."""
        return dict(jsonutils.loads(self.profile_json))

    @profile.setter
    def profile(self, value: dict[str, Any]) -> None:
        self.profile_json = jsonutils.dumps(value)


@base.NovaObjectRegistry.register
class LibvirtLiveMigrateNUMAInfo(base.NovaObject):
    """Where CPUs and memory go on the destination."""

    VERSION = '1.0'

    fields = {
        'cpu_pins': fields.DictOfSetOfIntegersField(),
        'cell_pins': fields.DictOfSetOfIntegersField(),
        'emulator_pins': fields.SetOfIntegersField(),
        'sched_vcpus': fields.SetOfIntegersField(),
        'sched_priority': fields.IntegerField(),
    }


@base.NovaObjectRegistry.register
class LibvirtLiveMigrateBDMInfo(base.NovaObject):
    """A volume and where it is on the destination."""

    VERSION = '1.1'

    fields = {
        'serial': fields.StringField(),
        'bus': fields.StringField(),
        'dev': fields.StringField(),
        'type': fields.StringField(),
        'format': fields.StringField(nullable=True),
        'boot_index': fields.IntegerField(nullable=True),
        'connection_info_json': fields.StringField(),
        'encryption_secret_uuid': fields.UUIDField(nullable=True),
    }

    @property
    def connection_info(self) -> dict[str, Any]:
        """How to reach the volume from the destination."""
        return dict(jsonutils.loads(self.connection_info_json))

    @connection_info.setter
    def connection_info(self, info: dict[str, Any]) -> None:
        self.connection_info_json = jsonutils.dumps(info)

    def as_disk_info(self) -> dict[str, Any]:
        """Return the disk as blockinfo describes one."""
        info: dict[str, Any] = {'dev': self.dev, 'bus': self.bus, 'type': self.type}
        for name in ('format', 'boot_index'):
            if self.obj_attr_is_set(name) and getattr(self, name):
                info[name] = getattr(self, name)
        if 'boot_index' in info:
            info['boot_index'] = str(info['boot_index'])
        return info


@base.NovaObjectRegistry.register
class LiveMigrateData(base.NovaObject):
    """What every hypervisor has in common."""

    VERSION = '1.0'

    fields = {
        'is_volume_backed': fields.BooleanField(),
        'migration': fields.ObjectField('Migration'),
        'old_vol_attachment_ids': fields.DictOfStringsField(),
        'wait_for_vif_plugged': fields.BooleanField(),
        'vifs': fields.ListOfObjectsField('VIFMigrateData'),
        'pci_dev_map_src_dst': fields.DictOfStringsField(),
    }


@base.NovaObjectRegistry.register
class LibvirtLiveMigrateData(LiveMigrateData):
    """What hosts with libvirt tell each other; disk_available_mb in MiB."""

    VERSION = '1.13'

    fields = {
        'filename': fields.StringField(),
        'image_type': fields.StringField(),
        'block_migration': fields.BooleanField(),
        'disk_over_commit': fields.BooleanField(),
        'disk_available_mb': fields.IntegerField(nullable=True),
        'is_shared_instance_path': fields.BooleanField(),
        'is_shared_block_storage': fields.BooleanField(),
        'instance_relative_path': fields.StringField(),
        'graphics_listen_addr_vnc': fields.IPAddressField(nullable=True),
        'graphics_listen_addr_spice': fields.IPAddressField(nullable=True),
        'serial_listen_addr': fields.StringField(nullable=True),
        'serial_listen_ports': fields.ListOfIntegersField(),
        'bdms': fields.ListOfObjectsField('LibvirtLiveMigrateBDMInfo'),
        'target_connect_addr': fields.StringField(nullable=True),
        'supported_perf_events': fields.ListOfStringsField(),
        'src_supports_native_luks': fields.BooleanField(),
        'dst_wants_file_backed_memory': fields.BooleanField(),
        'file_backed_memory_discard': fields.BooleanField(),
        'src_supports_numa_live_migration': fields.BooleanField(),
        'dst_supports_numa_live_migration': fields.BooleanField(),
        'dst_numa_info': fields.ObjectField('LibvirtLiveMigrateNUMAInfo'),
        'dst_cpu_shared_set_info': fields.SetOfIntegersField(),
        'dst_supports_mdev_live_migration': fields.BooleanField(),
        'source_mdev_types': fields.DictOfStringsField(),
        'target_mdevs': fields.DictOfStringsField(),
        'vtpm_secret_uuid': fields.UUIDField(nullable=True),
        'vtpm_secret_value': fields.SensitiveStringField(nullable=True),
    }

    def is_on_shared_storage(self) -> bool:
        """Say whether both hosts see the same disks."""
        return self.is_shared_block_storage or self.is_shared_instance_path
