# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The libvirt driver: reads the configuration, and hands each call to whoever
does it.
"""

import os
from typing import TYPE_CHECKING, Any

from oslo_config import cfg
from oslo_log import log as logging

from nova import exception
from nova import version
from nova.compute import power_state
import nova.conf
from nova.i18n import _
from nova.virt import driver
from nova.virt import node
from nova.virt.libvirt import availability
from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import capabilities
from nova.virt.libvirt import console
from nova.virt.libvirt import disks
from nova.virt.libvirt import firewall
from nova.virt.libvirt import guest as libvirt_guest
from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import hostfacts
from nova.virt.libvirt import hotplug
from nova.virt.libvirt import imagebackend
from nova.virt.libvirt import imagecache
from nova.virt.libvirt import interfaces
from nova.virt.libvirt import lifecycle
from nova.virt.libvirt import resources
from nova.virt.libvirt import support
from nova.virt.libvirt import vif
from nova.virt.libvirt.designer import inputs as design
from nova.virt.libvirt.storage import baseimages
from nova.virt.libvirt.storage import instancedir
from nova.virt.libvirt.storage import qemuimg

if TYPE_CHECKING:
    from nova import objects
    from nova.virt import hardware
    from nova.virt import virtapi as virt_api

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

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
        self._host = libvirt_host.Host(
            self._uri(), read_only,
            conn_event_handler=availability.Availability(CONF.host).changed,
            lifecycle_event_handler=self.emit_event,
            guest_factory=self._make_guest, kinds=_guest_kinds(),
            file_backed_memory_mb=CONF.libvirt.file_backed_memory)
        self._dirs = instancedir.InstanceDirs(CONF.instances_path)
        self._bases = baseimages.BaseImages(_base_image_settings())
        self._image_cache = imagecache.ImageCacheManager(
            self._bases, self._dirs, _image_cache_settings())
        self._disks = disks.InstanceDisks(
            self._dirs, self._bases,
            imagebackend.Backend(_image_backend_settings()))
        guest_settings = _guest_settings()
        vif_driver = vif.LibvirtGenericVIFDriver(
            self._host, guest_settings.interface)
        self._firewall = firewall.NWFilterFirewall(self._host)
        self._interfaces = interfaces.InstanceInterfaces(vif_driver, self._firewall)
        self._hotplug = hotplug.Hotplug(
            self._host, self._interfaces,
            design.from_options(hotplug.HotplugSettings, _option))
        self._lifecycle = lifecycle.Lifecycle(
            self._host, self._disks, self._interfaces,
            hostfacts.CachedHostFacts(self._host, guest_settings),
            _lifecycle_settings(guest_settings))
        self._console_logs = console.ConsoleLogs(self._dirs)
        self._resources = resources.HostResources(
            self._host, self._dirs, _resource_settings())

    def _make_guest(self, domain: Any) -> libvirt_guest.Guest:
        return libvirt_guest.Guest(domain, self._host)

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
        """
        if CONF.force_config_drive:
            raise exception.InvalidConfiguration(
                _('[DEFAULT] force_config_drive is true; this node makes no '
                  'config drives'))
        self._host.initialize()
        self._check_versions()
        self._check_virt_type()
        self._dirs.ensure_root()
        self._bases.sweep()
        self._firewall.sweep(self.list_instances())

    def _check_versions(self) -> None:
        too_old = self._host.get_too_old()
        if too_old:
            raise exception.HypervisorTooOld('; '.join(too_old))
        for needed in self._host.get_too_old(support.NEXT_MINIMUM):
            LOG.warning('A later release will not start here: %s', needed)

    def _check_virt_type(self) -> None:
        wanted = CONF.libvirt.virt_type
        offered = {name for guest in self._host.get_capabilities().guests
                   for name in guest.domains}
        if wanted not in offered:
            raise exception.InvalidHypervisorVirtType(
                _('[libvirt] virt_type is %(wanted)s; libvirt at %(uri)s offers '
                  '%(offered)s') % {'wanted': wanted, 'uri': self._uri(),
                                    'offered': ', '.join(sorted(offered))},
                hv_type=wanted)

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
        return resources.get_uptime()

    def get_host_cpu_stats(self) -> dict[str, int]:
        stats: dict[str, int] = self._host.get_cpu_stats()
        return stats

    # Lists and states

    def list_instances(self) -> list[str]:
        return list(self._host.list_guest_names().values())

    def list_instance_uuids(self) -> list[str]:
        return list(self._host.list_guest_names())

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
        return libvirt_guest.info_of(*self._host.get_domain_state(instance.uuid))

    def get_power_states(self) -> dict[str, int]:
        return {uuid: libvirt_guest.info_of(*state).state
                for uuid, state in self._host.get_domain_states().items()}

    # Life cycle

    def spawn(
        self, context: Context, instance: 'objects.Instance',
        image_meta: 'objects.ImageMeta', injected_files: Any,
        admin_password: str | None, allocations: Any, network_info: Any = None,
        block_device_info: BlockDeviceInfo | None = None, power_on: bool = True,
        accel_info: Any = None,
    ) -> None:
        self._lifecycle.spawn(context, instance, image_meta, network_info,
                              block_device_info, power_on)

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

    # Device names

    def default_root_device_name(
        self, instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
        root_bdm: Any,
    ) -> str | None:
        settings = _block_info_settings()
        virt_type = CONF.libvirt.virt_type
        disk_bus, cdrom_bus = (
            blockinfo.get_disk_bus_for_device_type(
                instance, virt_type, image_meta, device_type, settings=settings)
            for device_type in ('disk', 'cdrom'))
        root = blockinfo.get_root_info(
            instance, virt_type, image_meta, root_bdm, disk_bus, cdrom_bus,
            settings=settings)
        return f'/dev/{root["dev"]}'

    def default_device_names_for_instance(
        self, instance: 'objects.Instance', root_device_name: str | None,
        *block_device_lists: Any,
    ) -> None:
        ephemerals, swap, volumes = (*block_device_lists, [], [], [])[:3]
        info = {'root_device_name': root_device_name, 'ephemerals': ephemerals,
                'swap': swap[0] if swap else None, 'block_device_mapping': volumes}
        blockinfo.default_device_names(
            CONF.libvirt.virt_type, None, instance, info, instance.image_meta,
            settings=_block_info_settings())


def _option(group: str, name: str) -> Any:
    section = CONF if group == 'DEFAULT' else CONF[group]
    try:
        return section[name]
    except cfg.NoSuchOptError as error:
        raise LookupError(f'[{group}] {name}') from error


def _guest_settings() -> design.Settings:
    product = design.ProductSettings(
        version.vendor_string(), version.product_string(),
        version.version_string_with_package())
    return design.from_options(design.Settings, _option, product=product)


def _guest_kinds() -> capabilities.GuestKinds:
    chosen = (entry.partition('=') for entry in CONF.libvirt.hw_machine_type or ())
    return capabilities.GuestKinds(
        virt_type=CONF.libvirt.virt_type,
        machine_types={arch.strip(): machine for arch, _equals, machine in chosen})


def _lifecycle_settings(guest: design.Settings) -> lifecycle.LifecycleSettings:
    return lifecycle.LifecycleSettings(
        guest=guest, block_info=_block_info_settings(),
        soft_reboot_timeout_s=CONF.libvirt.wait_soft_reboot_seconds)


def _block_info_settings() -> blockinfo.BlockInfoSettings:
    return blockinfo.BlockInfoSettings(
        disk_prefix=CONF.libvirt.disk_prefix,
        max_disk_devices=CONF.compute.max_disk_devices_to_attach,
        machine_types=tuple(CONF.libvirt.hw_machine_type or ()),
        config_drive_format=CONF.config_drive_format,
        force_config_drive=CONF.force_config_drive)


def _resource_settings() -> resources.ResourceSettings:
    return resources.ResourceSettings(
        shared_set=CONF.compute.cpu_shared_set,
        dedicated_set=CONF.compute.cpu_dedicated_set, vcpu_pin_set=CONF.vcpu_pin_set,
        reserved_pages=resources.reserved_pages(CONF.reserved_huge_pages))


def _limits() -> qemuimg.Limits:
    return qemuimg.Limits(CONF.libvirt.images_cpu_time_limit,
                          CONF.libvirt.images_address_space_limit)


def _base_image_settings() -> baseimages.BaseImageSettings:
    instances_path = CONF.instances_path
    return baseimages.BaseImageSettings(
        directory=os.path.join(instances_path, CONF.image_cache.subdirectory_name),
        lock_path=os.path.join(instances_path, 'locks'),
        force_raw=CONF.force_raw_images, limits=_limits())


def _image_backend_settings() -> imagebackend.ImageBackendSettings:
    return imagebackend.ImageBackendSettings(
        images_type=CONF.libvirt.images_type, use_cow_images=CONF.use_cow_images,
        preallocate=CONF.preallocate_images == 'space', limits=_limits())


def _image_cache_settings() -> imagecache.ImageCacheSettings:
    cache = CONF.image_cache
    return imagecache.ImageCacheSettings(
        remove_unused=cache.remove_unused_base_images,
        minimum_age_s=cache.remove_unused_original_minimum_age_seconds)
