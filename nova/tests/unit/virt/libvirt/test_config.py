# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Whole documents, as libvirt takes and gives them."""

import inspect
import subprocess
import sys

import testtools

from nova import exception
from nova.tests.unit.virt.libvirt.schema import facts
from nova.virt.libvirt import config

UUID = '6ce9ba9b-7c1b-4d67-9f0c-0a1b2c3d4e5f'
IMAGE = '155d900f-4e14-4e4c-a73d-069cbf4541e6'
FOLDER = f'$INSTANCES_PATH/{UUID}'


def _metadata():
    meta = config.LibvirtConfigGuestMetaNovaInstance()
    meta.package = '34.0.0'
    meta.name = 'vm1'
    meta.creationTime = 1760000000.0
    meta.flavor = config.LibvirtConfigGuestMetaNovaFlavor(
        name='m1.small', id='2', memory=2048, disk=20, swap=0, ephemeral=0, vcpus=2)
    meta.flavor.extra_specs = config.LibvirtConfigGuestMetaNovaFlavorExtraSpecs()
    meta.image = config.LibvirtConfigGuestMetaImage(uuid=IMAGE)
    meta.image.image_meta = {'container_format': 'bare', 'disk_format': 'qcow2',
                             'min_disk': '20', 'min_ram': 0}
    meta.owner = config.LibvirtConfigGuestMetaNovaOwner(
        userid='9f8e7d6c5b4a39281706f5e4d3c2b1a0', username='alice',
        projectid='3b9a0e7c5d1f4a2b8c6d7e8f9a0b1c2d', projectname='demo')
    meta.roottype = 'image'
    meta.rootid = IMAGE
    address = config.LibvirtConfigGuestMetaNovaIp('fixed', '10.0.1.11', '4')
    meta.ports = config.LibvirtConfigGuestMetaNovaPorts(
        [config.LibvirtConfigGuestMetaNovaPort('1a2b3c01-aaaa-4bbb-8ccc-000000000001',
                                               [address])])
    return meta


def _disk():
    return config.LibvirtConfigGuestDisk(
        driver_name='qemu', driver_format='qcow2', driver_cache='none',
        source_path=f'{FOLDER}/disk', target_dev='vda', target_bus='virtio')


def _interface(driver_name):
    return config.LibvirtConfigGuestInterface(
        net_type='ethernet', mac_addr='fa:16:3e:00:00:01', model='virtio',
        driver_name=driver_name, mtu=1450, target_dev='tap1a2b3c01-aa')


def _timers():
    return [config.LibvirtConfigGuestTimer(name='pit', tickpolicy='delay'),
            config.LibvirtConfigGuestTimer(name='rtc', tickpolicy='catchup'),
            config.LibvirtConfigGuestTimer(name='hpet', present=False)]


def _guest(virt_type, timers, driver_name):
    guest = config.LibvirtConfigGuest()
    guest.virt_type = virt_type
    guest.uuid = UUID
    guest.name = 'instance-0000002a'
    guest.memory = 2048 * 1024
    guest.vcpus = 2
    guest.metadata.append(_metadata())
    guest.sysinfo = config.LibvirtConfigGuestSysinfo(
        system_manufacturer='OpenStack Foundation', system_product='OpenStack Nova',
        system_version='34.0.0', system_serial=UUID, system_uuid=UUID,
        system_family='Virtual Machine')
    guest.os_type = 'hvm'
    guest.os_arch = 'x86_64'
    guest.os_mach_type = 'pc'
    guest.os_boot_dev = ['hd']
    guest.os_smbios = config.LibvirtConfigGuestSMBIOS()
    guest.add_feature(config.LibvirtConfigGuestFeatureACPI())
    guest.add_feature(config.LibvirtConfigGuestFeatureAPIC())
    guest.add_feature(config.LibvirtConfigGuestFeatureVMCoreInfo())
    guest.iothreads = 1
    guest.set_clock(config.LibvirtConfigGuestClock(timers=timers))
    guest.cpu = config.LibvirtConfigGuestCPU(mode='host-model', sockets=2, cores=1,
                                             threads=1)
    guest.add_device(_disk())
    guest.add_device(_interface(driver_name))
    _add_peripherals(guest)
    return guest


def _add_peripherals(guest):
    log = config.LibvirtConfigGuestCharDeviceLog(file=f'{FOLDER}/console.log')
    guest.add_device(config.LibvirtConfigGuestSerial(log=log))
    guest.add_device(config.LibvirtConfigGuestGraphics(listen='127.0.0.1'))
    guest.add_device(config.LibvirtConfigGuestVideo())
    guest.add_device(config.LibvirtConfigGuestInput())
    guest.add_device(config.LibvirtConfigGuestRng(backend='/dev/urandom'))
    guest.add_device(config.LibvirtConfigGuestUSBHostController(index=0))
    guest.add_device(config.LibvirtConfigMemoryBalloon(model='virtio', period=10))


class WrittenDocumentsTestCase(testtools.TestCase):
    """Objects made by hand, against the documents that Nova makes."""

    def _writes(self, xml, obj):
        self.assertEqual(facts.facts(xml), facts.facts(obj.to_xml()))

    def test_a_guest_under_kvm(self):
        self._writes(facts.document('base-kvm-defaults'),
                     _guest('kvm', _timers(), None))

    def test_a_guest_under_qemu(self):
        self._writes(facts.document('base-qemu-defaults'), _guest('qemu', [], 'qemu'))

    def test_a_guest_of_which_nothing_is_known(self):
        self._writes('<domain><uuid/><name/><memory>524288000</memory><vcpu>1</vcpu>'
                     '<os><type/></os></domain>', config.LibvirtConfigGuest())

    def test_tuning(self):
        tune = config.LibvirtConfigGuestCPUTune(shares=1024, quota=10000, period=20000)
        tune.vcpupin = [config.LibvirtConfigGuestCPUTuneVCPUPin(id=0, cpuset={1, 2, 3})]
        tune.emulatorpin = config.LibvirtConfigGuestCPUTuneEmulatorPin(cpuset={1, 2})
        tune.vcpusched = [config.LibvirtConfigGuestCPUTuneVCPUSched(
            vcpus={0}, scheduler='fifo', priority=1)]
        self._writes(
            '<cputune><shares>1024</shares><period>20000</period><quota>10000</quota>'
            '<vcpupin vcpu="0" cpuset="1-3"/><emulatorpin cpuset="1-2"/>'
            '<vcpusched vcpus="0" scheduler="fifo" priority="1"/></cputune>', tune)

    def test_limits_of_memory_have_their_unit(self):
        self._writes('<memtune><hard_limit unit="KiB">6</hard_limit></memtune>',
                     config.LibvirtConfigGuestMemoryTune(hard_limit=6))

    def test_room_for_more_memory(self):
        guest = config.LibvirtConfigGuest(max_memory_size=4096, max_memory_slots=16)
        self.assertIn('<maxMemory slots="16">4096</maxMemory>', guest.to_xml())

    def test_backing_of_memory(self):
        backing = config.LibvirtConfigGuestMemoryBacking(
            sharedpages=False, locked=True, filesource=True, sharedaccess=True,
            allocateimmediate=True, discard=True)
        backing.hugepages.append(config.LibvirtConfigGuestMemoryBackingPage(
            size_kb=2048, nodeset={0}))
        self._writes(
            '<memoryBacking><hugepages><page size="2048" unit="KiB" nodeset="0"/>'
            '</hugepages><nosharepages/><locked/><source type="file"/>'
            '<access mode="shared"/><allocation mode="immediate"/><discard/>'
            '</memoryBacking>', backing)

    def test_enlightenments(self):
        hyperv = config.LibvirtConfigGuestFeatureHyperV()
        self._writes('<hyperv/>', hyperv)
        hyperv.relaxed = hyperv.spinlocks = hyperv.vendorid_spoof = True
        hyperv.spinlock_retries = 8191
        self._writes(
            '<hyperv><relaxed state="on"/><spinlocks state="on" retries="8191"/>'
            '<vendor_id state="on" value="1234567890ab"/></hyperv>', hyperv)
        hyperv.relaxed = hyperv.spinlocks = hyperv.vendorid_spoof = False
        self._writes('<hyperv/>', hyperv)

    def test_a_disk_in_a_cluster(self):
        disk = config.LibvirtConfigGuestDisk(
            source_type='network', source_protocol='rbd', source_name='pool/image',
            source_hosts=['192.0.2.1', '2001:db8::2'], source_ports=['6789', None],
            auth_username='cinder', auth_secret_type='ceph', auth_secret_uuid=UUID,
            target_dev='vdb', target_bus='virtio', disk_total_iops_sec='500')
        disk.device_addr = config.LibvirtConfigGuestDeviceAddressDrive(
            controller=0, unit=1)
        self._writes(
            '<disk type="network" device="disk">'
            '<source protocol="rbd" name="pool/image">'
            '<host name="192.0.2.1" port="6789"/><host name="2001:db8::2"/></source>'
            f'<auth username="cinder"><secret type="ceph" uuid="{UUID}"/></auth>'
            '<target dev="vdb" bus="virtio"/>'
            '<iotune><total_iops_sec>500</total_iops_sec></iotune>'
            '<address type="drive" controller="0" unit="1"/></disk>', disk)

    def test_an_interface_on_a_virtual_function(self):
        nic = config.LibvirtConfigGuestInterface(
            net_type='hostdev', source_dev='0000:81:00.1', vlan=100,
            mac_addr='fa:16:3e:00:00:01', vporttype='802.1Qbh')
        nic.add_vport_param('profileid', 'prof1')
        self._writes(
            '<interface type="hostdev" managed="yes">'
            '<mac address="fa:16:3e:00:00:01"/>'
            '<source><address type="pci" domain="0x0000" bus="0x81" slot="0x00" '
            'function="0x1"/></source><vlan><tag id="100"/></vlan>'
            '<virtualport type="802.1Qbh"><parameters profileid="prof1"/></virtualport>'
            '</interface>', nic)

    def test_an_interface_behind_a_socket(self):
        nic = config.LibvirtConfigGuestInterface(
            net_type='vhostuser', vhostuser_type='unix', vhostuser_mode='server',
            vhostuser_path='/run/vhu', driver_name='vhost', vhost_queues=4)
        nic.filtername = 'nova-filter'
        nic.add_filter_param('IP', '10.0.0.1')
        self._writes(
            '<interface type="vhostuser"><driver queues="4"/>'
            '<source type="unix" mode="server" path="/run/vhu"/>'
            '<filterref filter="nova-filter"><parameter name="IP" value="10.0.0.1"/>'
            '</filterref></interface>', nic)

    def test_host_devices(self):
        self._writes(
            '<hostdev mode="subsystem" type="pci" managed="yes"><source>'
            '<address domain="0x0000" bus="0x0a" slot="0x00" function="0x1"/></source>'
            '</hostdev>', config.LibvirtConfigGuestHostdevPCI(
                domain='0000', bus='0a', slot='00', function='1'))
        self._writes(
            '<hostdev mode="subsystem" type="mdev" managed="no" model="vfio-pci">'
            f'<source><address uuid="{UUID}"/></source></hostdev>',
            config.LibvirtConfigGuestHostdevMDEV(uuid=UUID))

    def test_character_devices(self):
        self._writes(
            '<channel type="unix"><source mode="bind" path="/run/agent"/>'
            '<target type="virtio" name="org.qemu.guest_agent.0"/></channel>',
            config.LibvirtConfigGuestChannel(type='unix', source_path='/run/agent',
                                             target_name='org.qemu.guest_agent.0'))
        self._writes(
            '<console type="tcp"><source mode="bind" host="127.0.0.1" service="10000"/>'
            '<target type="sclp"/></console>',
            config.LibvirtConfigGuestConsole(type='tcp', listen_host='127.0.0.1',
                                             listen_port=10000, target_type='sclp'))

    def test_filesystems(self):
        self._writes(
            '<filesystem type="mount"><source dir="/rootfs"/><target dir="/"/>'
            '</filesystem>', config.LibvirtConfigGuestFilesys(source_dir='/rootfs'))
        self._writes(
            '<filesystem type="file"><driver type="ploop" format="qcow2"/>'
            '<source file="/disk"/><target dir="/"/></filesystem>',
            config.LibvirtConfigGuestFilesys(source_type='file', source_file='/disk',
                                             driver_type='ploop',
                                             driver_format='qcow2'))

    def test_secrets(self):
        self._writes(
            '<secret ephemeral="no" private="yes"><usage type="volume">'
            '<volume>vol-1</volume></usage></secret>',
            config.LibvirtConfigSecret(private=True, usage_type='volume',
                                       usage_id='vol-1'))

    def test_what_protects_a_launch(self):
        self._writes('<launchSecurity type="sev"><policy>0x0033</policy>'
                     '</launchSecurity>', config.LibvirtConfigGuestSEVLaunchSecurity())
        self._writes('<launchSecurity type="tdx"><quoteGenerationService/>'
                     '</launchSecurity>', config.LibvirtConfigGuestTDXLaunchSecurity())

    def test_topology_counts_its_members(self):
        cell = config.LibvirtConfigCapsNUMACell(id=0, memory=8)
        cell.cpus.append(config.LibvirtConfigCapsNUMACPU(id=0, siblings={0}))
        self._writes(
            '<topology><cells num="1"><cell id="0"><memory unit="KiB">8</memory>'
            '<cpus num="1"><cpu id="0" siblings="0"/></cpus></cell></cells></topology>',
            config.LibvirtConfigCapsNUMATopology(cells=[cell]))


class ReadDocumentsTestCase(testtools.TestCase):
    """Documents that are read lose nothing and keep their order."""

    ROOTS = {'capabilities': config.LibvirtConfigCaps,
             'domain-capabilities': config.LibvirtConfigDomainCaps}

    def _read(self, name):
        obj = self.ROOTS.get(name, config.LibvirtConfigGuest)()
        obj.parse_str(facts.document(name))
        return obj

    def test_every_document_survives(self):
        for path in sorted(facts.DOCUMENTS.glob('*.xml')):
            with self.subTest(path.stem):
                obj = self._read(path.stem)
                self.assertEqual(facts.canonical(path.read_text()),
                                 facts.canonical(obj.to_xml()))

    def test_what_nova_makes_is_declared(self):
        for name in ('base-kvm-defaults', 'base-full-mix-2', 'sev-flavor',
                     'vol-lun-passthrough', 'virt-lxc-idmaps', 'perf-events'):
            self.assertEqual([], self._read(name).undeclared(), name)

    def test_a_running_domain(self):
        guest = self._read('running-domain')
        self.assertEqual((2 ** 20, 2, 'qemu64'),
                         (guest.memory, guest.vcpus, guest.cpu.model))
        self.assertEqual(['hd', 'cdrom'], guest.os_boot_dev)
        self.assertIs(False, guest.os_bootmenu)
        hyperv, = (each for each in guest.features
                   if isinstance(each, config.LibvirtConfigGuestFeatureHyperV))
        self.assertEqual((True, False, False),
                         (hyperv.relaxed, hyperv.vapic, hyperv.spinlocks))
        disk, cdrom = guest.devices_of(config.LibvirtConfigGuestDisk)
        self.assertEqual('0000:03:00.0', disk.device_addr.format_address())
        self.assertEqual('/var/lib/nova/_base/x', disk.backing_store.source_file)
        self.assertIsNone(disk.backing_store.backing_store.source_type)
        self.assertEqual(('cdrom', ['192.0.2.1', None], [None, '/run/ceph']),
                         (cdrom.source_device, cdrom.source_hosts,
                          cdrom.source_sockets))
        nic, _udp = guest.devices_of(config.LibvirtConfigGuestInterface)
        self.assertEqual('0000:81:00.1', nic.source_dev)

    def test_a_running_domain_changed_in_one_place(self):
        xml = facts.document('running-domain')
        guest = self._read('running-domain')
        guest.devices_of(config.LibvirtConfigGuestDisk)[0].source_path = '/new'
        changed = xml.replace('/var/lib/nova/disk', '/new')
        self.assertEqual(facts.canonical(changed), facts.canonical(guest.to_xml()))

    def test_capabilities(self):
        caps = self._read('capabilities')
        self.assertEqual(('x86_64', 'Haswell-noTSX', {'vmx', 'ss'}),
                         (caps.host.cpu.arch, caps.host.cpu.model,
                          {feature.name for feature in caps.host.cpu.features}))
        first, second = caps.host.topology.cells
        self.assertEqual((4048280, 4096 * 1024), (first.memory, second.memory))
        self.assertEqual([(4, 1012070), (2048, 0)],
                         [(pages.size, pages.total) for pages in first.mempages])
        self.assertEqual({0, 1}, first.cpus[0].siblings)

    def test_capabilities_of_guests(self):
        guest, = self._read('capabilities').guests
        self.assertEqual(('x86_64', 'hvm'), (guest.arch, guest.ostype))
        self.assertEqual(['qemu', 'kvm'], list(guest.domains))
        self.assertEqual('/usr/bin/qemu-system-x86_64', guest.domains['qemu'].emulator)
        kvm = guest.domains['kvm']
        self.assertEqual('/usr/bin/kvm', kvm.emulator)
        self.assertEqual({'pc': 'pc-i440fx-7.2'}, kvm.aliases)
        self.assertEqual({'pc-i440fx-7.2': {'maxCpus': 255},
                          'pc-q35-7.2': {'maxCpus': 288}}, kvm.machines)

    def test_capabilities_of_domains(self):
        caps = self._read('domain-capabilities')
        self.assertIs(True, caps.os.loader_supported)
        self.assertEqual('efi' in caps.os.firmware_types,
                         caps.os.uefi_autoconfig_supported)
        self.assertIn('virtio', caps.devices.disk.buses)
        self.assertIn('vga', caps.devices.video.models)
        self.assertIsNotNone(caps.devices.tpm)
        self.assertEqual('pc-q35-7.2', caps.machine_type)

    def test_node_devices(self):
        device = config.LibvirtConfigNodeDevice()
        device.parse_str(
            '<device><name>pci_0000_0a_00_0</name><parent>computer</parent>'
            '<capability type="pci"><domain>0</domain><bus>10</bus><slot>0</slot>'
            '<function>0</function><product id="0x10fb">NIC</product>'
            '<capability type="virt_functions" maxCount="2">'
            '<address domain="0x0000" bus="0x0a" slot="0x10" function="0x1"/>'
            '</capability><capability type="mdev_types"><type id="nvidia-11">'
            '<name>GRID</name><availableInstances>16</availableInstances></type>'
            '</capability></capability></device>')
        pci = device.pci_capability
        self.assertEqual('0000:0a:00.0', pci.pci_address())
        self.assertEqual([(0, 10, 16, 1)], pci.fun_capability[0].device_addrs)
        self.assertEqual([{'type': 'nvidia-11', 'name': 'GRID',
                           'availableInstances': 16}],
                         pci.mdev_capability[0].mdev_types)
        self.assertIsNone(device.mdev_information)

    def test_a_number_that_is_none(self):
        guest = config.LibvirtConfigGuest()
        error = self.assertRaises(exception.InvalidInput, guest.parse_str,
                                  '<domain><vcpu>many</vcpu></domain>')
        self.assertIn('LibvirtConfigGuest.vcpus', str(error))
        self.assertIn('many', str(error))


class ModuleTestCase(testtools.TestCase):

    def test_every_class_is_named_once(self):
        for name in config.__all__:
            self.assertTrue(inspect.isclass(getattr(config, name)), name)
        self.assertEqual(sorted(set(config.__all__)), config.__all__)

    def test_features_of_a_cpu_have_one_policy_each(self):
        cpu = config.LibvirtConfigGuestCPU()
        cpu.add_feature(config.LibvirtConfigGuestCPUFeature('pcid'))
        cpu.add_feature(config.LibvirtConfigGuestCPUFeature('pcid', policy='disable'))
        feature, = cpu.features
        self.assertEqual('require', feature.policy)

    def test_importing_it_loads_neither_options_nor_libvirt(self):
        code = ('import sys, nova.virt.libvirt.config\n'
                'print(" ".join(sys.modules))')
        loaded = subprocess.run([sys.executable, '-c', code], check=True, text=True,
                                capture_output=True).stdout.split()
        self.assertIn('nova.virt.libvirt.schema.domain', loaded)
        heavy = {'nova.conf', 'libvirt', 'eventlet', 'nova.virt.driver', 'nova.objects',
                 'nova.virt.libvirt.driver', 'nova.virt.libvirt.host'}
        self.assertEqual(set(), heavy.intersection(loaded))
        self.assertLess(len(loaded), 250)
