# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Properties of images: what the owner of an image asks for its servers."""

from collections.abc import Mapping
from typing import Any

from nova import usertext
from nova.objects import base
from nova.objects import fields
from nova.virt import cpuset

#: Names from before the properties had prefixes, to those of today.
LEGACY_NAMES = {
    'architecture': 'hw_architecture',
    'auto_disk_config': 'hw_auto_disk_config',
    'bdm_v2': 'img_bdm_v2',
    'bittorrent': 'img_bittorrent',
    'block_device_mapping': 'img_block_device_mapping',
    'cache_in_nova': 'img_cache_in_nova',
    'hypervisor_type': 'img_hv_type',
    'hypervisor_version_requires': 'img_hv_requested_version',
    'ipxe_boot': 'hw_ipxe_boot',
    'mappings': 'img_mappings',
    'owner_id': 'img_owner_id',
    'root_device_name': 'img_root_device_name',
    'vm_mode': 'hw_vm_mode',
    'vmware_disktype': 'hw_disk_type',
    'vmware_image_version': 'img_version',
    'vmware_linked_clone': 'img_linked_clone',
    'vmware_ostype': 'os_distro',
    'xenapi_device_id': 'hw_device_id',
    'xenapi_image_compression_level': 'img_compression_level',
    'xenapi_skip_agent_inject_files_at_boot': 'os_skip_agent_inject_files_at_boot',
    'xenapi_skip_agent_inject_ssh': 'os_skip_agent_inject_ssh',
    'xenapi_use_agent': 'img_use_agent',
}

_INDEXED = ('hw_numa_cpus', 'hw_numa_mem')


@base.NovaObjectRegistry.register
class ImageMetaProps(base.NovaObject):
    """The properties that an image has; what it lacks is unset."""

    VERSION = '1.42'

    # In the order in which the metadata of a domain lists them.
    fields = {
        'hw_architecture': fields.ArchitectureField(),
        'hw_auto_disk_config': fields.StringField(),
        'hw_boot_menu': fields.FlexibleBooleanField(),
        'hw_cdrom_bus': fields.DiskBusField(),
        'hw_cpu_cores': fields.IntegerField(),
        'hw_cpu_max_cores': fields.IntegerField(),
        'hw_cpu_max_sockets': fields.IntegerField(),
        'hw_cpu_max_threads': fields.IntegerField(),
        'hw_cpu_policy': fields.CPUAllocationPolicyField(),
        'hw_cpu_realtime_mask': fields.StringField(),
        'hw_cpu_sockets': fields.IntegerField(),
        'hw_cpu_thread_policy': fields.CPUThreadAllocationPolicyField(),
        'hw_cpu_threads': fields.IntegerField(),
        'hw_device_id': fields.IntegerField(),
        'hw_disk_bus': fields.DiskBusField(),
        'hw_disk_type': fields.StringField(),
        'hw_emulation_architecture': fields.ArchitectureField(),
        'hw_ephemeral_encryption': fields.FlexibleBooleanField(),
        'hw_ephemeral_encryption_format': fields.BlockDeviceEncryptionFormatTypeField(),
        'hw_ephemeral_encryption_secret_uuid': fields.UUIDField(),
        'hw_firmware_type': fields.FirmwareTypeField(),
        'hw_firmware_stateless': fields.FlexibleBooleanField(),
        'hw_floppy_bus': fields.DiskBusField(),
        'hw_input_bus': fields.InputBusField(),
        'hw_ipxe_boot': fields.FlexibleBooleanField(),
        'hw_locked_memory': fields.FlexibleBooleanField(),
        'hw_machine_type': fields.StringField(),
        'hw_maxphysaddr_mode': fields.MaxPhyAddrModeField(),
        'hw_maxphysaddr_bits': fields.IntegerField(),
        'hw_mem_encryption': fields.FlexibleBooleanField(),
        'hw_mem_encryption_model': fields.MemEncryptionModelField(),
        'hw_mem_page_size': fields.StringField(),
        'hw_numa_nodes': fields.IntegerField(),
        'hw_numa_cpus': fields.ListOfSetsOfIntegersField(),
        'hw_numa_mem': fields.ListOfIntegersField(),
        'hw_pci_numa_affinity_policy': fields.PCINUMAAffinityPolicyField(),
        'hw_pmu': fields.FlexibleBooleanField(),
        'hw_pointer_model': fields.PointerModelTypeField(),
        'hw_qemu_guest_agent': fields.FlexibleBooleanField(),
        'hw_rescue_bus': fields.DiskBusField(),
        'hw_rescue_device': fields.BlockDeviceTypeField(),
        'hw_rng_model': fields.RNGModelField(),
        'hw_scsi_model': fields.SCSIModelField(),
        'hw_serial_port_count': fields.IntegerField(),
        'hw_time_hpet': fields.FlexibleBooleanField(),
        'hw_tpm_model': fields.TPMModelField(),
        'hw_tpm_version': fields.TPMVersionField(),
        'hw_video_model': fields.VideoModelField(),
        'hw_video_ram': fields.IntegerField(),
        'hw_vif_model': fields.VIFModelField(),
        'hw_vif_multiqueue_enabled': fields.FlexibleBooleanField(),
        'hw_viommu_model': fields.VIOMMUModelField(),
        'hw_virtio_packed_ring': fields.FlexibleBooleanField(),
        'hw_vm_mode': fields.VMModeField(),
        'hw_watchdog_action': fields.WatchdogActionField(),
        'hw_sound_model': fields.SoundModelTypeField(),
        'hw_usb_model': fields.USBControllerModelTypeField(),
        'hw_redirected_usb_ports': fields.IntegerField(),
        'img_bdm_v2': fields.FlexibleBooleanField(),
        'img_bittorrent': fields.FlexibleBooleanField(),
        'img_block_device_mapping': fields.ListOfDictOfNullableStringsField(),
        'img_cache_in_nova': fields.FlexibleBooleanField(),
        'img_compression_level': fields.IntegerField(),
        'img_config_drive': fields.ConfigDrivePolicyField(),
        'img_hide_hypervisor_id': fields.FlexibleBooleanField(),
        'img_hv_requested_version': fields.VersionPredicateField(),
        'img_hv_type': fields.HVTypeField(),
        'img_linked_clone': fields.FlexibleBooleanField(),
        'img_mappings': fields.ListOfDictOfNullableStringsField(),
        'img_owner_id': fields.StringField(),
        'img_root_device_name': fields.StringField(),
        'img_signature': fields.StringField(),
        'img_signature_certificate_uuid': fields.UUIDField(),
        'img_signature_hash_method': fields.ImageSignatureHashTypeField(),
        'img_signature_key_type': fields.ImageSignatureKeyTypeField(),
        'img_use_agent': fields.FlexibleBooleanField(),
        'img_version': fields.IntegerField(),
        'os_admin_user': fields.StringField(),
        'os_command_line': fields.StringField(),
        'os_distro': fields.StringField(),
        'os_require_quiesce': fields.FlexibleBooleanField(),
        'os_secure_boot': fields.SecureBootField(),
        'os_skip_agent_inject_files_at_boot': fields.FlexibleBooleanField(),
        'os_skip_agent_inject_ssh': fields.FlexibleBooleanField(),
        'os_type': fields.OSTypeField(),
        'traits_required': fields.ListOfStringsField(),
    }

    def obj_load_attr(self, attrname: str) -> None:
        """Refuse: a property that the image lacks has no value."""
        raise AttributeError(f'The image has no property {attrname}')

    def get(self, name: str, defvalue: Any = None) -> Any:
        """Return a property, or a default where the image lacks it.

        :raises AttributeError: there is no property of that name.
        """
        if not self.obj_attr_is_set(name):
            return defvalue
        return getattr(self, name)

    @classmethod
    def from_dict(cls, image_props: Mapping[str, Any]) -> 'ImageMetaProps':
        """Make the object of the strings that the image service keeps.

        Properties that are not known are left out.
        :raises ValueError: a property has a value that it cannot have.
        """
        self = cls()
        for legacy, name in LEGACY_NAMES.items():
            self._set(name, image_props.get(legacy), legacy)
        self._set_vmware_adapter(image_props.get('vmware_adaptertype'))
        for name in cls.fields:
            if name not in _INDEXED and name != 'traits_required':
                self._set(name, image_props.get(name), name)
        self._set_numa(image_props)
        self._set_traits(image_props)
        return self

    def _set(self, name: str, value: Any, label: str) -> None:
        if value is None:
            return
        try:
            setattr(self, name, value)
        except (ValueError, TypeError) as error:
            raise ValueError(
                f'Image property {label} cannot be {usertext.quoted(value)}: {error}'
            ) from error

    def _set_vmware_adapter(self, adapter: str | None) -> None:
        if adapter is None:
            return
        if adapter == 'ide':
            self.hw_disk_bus = fields.DiskBus.IDE
            return
        self.hw_disk_bus = fields.DiskBus.SCSI
        self._set('hw_scsi_model', adapter, 'vmware_adaptertype')

    def _set_numa(self, image_props: Mapping[str, Any]) -> None:
        memory = _numbered(image_props, 'hw_numa_mem')
        if memory:
            self._set('hw_numa_mem', memory, 'hw_numa_mem')
        cpus = _numbered(image_props, 'hw_numa_cpus')
        if cpus:
            self.hw_numa_cpus = [_cpu_set(f'hw_numa_cpus.{index}', spec)
                                 for index, spec in enumerate(cpus)]

    def _set_traits(self, image_props: Mapping[str, Any]) -> None:
        required = [key.removeprefix('trait:')
                    for key, value in image_props.items()
                    if key.startswith('trait:') and value == 'required']
        if required:
            self.traits_required = required


def _numbered(image_props: Mapping[str, Any], name: str) -> list[Any]:
    """Return the values of name.0, name.1 and so on, up to the first gap."""
    values: list[Any] = []
    while (value := image_props.get(f'{name}.{len(values)}')) is not None:
        values.append(value)
    # A description that went through JSON once has a list already.
    return values or list(image_props.get(name) or [])


def _cpu_set(name: str, spec: Any) -> set[int]:
    if not isinstance(spec, str):
        return set(spec)
    with cpuset.named(name):
        return cpuset.parse_cpu_spec(spec)
