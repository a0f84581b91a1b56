# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Recorded scenarios, as the objects that a guest is described from.

A scenario is a JSON document: the configuration, what the host can do, and the
instance with all that belongs to it.  Its host may be given in full or, in a
folder that keeps each host once, by the name of a file in ``hosts/``.
"""

from collections.abc import Iterator
import dataclasses
import datetime
import functools
import json
import pathlib
from typing import Any

from nova import objects
from nova.network import model as network_model
from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import hostfacts
from nova.virt.libvirt import support
from nova.virt.libvirt.designer import inputs as design

Json = dict[str, Any]

INSTANCES_PLACEHOLDER = '$INSTANCES_PATH'


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One guest that was asked for.

    :param instances_path: where its files are taken to be.
    """

    data: Json
    instances_path: str

    @property
    def name(self) -> str:
        """Name of the scenario, which is that of its file."""
        return str(self.data['name'])

    @property
    def domain_name(self) -> str:
        """Name of the domain, which follows from the configuration."""
        template = self.data['config'].get('DEFAULT', {}).get(
            'instance_name_template', 'instance-%08x')
        instance = self.data['instance']
        is_by_id = '%(' not in template
        return str(template % (instance['id'] if is_by_id else instance))

    def option(self, group: str, name: str) -> Any:
        """Return a configured value; LookupError where the default holds."""
        if name == 'instances_path':
            return self.instances_path
        return self.data['config'][group][name]

    @functools.cached_property
    def settings(self) -> design.Settings:
        """What the operator decided."""
        version = self.data['nova_version']
        product = design.ProductSettings(
            version['vendor'], version['product'], version['package_version'])
        return design.from_options(design.Settings, self.option, product=product)

    @functools.cached_property
    def host_facts(self) -> design.HostFacts:
        """What the host can do."""
        host = self.data['host']
        caps = vconfig.LibvirtConfigCaps()
        caps.parse_str(host['capabilities_xml'])
        files = host['files']
        return design.HostFacts(
            arch=host['arch'], caps=caps, domain_caps=self._domain_caps(),
            cpus=design.HostCPUs(
                online=frozenset(host['online_cpus']),
                model_names={k: tuple(v) for k, v in host['cpu_model_names'].items()},
                model_features={
                    k: frozenset(v) for k, v in host['baseline_cpu'].items()},
                has_controller=support.has_cpu_controller(
                    files.get('/sys/fs/cgroup/cgroup.controllers'),
                    files.get('/proc/self/mounts'))),
            versions=design.HostVersions(
                libvirt=host['libvirt_version'], qemu=host['qemu_version'],
                kernel_release=host['kernel_release']),
            memory_encryption=support.encryption_models(support.View(
                host['libvirt_version'], host['qemu_version'], caps,
                self._guests, files.get)),
            perf_events=hostfacts.perf_events(host['libvirt_perf_params']),
            present_paths=frozenset(files),
            supports_direct_io=host['supports_direct_io'],
            machine_id=(files['/etc/machine-id'] or '').strip()
            if '/etc/machine-id' in files else None)

    def _guests(self) -> tuple[vconfig.LibvirtConfigDomainCaps, ...]:
        return tuple(guest for machines in self._domain_caps().values()
                     for guest in machines.values())

    def _domain_caps(self) -> dict[str, dict[str, vconfig.LibvirtConfigDomainCaps]]:
        found: dict[str, dict[str, vconfig.LibvirtConfigDomainCaps]] = {}
        for key, xml in self.data['host']['domain_capabilities'].items():
            arch, machine, virt_type = key.split('/')
            if virt_type != self.settings.virt_type:
                continue
            caps = vconfig.LibvirtConfigDomainCaps()
            caps.parse_str(xml)
            found.setdefault(arch, {})[machine] = caps
        return found

    @functools.cached_property
    def flavor(self) -> 'objects.Flavor':
        """The flavor."""
        return objects.Flavor(**self.data['flavor'])

    @functools.cached_property
    def instance(self) -> 'objects.Instance':
        """The instance."""
        data = self.data['instance']
        plain = ('id', 'uuid', 'project_id', 'user_id', 'display_name', 'hostname',
                 'image_ref', 'kernel_id', 'ramdisk_id', 'os_type', 'architecture',
                 'vm_mode', 'root_device_name', 'config_drive', 'metadata',
                 'system_metadata', 'ephemeral_key_uuid')
        instance = objects.Instance(**{name: data[name] for name in plain})
        instance.flavor = self.flavor
        instance.numa_topology = _numa_topology(data['numa_topology'])
        instance.resources = objects.ResourceList(objects=[
            _resource(resource) for resource in data['resources']])
        instance.pci_devices = objects.PciDeviceList(objects=[
            objects.PciDevice(**device) for device in data['pci_devices']])
        instance.pci_requests = objects.InstancePCIRequests(requests=[
            objects.InstancePCIRequest(**request) for request in data['pci_requests']])
        return instance

    @functools.cached_property
    def image_meta(self) -> 'objects.ImageMeta':
        """The image that the guest is described by."""
        if self.rescue is not None and not blockinfo.is_stable_rescue(
                self.rescue.image_meta):
            return self.rescue.image_meta
        return objects.ImageMeta.from_dict(self.data['image_meta'])

    @functools.cached_property
    def rescue(self) -> design.Rescue | None:
        """What it is rescued with."""
        if self.data['rescue'] is None:
            return None
        options = self.data['config'].get('libvirt', {})
        return design.Rescue(
            objects.ImageMeta.from_dict(self.data['rescue']['image_meta']),
            options.get('rescue_kernel_id'), options.get('rescue_ramdisk_id'))

    def disk_info(self) -> Json:
        """Map the disks."""
        config = self.data['config']
        settings = blockinfo.BlockInfoSettings(
            disk_prefix=config.get('libvirt', {}).get('disk_prefix'),
            max_disk_devices=config.get('compute', {}).get(
                'max_disk_devices_to_attach', -1),
            machine_types=self.settings.machine.machine_types,
            host_arch=self.data['host']['arch'],
            config_drive_format=config.get('DEFAULT', {}).get(
                'config_drive_format', 'iso9660'),
            force_config_drive=config.get('DEFAULT', {}).get(
                'force_config_drive', False))
        return blockinfo.get_disk_info(
            self.settings.virt_type, self.instance, self.image_meta,
            self.data['block_device_info'], rescue=self.rescue is not None,
            rescue_image_meta=self.rescue and self.rescue.image_meta,
            settings=settings)

    def inputs(self, disk_info: Json | None = None) -> design.GuestInputs:
        """Return all that was asked for.

        :param disk_info: what disk_info() has returned.
        """
        return design.GuestInputs(
            name=self.domain_name, instance=self.instance, flavor=self.flavor,
            image_meta=self.image_meta, disk_info=disk_info or self.disk_info(),
            allotted=self._allotted(),
            network_info=network_model.NetworkInfo.hydrate(self.data['network_info']),
            block_device_info=self.data['block_device_info'], rescue=self.rescue,
            assigned=design.AssignedDevices(
                mdevs=tuple(self.data['mdevs']),
                accelerators=tuple(self.data['accel_info']),
                shares=tuple(self.data['share_info'])),
            found=self._found())

    def _found(self) -> design.Found:
        host = self.data['host']
        prefix = f'{self.instance.uuid}_'
        return design.Found(
            netdevs={address: names['ifname']
                     for address, names in host['sriov'].items()},
            vdpa_paths=_vdpa_paths(host['node_devices']),
            volume_secrets={secret['usage_id']: secret['uuid']
                            for secret in host['secrets']
                            if secret['usage_type'] == 'volume'},
            ceph_monitors=tuple((monitor['host'], monitor['port'])
                                for monitor in host['ceph_mons']),
            rbd_images=frozenset(name.removeprefix(prefix)
                                 for name in host['rbd_images']),
            local_files=frozenset(self.data['instance_files']))

    def _allotted(self) -> design.Allotted:
        created = datetime.datetime.fromtimestamp(
            self.data['creation_time'], datetime.UTC)
        recorded = json.loads(self.data['instance_files'].get('disk.info', '{}'))
        existing = None
        if self.data['existing_domain_xml']:
            existing = vconfig.LibvirtConfigGuest()
            existing.parse_str(self.data['existing_domain_xml'])
        return design.Allotted(
            creation_time=created, serial_ports=tuple(range(10000, 65536)),
            existing_domain=existing,
            existing_files=frozenset(self.data['host']['files']),
            disk_formats={
                path.replace(INSTANCES_PLACEHOLDER, self.instances_path): kind
                for path, kind in recorded.items()})


def _vdpa_paths(descriptions: list[str]) -> dict[str, str]:
    """Return the character device of each vDPA by the address of its function."""
    devices = {}
    for xml in descriptions:
        device = vconfig.LibvirtConfigNodeDevice()
        device.parse_str(xml)
        devices[device.name] = device
    vdpas = (device for device in devices.values() if device.vdpa_capability)
    return {str(devices[vdpa.parent].pci_capability.pci_address()):
            vdpa.vdpa_capability.dev_path for vdpa in vdpas if vdpa.parent in devices}


def _numa_topology(data: Json | None) -> 'objects.InstanceNUMATopology | None':
    if data is None:
        return None
    return objects.InstanceNUMATopology(
        emulator_threads_policy=data['emulator_threads_policy'],
        cells=[_numa_cell(cell) for cell in data['cells']])


def _resource(data: Json) -> 'objects.Resource':
    metadata = data['metadata']
    return objects.Resource(
        resource_class=data['resource_class'], identifier=data['identifier'],
        metadata=metadata and objects.LibvirtVPMEMDevice(**metadata))


def _numa_cell(data: Json) -> 'objects.InstanceNUMACell':
    pinning, reserved = data['cpu_pinning'], data['cpuset_reserved']
    plain = ('id', 'memory', 'pagesize', 'cpu_policy', 'cpu_thread_policy')
    cell = objects.InstanceNUMACell(
        cpuset=set(data['cpuset']), pcpuset=set(data['pcpuset']),
        cpuset_reserved=None if reserved is None else set(reserved),
        **{name: data[name] for name in plain})
    cell.cpu_pinning = pinning and {int(k): v for k, v in pinning.items()}
    cell.cpu_topology = data['cpu_topology'] and objects.VirtCPUTopology(
        **data['cpu_topology'])
    return cell


def load(path: pathlib.Path, instances_path: str) -> Scenario:
    """Read one scenario."""
    data = json.loads(path.read_text(encoding='utf-8'))
    if isinstance(data['host'], str):
        data['host'] = _host(path.parent.parent / 'hosts' / f'{data["host"]}.json')
    return Scenario(data, instances_path)


@functools.cache
def _host(path: pathlib.Path) -> Json:
    host: Json = json.loads(path.read_text(encoding='utf-8'))
    return host


def paths(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield the files of the scenarios in a folder."""
    yield from sorted((folder / 'scenarios').glob('*.json'))
