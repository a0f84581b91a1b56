# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The contract between the compute manager and a hypervisor driver.

A driver implements what its hypervisor can do; what it leaves out raises
NotImplementedError, and ``capabilities`` says beforehand what is there.
"""

import collections.abc
import importlib
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import os_traits
from oslo_log import log as logging

from nova import context as nova_context
import nova.conf
from nova.i18n import _
from nova.virt import event as virtevent

if TYPE_CHECKING:
    from nova import objects
    from nova.virt import hardware
    from nova.virt import virtapi as virt_api

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

Context: TypeAlias = nova_context.RequestContext
BlockDeviceInfo = collections.abc.Mapping[str, Any]
Listener = collections.abc.Callable[[virtevent.Event], None]

#: Capability to the trait that a scheduler knows it by.
CAPABILITY_TRAITS_MAP = {
    'supports_attach_interface': os_traits.COMPUTE_NET_ATTACH_INTERFACE,
    'supports_device_tagging': os_traits.COMPUTE_DEVICE_TAGGING,
    'supports_tagged_attach_interface':
        os_traits.COMPUTE_NET_ATTACH_INTERFACE_WITH_TAG,
    'supports_tagged_attach_volume': os_traits.COMPUTE_VOLUME_ATTACH_WITH_TAG,
    'supports_extend_volume': os_traits.COMPUTE_VOLUME_EXTEND,
    'supports_multiattach': os_traits.COMPUTE_VOLUME_MULTI_ATTACH,
    'supports_trusted_certs': os_traits.COMPUTE_TRUSTED_CERTS,
    'supports_accelerators': os_traits.COMPUTE_ACCELERATORS,
    'supports_bfv_rescue': os_traits.COMPUTE_RESCUE_BFV,
    'supports_secure_boot': os_traits.COMPUTE_SECURITY_UEFI_SECURE_BOOT,
    'supports_socket_pci_numa_affinity':
        os_traits.COMPUTE_SOCKET_PCI_NUMA_AFFINITY,
    'supports_remote_managed_ports': os_traits.COMPUTE_REMOTE_MANAGED_PORTS,
    'supports_address_space_passthrough':
        os_traits.COMPUTE_ADDRESS_SPACE_PASSTHROUGH,
    'supports_address_space_emulated': os_traits.COMPUTE_ADDRESS_SPACE_EMULATED,
    'supports_virtio_fs': os_traits.COMPUTE_STORAGE_VIRTIO_FS,
    'supports_mem_backing_file': os_traits.COMPUTE_MEM_BACKING_FILE,
    'supports_ephemeral_encryption': os_traits.COMPUTE_EPHEMERAL_ENCRYPTION,
    'supports_ephemeral_encryption_luks':
        os_traits.COMPUTE_EPHEMERAL_ENCRYPTION_LUKS,
    'supports_ephemeral_encryption_plain':
        os_traits.COMPUTE_EPHEMERAL_ENCRYPTION_PLAIN,
    'supports_image_type_aki': os_traits.COMPUTE_IMAGE_TYPE_AKI,
    'supports_image_type_ami': os_traits.COMPUTE_IMAGE_TYPE_AMI,
    'supports_image_type_ari': os_traits.COMPUTE_IMAGE_TYPE_ARI,
    'supports_image_type_iso': os_traits.COMPUTE_IMAGE_TYPE_ISO,
    'supports_image_type_qcow2': os_traits.COMPUTE_IMAGE_TYPE_QCOW2,
    'supports_image_type_raw': os_traits.COMPUTE_IMAGE_TYPE_RAW,
    'supports_image_type_vdi': os_traits.COMPUTE_IMAGE_TYPE_VDI,
    'supports_image_type_vhd': os_traits.COMPUTE_IMAGE_TYPE_VHD,
    'supports_image_type_vhdx': os_traits.COMPUTE_IMAGE_TYPE_VHDX,
    'supports_image_type_vmdk': os_traits.COMPUTE_IMAGE_TYPE_VMDK,
    'supports_image_type_ploop': os_traits.COMPUTE_IMAGE_TYPE_PLOOP,
}

#: What a driver can do unless it says otherwise: nothing optional.
NO_CAPABILITIES = dict.fromkeys(
    ('has_imagecache', 'supports_evacuate', 'supports_migrate_to_same_host',
     'supports_pcpus', 'supports_vtpm', *CAPABILITY_TRAITS_MAP), False)


def block_device_info_get_root_device(
    block_device_info: BlockDeviceInfo | None
) -> str | None:
    """Return the name of the root device, if one was decided."""
    return (block_device_info or {}).get('root_device_name')


def block_device_info_get_image(
    block_device_info: BlockDeviceInfo | None
) -> list[dict[str, Any]]:
    """Return the disks that are made from an image."""
    return (block_device_info or {}).get('image') or []


def block_device_info_get_swap(
    block_device_info: BlockDeviceInfo | None
) -> dict[str, Any]:
    """Return the swap disk, or one of no size."""
    return (block_device_info or {}).get('swap') or {
        'device_name': None, 'swap_size': 0}


def swap_is_usable(swap: collections.abc.Mapping[str, Any] | None) -> bool:
    """Tell whether a swap disk has both a name and a size."""
    return bool(swap and swap['device_name'] and swap['swap_size'] > 0)


def block_device_info_get_ephemerals(
    block_device_info: BlockDeviceInfo | None
) -> list[dict[str, Any]]:
    """Return the ephemeral disks."""
    return (block_device_info or {}).get('ephemerals') or []


def block_device_info_get_mapping(
    block_device_info: BlockDeviceInfo | None
) -> list[dict[str, Any]]:
    """Return the volumes."""
    return (block_device_info or {}).get('block_device_mapping') or []


class ComputeDriver:
    """One hypervisor, as the compute manager sees it.

    :param virtapi: how the driver reaches back to the manager.
    """

    capabilities: dict[str, bool] = NO_CAPABILITIES

    #: Whether a failed build has to be tried on another node of this host.
    requires_allocation_refresh = False

    #: Whether instances may be moved between the nodes of this host.
    rebalances_nodes = False

    def __init__(self, virtapi: 'virt_api.VirtAPI') -> None:
        self.virtapi = virtapi
        self._compute_event_callback: Listener | None = None

    # Host

    def init_host(self, host: str) -> None:
        """Do what must be done before the first instance is touched."""
        raise NotImplementedError

    def cleanup_host(self, host: str) -> None:
        """Give back what init_host() took; guests go on running."""

    def get_available_resource(self, nodename: str) -> dict[str, Any]:
        """Return the node's resources, total and used."""
        raise NotImplementedError

    def update_provider_tree(self, provider_tree: Any, nodename: str,
                             allocations: Any = None) -> None:
        """Write the node's inventory and traits into a provider tree."""
        raise NotImplementedError

    def get_available_nodes(self, refresh: bool = False) -> list[str]:
        """Return the hypervisor host names of this service."""
        raise NotImplementedError

    def get_nodenames_by_uuid(self, refresh: bool = False) -> dict[str, str]:
        """Return the node names by the UUIDs of the nodes."""
        raise NotImplementedError

    def node_is_available(self, nodename: str) -> bool:
        """Tell whether this service manages that node."""
        return (nodename in self.get_available_nodes()
                or nodename in self.get_available_nodes(refresh=True))

    def is_node_deleted(self, nodename: str) -> bool:
        """Tell whether a node is gone for good."""
        return nodename not in self.get_available_nodes(refresh=True)

    def get_host_ip_addr(self) -> str:
        """Return the address that other hosts reach this one at."""
        raise NotImplementedError

    def get_host_uptime(self) -> str:
        """Return what ``uptime`` would print."""
        raise NotImplementedError

    def get_host_cpu_stats(self) -> dict[str, int]:
        """Return the host's CPU times in nanoseconds and its frequency in MHz."""
        raise NotImplementedError

    def host_power_action(self, action: str) -> Any:
        """Reboot, shut down or start the host."""
        raise NotImplementedError

    def host_maintenance_mode(self, host: str, mode: bool) -> Any:
        """Start or end maintenance, which empties the host."""
        raise NotImplementedError

    def set_host_enabled(self, enabled: bool) -> Any:
        """Say whether the host takes new instances."""
        raise NotImplementedError

    def capabilities_as_traits(self) -> dict[str, bool]:
        """Return each trait of a capability, and whether the driver has it."""
        return {
            trait: bool(self.capabilities[capability])
            for capability, trait in CAPABILITY_TRAITS_MAP.items()
            if capability in self.capabilities
        }

    # Lists and states

    def list_instances(self) -> list[str]:
        """Return the names of all instances that the hypervisor knows."""
        raise NotImplementedError

    def list_instance_uuids(self) -> list[str]:
        """Return the UUIDs of all instances that the hypervisor knows."""
        raise NotImplementedError

    def get_num_instances(self) -> int:
        """Return how many instances the hypervisor knows."""
        return len(self.list_instances())

    def instance_exists(self, instance: 'objects.Instance') -> bool:
        """Tell whether the hypervisor knows an instance."""
        try:
            return instance.uuid in self.list_instance_uuids()
        except NotImplementedError:
            return instance.name in self.list_instances()

    def get_info(self, instance: 'objects.Instance', use_cache: bool = True,
                 ) -> 'hardware.InstanceInfo':
        """Return an instance's power state.

        :raises exception.InstanceNotFound: if the hypervisor does not know it.
        """
        raise NotImplementedError

    def get_power_states(self) -> dict[str, int]:
        """Return the power states of all instances by UUID, at once."""
        raise NotImplementedError

    def instance_on_disk(self, instance: 'objects.Instance') -> bool:
        """Tell whether this host can reach the instance's disks."""
        return False

    def get_instance_disk_info(
        self, instance: 'objects.Instance',
        block_device_info: BlockDeviceInfo | None = None,
    ) -> str:
        """Return the instance's local disks as JSON."""
        raise NotImplementedError

    def get_diagnostics(self, instance: 'objects.Instance') -> dict[str, Any]:
        """Return counters of an instance, named as the hypervisor does."""
        raise NotImplementedError

    def get_instance_diagnostics(self, instance: 'objects.Instance') -> Any:
        """Return counters of an instance as a Diagnostics object."""
        raise NotImplementedError

    def get_all_volume_usage(self, context: Context,
                             compute_host_bdms: Any) -> list[dict[str, Any]]:
        """Return the I/O counters of all volumes of this host."""
        raise NotImplementedError

    def block_stats(self, instance: 'objects.Instance', disk_id: str) -> list[int]:
        """Return the I/O counters of one disk."""
        raise NotImplementedError

    # Life cycle

    def prepare_for_spawn(self, instance: 'objects.Instance') -> None:
        """Do what must be done before the networks of an instance are made."""

    def failed_spawn_cleanup(self, instance: 'objects.Instance') -> None:
        """Undo prepare_for_spawn() after a build that failed before spawn()."""

    def spawn(
        self, context: Context, instance: 'objects.Instance',
        image_meta: 'objects.ImageMeta', injected_files: Any,
        admin_password: str | None, allocations: Any, network_info: Any = None,
        block_device_info: BlockDeviceInfo | None = None, power_on: bool = True,
        accel_info: Any = None,
    ) -> None:
        """Make an instance's disks and its guest, and start it.

        After a failure nothing of the instance is left on the host.
        """
        raise NotImplementedError

    def destroy(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, block_device_info: BlockDeviceInfo | None = None,
        destroy_disks: bool = True, destroy_secrets: bool = True,
    ) -> None:
        """Stop the guest if it runs, and remove it and its disks.

        An instance that is not there is destroyed already.  After a failure it
        can be called again.
        """
        raise NotImplementedError

    def cleanup(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, block_device_info: BlockDeviceInfo | None = None,
        destroy_disks: bool = True, migrate_data: Any = None,
        destroy_vifs: bool = True, destroy_secrets: bool = True,
    ) -> None:
        """Remove what a guest that no longer runs has left on the host."""
        raise NotImplementedError

    def cleanup_lingering_instance_resources(
        self, instance: 'objects.Instance'
    ) -> bool:
        """Remove resources whose owner left this host; True when none is left."""
        return True

    def reboot(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, reboot_type: str,
        block_device_info: BlockDeviceInfo | None = None,
        bad_volumes_callback: Any = None, accel_info: Any = None,
        share_info: Any = None,
    ) -> None:
        """Restart a guest: 'SOFT' asks it to, 'HARD' does not."""
        raise NotImplementedError

    def rebuild(
        self, context: Context, instance: 'objects.Instance',
        image_meta: 'objects.ImageMeta', injected_files: Any,
        admin_password: str | None, allocations: Any, bdms: Any,
        detach_block_devices: Any, attach_block_devices: Any,
        network_info: Any = None, evacuate: bool = False,
        block_device_info: BlockDeviceInfo | None = None,
        preserve_ephemeral: bool = False, accel_uuids: Any = None,
        reimage_boot_volume: bool = False,
    ) -> None:
        """Make an instance anew from an image, where that is not spawn()."""
        raise NotImplementedError

    def power_off(self, instance: 'objects.Instance', timeout: int = 0,
                  retry_interval: int = 0) -> None:
        """Stop a guest; an instance that does not run is off already.

        :param timeout: seconds that the guest is given to shut down by itself.
        :param retry_interval: seconds between two requests to shut down.
        """
        raise NotImplementedError

    def power_on(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, block_device_info: BlockDeviceInfo | None = None,
        accel_info: Any = None, share_info: Any = None,
    ) -> None:
        """Start a guest."""
        raise NotImplementedError

    def power_update_event(self, instance: 'objects.Instance',
                           target_power_state: str) -> None:
        """Take note of a power state that somebody else has set."""
        raise NotImplementedError

    def pause(self, instance: 'objects.Instance') -> None:
        """Stop a guest's CPUs; it stays in memory."""
        raise NotImplementedError

    def unpause(self, instance: 'objects.Instance') -> None:
        """Let a paused guest's CPUs run."""
        raise NotImplementedError

    def suspend(self, context: Context, instance: 'objects.Instance') -> None:
        """Write a guest's memory to disk and stop it."""
        raise NotImplementedError

    def resume(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, block_device_info: BlockDeviceInfo | None = None,
        share_info: Any = None,
    ) -> None:
        """Start a suspended guest where it was."""
        raise NotImplementedError

    def resume_state_on_host_boot(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, share_info: Any,
        block_device_info: BlockDeviceInfo | None = None,
    ) -> None:
        """Start a guest that ran when the host went down."""
        raise NotImplementedError

    def process_instances_at_startup(self, context: Context,
                                     instances: Any) -> None:
        """Look once at all instances of this host when the service starts."""

    def poll_rebooting_instances(self, timeout: int, instances: Any) -> None:
        """Look for instances whose reboot has taken more than some seconds."""
        raise NotImplementedError

    def soft_delete(self, instance: 'objects.Instance') -> None:
        """Stop an instance so that restore() can bring it back."""
        raise NotImplementedError

    def restore(self, instance: 'objects.Instance') -> None:
        """Bring back what soft_delete() stopped."""
        raise NotImplementedError

    def rescue(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, image_meta: 'objects.ImageMeta',
        rescue_password: str | None, block_device_info: BlockDeviceInfo,
        share_info: Any,
    ) -> None:
        """Start an instance from another image, with its own disk beside it."""
        raise NotImplementedError

    def unrescue(self, context: Context,
                 instance: 'objects.Instance') -> None:
        """Start a rescued instance from its own disk again."""
        raise NotImplementedError

    def trigger_crash_dump(self, instance: 'objects.Instance') -> None:
        """Send a guest an interrupt that makes it dump its memory."""
        raise NotImplementedError

    def set_admin_password(self, instance: 'objects.Instance',
                           new_pass: str) -> None:
        """Set the administrator's password inside a guest."""
        raise NotImplementedError

    def inject_network_info(self, instance: 'objects.Instance',
                            nw_info: Any) -> None:
        """Write network settings into a guest's disk."""

    def quiesce(self, context: Context, instance: 'objects.Instance',
                image_meta: 'objects.ImageMeta') -> None:
        """Make a guest's file systems consistent and hold their writes."""
        raise NotImplementedError

    def unquiesce(self, context: Context, instance: 'objects.Instance',
                  image_meta: 'objects.ImageMeta') -> None:
        """Let the writes go on that quiesce() held."""
        raise NotImplementedError

    def delete_instance_files(self, instance: 'objects.Instance') -> bool:
        """Remove an instance's files; True when none is left."""
        return True

    # Consoles

    def get_console_output(self, context: Context,
                           instance: 'objects.Instance') -> bytes:
        """Return the end of what the guest wrote to its console."""
        raise NotImplementedError

    def get_vnc_console(self, context: Context,
                        instance: 'objects.Instance') -> Any:
        """Return where the guest's VNC server listens."""
        raise NotImplementedError

    def get_spice_console(self, context: Context,
                          instance: 'objects.Instance') -> Any:
        """Return where the guest's SPICE server listens."""
        raise NotImplementedError

    def get_serial_console(self, context: Context,
                           instance: 'objects.Instance') -> Any:
        """Return where the guest's serial port listens."""
        raise NotImplementedError

    def get_mks_console(self, context: Context,
                        instance: 'objects.Instance') -> Any:
        """Return where the guest's MKS server listens."""
        raise NotImplementedError

    # Images

    def snapshot(self, context: Context, instance: 'objects.Instance',
                 image_id: str, update_task_state: Any) -> None:
        """Upload the root disk as an image."""
        raise NotImplementedError

    def cache_image(self, context: Context, image_id: str) -> bool:
        """Fetch an image before it is needed; False if it was there already."""
        raise NotImplementedError

    def manage_image_cache(self, context: Context,
                           all_instances: Any) -> None:
        """Remove cached images that no instance has used for a while."""

    # Networks

    def plug_vifs(self, instance: 'objects.Instance', network_info: Any) -> None:
        """Connect an instance's interfaces to their networks."""
        raise NotImplementedError

    #: Whether guests can be plugged into bridges; if not, QEMU makes up their networks.
    has_bridges = True

    def has_bridge(self, name: str) -> bool:
        """Tell whether the host has a bridge; a driver that cannot tell says yes."""
        return True

    def get_host_network(self, name: str) -> Any:
        """Return what the hypervisor knows of a network of its own, if there is one.

        It has ``is_active``, ``bridge``, ``mtu`` and ``subnets``, and each of these
        ``cidr``, ``address``, ``gateway``, ``dhcp_server``, ``dns`` and ``dhcp_range``.
        """
        return None

    def get_taken_addresses(self, name: str) -> dict[str, str]:
        """Return who has which address in a network of the hypervisor's own."""
        return {}

    def unplug_vifs(self, instance: 'objects.Instance', network_info: Any) -> None:
        """Disconnect an instance's interfaces."""
        raise NotImplementedError

    def attach_interface(
        self, context: Context, instance: 'objects.Instance',
        image_meta: 'objects.ImageMeta', vif: Any,
    ) -> None:
        """Give a running guest one more interface."""
        raise NotImplementedError

    def detach_interface(self, context: Context,
                         instance: 'objects.Instance', vif: Any) -> None:
        """Take an interface from a running guest."""
        raise NotImplementedError

    def prepare_networks_before_block_device_mapping(
        self, instance: 'objects.Instance', network_info: Any
    ) -> None:
        """Do to the networks what must be done before volumes are connected."""

    def clean_networks_preparation(self, instance: 'objects.Instance',
                                   network_info: Any) -> None:
        """Undo prepare_networks_before_block_device_mapping()."""

    def manages_network_binding_host_id(self) -> bool:
        """Tell whether the driver itself binds ports to hosts."""
        return False

    def network_binding_host_id(self, context: Context,
                                instance: 'objects.Instance') -> str | None:
        """Return the host that the ports of an instance are bound to."""
        host: str | None = instance.host
        return host

    # Volumes and shares

    def get_volume_connector(self, instance: 'objects.Instance') -> dict[str, Any]:
        """Return what a volume service must know of this host."""
        raise NotImplementedError

    def attach_volume(
        self, context: Context, connection_info: dict[str, Any],
        instance: 'objects.Instance', mountpoint: str,
        disk_bus: str | None = None, device_type: str | None = None,
        encryption: Any = None,
    ) -> None:
        """Connect a volume and give it to a guest."""
        raise NotImplementedError

    def detach_volume(
        self, context: Context, connection_info: dict[str, Any],
        instance: 'objects.Instance', mountpoint: str, encryption: Any = None,
    ) -> None:
        """Take a volume from a guest and disconnect it."""
        raise NotImplementedError

    def swap_volume(
        self, context: Context, old_connection_info: dict[str, Any],
        new_connection_info: dict[str, Any], instance: 'objects.Instance',
        mountpoint: str, resize_to: int,
    ) -> None:
        """Copy a guest's volume to another one and go on with that."""
        raise NotImplementedError

    def extend_volume(
        self, context: Context, connection_info: dict[str, Any],
        instance: 'objects.Instance', requested_size: int,
    ) -> None:
        """Show a guest the new size of a volume, in bytes."""
        raise NotImplementedError

    def volume_snapshot_create(
        self, context: Context, instance: 'objects.Instance',
        volume_id: str, create_info: dict[str, Any],
    ) -> None:
        """Take a snapshot of a volume that is in use."""
        raise NotImplementedError

    def volume_snapshot_delete(
        self, context: Context, instance: 'objects.Instance',
        volume_id: str, snapshot_id: str, delete_info: dict[str, Any],
    ) -> None:
        """Merge a snapshot of a volume that is in use."""
        raise NotImplementedError

    def default_root_device_name(
        self, instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
        root_bdm: Any,
    ) -> str | None:
        """Return the name that the guest will know its root disk by."""
        raise NotImplementedError

    def default_device_names_for_instance(
        self, instance: 'objects.Instance', root_device_name: str | None,
        *block_device_lists: Any,
    ) -> None:
        """Give names to the block devices that have none."""
        raise NotImplementedError

    def get_device_name_for_instance(
        self, instance: 'objects.Instance', bdms: Any, block_device_obj: Any
    ) -> str:
        """Return the next free name for one more block device."""
        raise NotImplementedError

    def is_supported_fs_format(self, fs_type: str) -> bool:
        """Tell whether ephemeral disks can be formatted so."""
        return False

    def mount_share(self, context: Context, instance: 'objects.Instance',
                    share_mapping: Any) -> None:
        """Mount a share on the host."""
        raise NotImplementedError

    def umount_share(self, context: Context, instance: 'objects.Instance',
                     share_mapping: Any) -> None:
        """Unmount a share from the host."""
        raise NotImplementedError

    def is_share_mounted(self, share_mapping: Any) -> bool:
        """Tell whether a share is mounted on the host."""
        raise NotImplementedError

    # Moving instances

    def migrate_disk_and_power_off(
        self, context: Context, instance: 'objects.Instance', dest: str,
        flavor: 'objects.Flavor', network_info: Any,
        block_device_info: BlockDeviceInfo | None = None, timeout: int = 0,
        retry_interval: int = 0,
    ) -> str:
        """Stop a guest and move its disks; return what finish_migration() needs."""
        raise NotImplementedError

    def finish_migration(
        self, context: Context, migration: Any,
        instance: 'objects.Instance', disk_info: str, network_info: Any,
        image_meta: 'objects.ImageMeta', resize_instance: bool, allocations: Any,
        block_device_info: BlockDeviceInfo | None = None, power_on: bool = True,
        share_info: Any = None,
    ) -> None:
        """Start a guest whose disks were moved here."""
        raise NotImplementedError

    def confirm_migration(self, context: Context, migration: Any,
                          instance: 'objects.Instance', network_info: Any) -> None:
        """Remove what a moved instance has left here."""
        raise NotImplementedError

    def finish_revert_migration(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, migration: Any,
        block_device_info: BlockDeviceInfo | None = None, power_on: bool = True,
        share_info: Any = None,
    ) -> None:
        """Start a guest again whose move was taken back."""
        raise NotImplementedError

    def check_can_live_migrate_destination(
        self, context: Context, instance: 'objects.Instance',
        src_compute_info: Any, dst_compute_info: Any,
        block_migration: bool = False, disk_over_commit: bool = False,
    ) -> Any:
        """Tell on the destination whether a guest can come."""
        raise NotImplementedError

    def cleanup_live_migration_destination_check(
        self, context: Context, dest_check_data: Any
    ) -> None:
        """Undo check_can_live_migrate_destination()."""
        raise NotImplementedError

    def check_can_live_migrate_source(
        self, context: Context, instance: 'objects.Instance',
        dest_check_data: Any, block_device_info: BlockDeviceInfo | None = None,
    ) -> Any:
        """Tell on the source whether a guest can leave."""
        raise NotImplementedError

    def check_source_migrate_data_at_dest(
        self, ctxt: Context, instance: 'objects.Instance',
        migrate_data: Any, migration: Any, limits: Any, allocs: Any,
    ) -> Any:
        """Look on the destination at what the source has found."""
        raise NotImplementedError

    def post_claim_migrate_data(
        self, context: Context, instance: 'objects.Instance',
        migrate_data: Any, claim: Any,
    ) -> Any:
        """Add to the data what the claim on the destination was given."""
        return migrate_data

    def check_instance_shared_storage_local(
        self, context: Context, instance: 'objects.Instance'
    ) -> Any:
        """Write a file that another host may see."""
        raise NotImplementedError

    def check_instance_shared_storage_remote(self, context: Context,
                                             data: Any) -> bool:
        """Tell whether another host's file is seen here."""
        raise NotImplementedError

    def check_instance_shared_storage_cleanup(self, context: Context,
                                              data: Any) -> None:
        """Remove the file of check_instance_shared_storage_local()."""

    def pre_live_migration(
        self, context: Context, instance: 'objects.Instance',
        block_device_info: BlockDeviceInfo, network_info: Any, disk_info: Any,
        migrate_data: Any,
    ) -> Any:
        """Prepare the destination of a live migration."""
        raise NotImplementedError

    def live_migration(
        self, context: Context, instance: 'objects.Instance', dest: str,
        post_method: Any, recover_method: Any, block_migration: bool = False,
        migrate_data: Any = None,
    ) -> None:
        """Move a running guest; one of the two methods is called at the end."""
        raise NotImplementedError

    def live_migration_force_complete(self, instance: 'objects.Instance') -> None:
        """End a live migration even if the guest has to stop for it."""
        raise NotImplementedError

    def live_migration_abort(self, instance: 'objects.Instance') -> None:
        """Give up a live migration; the guest goes on here."""
        raise NotImplementedError

    def rollback_live_migration_at_source(
        self, context: Context, instance: 'objects.Instance',
        migrate_data: Any,
    ) -> None:
        """Undo on the source what a failed live migration has changed."""

    def rollback_live_migration_at_destination(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, block_device_info: BlockDeviceInfo,
        destroy_disks: bool = True, migrate_data: Any = None,
    ) -> None:
        """Undo on the destination what a failed live migration has left."""
        raise NotImplementedError

    def post_live_migration(
        self, context: Context, instance: 'objects.Instance',
        block_device_info: BlockDeviceInfo, migrate_data: Any = None,
    ) -> None:
        """Let go of the volumes of a guest that has left."""

    def post_live_migration_at_source(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any,
    ) -> None:
        """Let go of the networks of a guest that has left."""
        raise NotImplementedError

    def post_live_migration_at_destination(
        self, context: Context, instance: 'objects.Instance',
        network_info: Any, block_migration: bool = False,
        block_device_info: BlockDeviceInfo | None = None,
    ) -> None:
        """Finish a live migration where the guest is now."""
        raise NotImplementedError

    # Events

    def register_event_listener(self, callback: Listener | None) -> None:
        """Have every event of this driver given to a function; None ends it."""
        self._compute_event_callback = callback

    def emit_event(self, event: virtevent.Event) -> None:
        """Give an event to the listener.  What the listener raises is logged."""
        callback = self._compute_event_callback
        if callback is None:
            LOG.debug('Nobody listens to %s', event)
            return
        if not isinstance(event, virtevent.Event):
            raise ValueError(f'event: {event!r} is no nova.virt.event.Event')
        # Whatever a listener does, the next events must be delivered.
        try:
            LOG.debug('Emitting event %s', event)
            callback(event)
        except Exception:  # noqa: BLE001
            LOG.exception('The listener failed with %s', event)


def load_compute_driver(virtapi: 'virt_api.VirtAPI',
                        compute_driver: str | None = None) -> ComputeDriver:
    """Return the configured driver.

    :param compute_driver: class relative to ``nova.virt``; by default that of
        the option ``[DEFAULT] compute_driver``.
    :raises SystemExit: with one line that names the driver and what is wrong, if
        there is no such driver or it does not start.
    """
    name = compute_driver or CONF.compute_driver
    if not name:
        sys.exit(_('[DEFAULT] compute_driver is not set; '
                   'set it to libvirt.LibvirtDriver'))
    LOG.info('Loading compute driver %s', name)
    module_name, _dot, class_name = f'nova.virt.{name}'.rpartition('.')
    try:
        driver_class = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        LOG.debug('Loading compute driver %s failed', name, exc_info=True)
        sys.exit(_('[DEFAULT] compute_driver %(name)s cannot be loaded: %(error)s')
                 % {'name': name, 'error': error})
    if not issubclass(driver_class, ComputeDriver):
        sys.exit(_('[DEFAULT] compute_driver %s is no ComputeDriver') % name)
    driver: ComputeDriver = driver_class(virtapi)
    return driver
