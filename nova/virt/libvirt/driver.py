# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The libvirt driver: reads the configuration, and hands each call to whoever
does it.
"""

from typing import TYPE_CHECKING, Any

from oslo_config import cfg

from nova import exception
from nova.compute import power_state
import nova.conf
from nova.i18n import _
from nova.virt import driver
from nova.virt import node

if TYPE_CHECKING:
    from nova import objects
    from nova.virt import hardware
    from nova.virt import virtapi as virt_api

CONF = nova.conf.CONF

BlockDeviceInfo = driver.BlockDeviceInfo
Context = driver.Context

DEFAULT_URIS = {'lxc': 'lxc:///', 'parallels': 'parallels:///system'}

#: States in which a guest that ran before the host went down is up already.
UP_STATES = (power_state.RUNNING, power_state.PAUSED, power_state.SUSPENDED)


class LibvirtDriver(driver.ComputeDriver):
    """Runs instances as domains of libvirt.

    :param read_only: only look; nothing can be started or stopped.
    """

    capabilities = {
        **driver.NO_CAPABILITIES,
        'has_imagecache': True,
        'supports_attach_interface': True,
        'supports_image_type_aki': True,
        'supports_image_type_ami': True,
        'supports_image_type_ari': True,
        'supports_image_type_iso': True,
        'supports_image_type_qcow2': True,
        'supports_image_type_raw': True,
        'supports_image_type_vdi': True,
        'supports_image_type_vhd': True,
        'supports_image_type_vhdx': True,
        'supports_image_type_vmdk': True,
    }

    def __init__(self, virtapi: 'virt_api.VirtAPI', read_only: bool = False) -> None:
        super().__init__(virtapi)
        # Loaded with the first driver: most of what it takes to import a driver is
        # its parts, and who asks for the class, or for its options, needs none.
        from nova.virt.libvirt import composition
        parts = composition.Parts(_option, self._uri(), read_only, self.emit_event)
        self._suitability = parts.suitability
        self._host = parts.host
        self._dirs = parts.dirs
        self._bases = parts.bases
        self._image_cache = parts.image_cache
        self._disks = parts.disks
        self._firewall = parts.firewall
        self._dhcp_hosts = parts.dhcp_hosts
        self._interfaces = parts.interfaces
        self._host_networks = parts.host_networks
        self.has_bridges = parts.host_networks.has_bridges
        self._hotplug = parts.hotplug
        self._lifecycle = parts.lifecycle
        self._console_logs = parts.console_logs
        self._resources = parts.resources
        self._device_names = parts.device_names

    @staticmethod
    def _uri() -> str:
        default = DEFAULT_URIS.get(CONF.libvirt.virt_type, 'qemu:///system')
        return CONF.libvirt.connection_uri or default

    # Host

    def init_host(self, host: str) -> None:
        """Connect to libvirt and tidy up after a service that was killed.

        :raises exception.HypervisorUnavailable: if libvirt cannot be reached.
        :raises exception.HypervisorTooOld: if libvirt or QEMU is.
        :raises exception.InvalidHypervisorVirtType: if it has no guests of the
            configured type.
        :raises exception.InvalidLocalStorage: if instances cannot be stored.
        :raises exception.InvalidConfiguration: if what is configured cannot be done.
        :raises exception.Invalid: if CPUs for guests are configured that it lacks.
        """
        if CONF.config_drive_format != 'iso9660':
            raise exception.InvalidConfiguration(
                _('[DEFAULT] config_drive_format is %s; this node makes iso9660 only')
                % CONF.config_drive_format)
        self._host.initialize()
        self._suitability.check()
        self._resources.check()
        self._dirs.ensure_root()
        self._bases.sweep()
        self._firewall.sweep(self.list_instances)
        self._dhcp_hosts.sweep(self.list_instance_uuids)

    def cleanup_host(self, host: str) -> None:
        """Disconnect from libvirt; guests go on running."""
        self._host.cleanup()

    def get_available_nodes(self, refresh: bool = False) -> list[str]:
        return [self._host.get_hostname()]

    def get_nodenames_by_uuid(self, refresh: bool = False) -> dict[str, str]:
        return {node.get_local_node_uuid(): self._host.get_hostname()}

    def get_available_resource(self, nodename: str) -> dict[str, Any]:
        return self._resources.available()

    def get_host_ip_addr(self) -> str:
        address: str = CONF.my_ip
        return address

    def get_host_uptime(self) -> str:
        return self._resources.uptime()

    def get_host_cpu_stats(self) -> dict[str, int]:
        stats: dict[str, int] = self._host.get_cpu_stats()
        return stats

    # Lists and states

    def list_instances(self) -> list[str]:
        return list(self._host.list_guest_names().values())

    def list_instance_uuids(self) -> list[str]:
        return self._host.list_guest_uuids()

    def instance_exists(self, instance: 'objects.Instance') -> bool:
        try:
            self._host.get_guest(instance)
        except exception.InstanceNotFound:
            return False
        return True

    def instance_on_disk(self, instance: 'objects.Instance') -> bool:
        return self._disks.exist(instance)

    def get_info(self, instance: 'objects.Instance', use_cache: bool = True,
                 ) -> 'hardware.InstanceInfo':
        return self._lifecycle.info(instance)

    def get_power_states(self) -> dict[str, int]:
        return self._lifecycle.power_states()

    # Life cycle

    def spawn(
        self, context: Context, instance: 'objects.Instance',
        image_meta: 'objects.ImageMeta', injected_files: Any,
        admin_password: str | None, allocations: Any, network_info: Any = None,
        block_device_info: BlockDeviceInfo | None = None, power_on: bool = True,
        accel_info: Any = None,
    ) -> None:
        self._lifecycle.spawn(context, instance, image_meta, network_info,
                              block_device_info, power_on, injected_files or (),
                              admin_password)

    def destroy(
        self, context: Context, instance: 'objects.Instance', network_info: Any,
        block_device_info: BlockDeviceInfo | None = None,
        destroy_disks: bool = True, destroy_secrets: bool = True,
    ) -> None:
        self._lifecycle.destroy(instance, network_info, destroy_disks)

    def cleanup(
        self, context: Context, instance: 'objects.Instance', network_info: Any,
        block_device_info: BlockDeviceInfo | None = None,
        destroy_disks: bool = True, migrate_data: Any = None,
        destroy_vifs: bool = True, destroy_secrets: bool = True,
    ) -> None:
        self._lifecycle.cleanup(instance, network_info if destroy_vifs else None,
                                destroy_disks)

    def reboot(
        self, context: Context, instance: 'objects.Instance', network_info: Any,
        reboot_type: str, block_device_info: BlockDeviceInfo | None = None,
        bad_volumes_callback: Any = None, accel_info: Any = None,
        share_info: Any = None,
    ) -> None:
        self._lifecycle.reboot(context, instance, network_info, reboot_type,
                               block_device_info)

    def power_off(self, instance: 'objects.Instance', timeout: int = 0,
                  retry_interval: int = 0) -> None:
        self._lifecycle.power_off(instance, timeout, retry_interval)

    def power_on(
        self, context: Context, instance: 'objects.Instance', network_info: Any,
        block_device_info: BlockDeviceInfo | None = None, accel_info: Any = None,
        share_info: Any = None,
    ) -> None:
        self._lifecycle.power_on(context, instance, network_info, block_device_info)

    def resume_state_on_host_boot(
        self, context: Context, instance: 'objects.Instance', network_info: Any,
        share_info: Any, block_device_info: BlockDeviceInfo | None = None,
    ) -> None:
        if self.instance_exists(instance) \
                and self.get_info(instance).state in UP_STATES:
            return
        self._lifecycle.power_on(context, instance, network_info, block_device_info)

    def pause(self, instance: 'objects.Instance') -> None:
        self._lifecycle.pause(instance)

    def unpause(self, instance: 'objects.Instance') -> None:
        self._lifecycle.unpause(instance)

    def delete_instance_files(self, instance: 'objects.Instance') -> bool:
        return self._disks.remove(instance)

    def get_console_output(self, context: Context,
                           instance: 'objects.Instance') -> bytes:
        return self._console_logs.tail(instance)

    # Images

    def cache_image(self, context: Context, image_id: str) -> bool:
        if self._bases.has(image_id):
            return False
        with self._bases.held(context, image_id):
            return True

    def manage_image_cache(self, context: Context, all_instances: Any) -> None:
        self._image_cache.update(context, all_instances)

    # Networks

    def plug_vifs(self, instance: 'objects.Instance', network_info: Any) -> None:
        self._interfaces.settle(instance, network_info or ())

    def unplug_vifs(self, instance: 'objects.Instance', network_info: Any) -> None:
        self._interfaces.unplug(instance, network_info or ())

    def attach_interface(self, context: Context, instance: 'objects.Instance',
                         image_meta: 'objects.ImageMeta', vif: Any) -> None:
        self._hotplug.attach(instance, image_meta, vif)

    def detach_interface(self, context: Context, instance: 'objects.Instance',
                         vif: Any) -> None:
        self._hotplug.detach(instance, vif)

    def update_interface(self, instance: 'objects.Instance', vif: Any) -> None:
        """Let a running interface have the limits and filter that it ought to have."""
        self._hotplug.update(instance, vif)

    def set_link_state(self, instance: 'objects.Instance', vif: Any,
                       is_up: bool) -> None:
        """Plug in or pull the cable of an interface, as the guest sees it."""
        self._hotplug.set_link_state(instance, vif, is_up)

    def has_bridge(self, name: str) -> bool:
        return self._host_networks.has_bridge(name)

    def get_host_network(self, name: str) -> Any:
        return self._host_networks.get(name)

    def get_taken_addresses(self, name: str) -> dict[str, str]:
        return self._host_networks.get_taken(name)

    # Device names

    def default_root_device_name(
        self, instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
        root_bdm: Any,
    ) -> str | None:
        return self._device_names.root(instance, image_meta, root_bdm)

    def default_device_names_for_instance(
        self, instance: 'objects.Instance', root_device_name: str | None,
        *block_device_lists: Any,
    ) -> None:
        self._device_names.fill(instance, root_device_name, *block_device_lists)


def _option(group: str, name: str) -> Any:
    section = CONF if group == 'DEFAULT' else CONF[group]
    try:
        return section[name]
    except cfg.NoSuchOptError as error:
        raise LookupError(f'[{group}] {name}') from error
