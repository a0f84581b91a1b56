# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The parts that the driver hands its calls to, made and put together."""

import os
import platform
from typing import TYPE_CHECKING, Any

from nova import version
from nova.virt.libvirt import availability
from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import capabilities
from nova.virt.libvirt import console
from nova.virt.libvirt import devicenames
from nova.virt.libvirt import dhcp
from nova.virt.libvirt import disks
from nova.virt.libvirt import firewall
from nova.virt.libvirt import guest as libvirt_guest
from nova.virt.libvirt import guestsystems
from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import hostfacts
from nova.virt.libvirt import hostnetworks
from nova.virt.libvirt import hotplug
from nova.virt.libvirt import imagebackend
from nova.virt.libvirt import imagecache
from nova.virt.libvirt import interfaces
from nova.virt.libvirt import lifecycle
from nova.virt.libvirt import options
from nova.virt.libvirt import osdatabase
from nova.virt.libvirt import resources
from nova.virt.libvirt import suitability
from nova.virt.libvirt import vif
from nova.virt.libvirt.designer import inputs as design
from nova.virt.libvirt.storage import baseimages
from nova.virt.libvirt.storage import instancedir
from nova.virt.libvirt.storage import qemuimg

if TYPE_CHECKING:
    from nova.virt import driver


class Parts:
    """What a driver is made of.

    :param option: answers the value of an option (group, name).
    :param uri: where libvirt is.
    :param read_only: only look; nothing can be started or stopped.
    :param emit_event: is told what happens to guests.
    """

    def __init__(self, option: options.Lookup, uri: str, read_only: bool,
                 emit_event: 'driver.Listener') -> None:
        settings = _Settings(option)
        self.host = libvirt_host.Host(
            uri, read_only,
            conn_event_handler=availability.Availability(
                option('DEFAULT', 'host')).changed,
            lifecycle_event_handler=emit_event,
            guest_factory=self._make_guest, kinds=settings.guest_kinds(),
            file_backed_memory_mb=option('libvirt', 'file_backed_memory'))
        self.dirs = instancedir.InstanceDirs(option('DEFAULT', 'instances_path'))
        self.bases = baseimages.BaseImages(settings.base_images())
        self.image_cache = imagecache.ImageCacheManager(
            self.bases, self.dirs, settings.image_cache())
        self.disks = disks.InstanceDisks(
            self.dirs, self.bases, imagebackend.Backend(settings.image_backend()))
        guest_settings = settings.guest()
        self.firewall = firewall.NWFilterFirewall(self.host)
        self.dhcp_hosts = dhcp.DHCPHosts(self.host)
        vif_driver = vif.LibvirtGenericVIFDriver(self.host, guest_settings.interface)
        self.interfaces = interfaces.InstanceInterfaces(
            vif_driver, self.firewall, self.dhcp_hosts)
        self.host_networks = hostnetworks.HostNetworks(
            self.host, vif_driver.has_bridge, uri)
        self.hotplug = hotplug.Hotplug(
            self.host, self.interfaces,
            options.from_options(hotplug.HotplugSettings, option))
        self.systems = guestsystems.GuestSystems(
            osdatabase.OSDatabase(), guest_settings.virt_type)
        self.lifecycle = lifecycle.Lifecycle(
            self.host, self.disks, self.interfaces,
            hostfacts.CachedHostFacts(self.host, guest_settings), self.systems,
            settings.lifecycle(guest_settings))
        self.console_logs = console.ConsoleLogs(self.dirs)
        self.resources = resources.HostResources(
            self.host, self.dirs, settings.resources())
        self.suitability = suitability.Suitability(
            self.host, uri, option('libvirt', 'virt_type'))
        self.device_names = devicenames.DeviceNames(
            option('libvirt', 'virt_type'), self.systems, settings.block_info())

    def _make_guest(self, domain: Any) -> libvirt_guest.Guest:
        return libvirt_guest.Guest(domain, self.host)


class _Settings:
    """The settings of each part, from the options that they come from."""

    def __init__(self, option: options.Lookup) -> None:
        self._option = option

    def _libvirt(self, name: str) -> Any:
        return self._option('libvirt', name)

    def _default(self, name: str) -> Any:
        return self._option('DEFAULT', name)

    def guest(self) -> design.Settings:
        product = design.ProductSettings(
            version.vendor_string(), version.product_string(),
            version.version_string_with_package())
        return options.from_options(design.Settings, self._option, product=product)

    def guest_kinds(self) -> capabilities.GuestKinds:
        chosen = (entry.partition('=')
                  for entry in self._libvirt('hw_machine_type') or ())
        return capabilities.GuestKinds(
            virt_type=self._libvirt('virt_type'),
            machine_types={arch.strip(): machine
                           for arch, _equals, machine in chosen})

    def lifecycle(self, guest: design.Settings) -> lifecycle.LifecycleSettings:
        return lifecycle.LifecycleSettings(
            guest=guest, block_info=self.block_info(),
            soft_reboot_timeout_s=self._libvirt('wait_soft_reboot_seconds'))

    def block_info(self) -> blockinfo.BlockInfoSettings:
        return blockinfo.BlockInfoSettings(
            disk_prefix=self._libvirt('disk_prefix'),
            max_disk_devices=self._option('compute', 'max_disk_devices_to_attach'),
            machine_types=tuple(self._libvirt('hw_machine_type') or ()),
            host_arch=platform.machine(),
            config_drive_format=self._default('config_drive_format'),
            force_config_drive=self._default('force_config_drive'))

    def resources(self) -> resources.ResourceSettings:
        return resources.ResourceSettings(
            shared_set=self._option('compute', 'cpu_shared_set'),
            dedicated_set=self._option('compute', 'cpu_dedicated_set'),
            vcpu_pin_set=self._default('vcpu_pin_set'),
            reserved_pages=resources.reserved_pages(
                self._default('reserved_huge_pages')))

    def _limits(self) -> qemuimg.Limits:
        return qemuimg.Limits(self._libvirt('images_cpu_time_limit'),
                              self._libvirt('images_address_space_limit'))

    def base_images(self) -> baseimages.BaseImageSettings:
        instances_path = self._default('instances_path')
        return baseimages.BaseImageSettings(
            directory=os.path.join(
                instances_path, self._option('image_cache', 'subdirectory_name')),
            lock_path=os.path.join(instances_path, 'locks'),
            force_raw=self._default('force_raw_images'), limits=self._limits())

    def image_backend(self) -> imagebackend.ImageBackendSettings:
        return imagebackend.ImageBackendSettings(
            images_type=self._libvirt('images_type'),
            use_cow_images=self._default('use_cow_images'),
            preallocate=self._default('preallocate_images') == 'space',
            limits=self._limits())

    def image_cache(self) -> imagecache.ImageCacheSettings:
        return imagecache.ImageCacheSettings(
            remove_unused=self._option('image_cache', 'remove_unused_base_images'),
            minimum_age_s=self._option(
                'image_cache', 'remove_unused_original_minimum_age_seconds'))
