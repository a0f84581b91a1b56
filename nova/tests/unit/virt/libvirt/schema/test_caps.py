# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from lxml import etree

from nova.tests.unit.virt.libvirt.schema import base
from nova.virt.libvirt import config

UUID = 'c7a5fdbd-cdaf-9455-926a-d65c16db1809'
GUEST = ('<guest><os_type>hvm</os_type><arch name="x86_64"><wordsize>64</wordsize>'
         '<emulator>/usr/bin/qemu-system-x86_64</emulator>'
         '<machine maxCpus="255" deprecated="yes">pc-i440fx-7.2</machine>'
         '<machine canonical="pc-i440fx-7.2" maxCpus="255">pc</machine>'
         '<domain type="qemu"/><domain type="kvm"><emulator>/usr/bin/kvm</emulator>'
         '<machine maxCpus="288">q35</machine></domain></arch></guest>')


class HostTestCase(base.DocumentTestCase):

    def _cell(self):
        return config.LibvirtConfigCapsNUMACell(
            id=0, memory=16175540,
            mempages=[config.LibvirtConfigCapsNUMAPages(size=4, total=4043885)],
            distance_ids=[0, 1], distance_values=[10, 21],
            caches=[config.LibvirtConfigGuestCPUNUMACache(
                level=1, associativity='direct', policy='writeback', size=10, line=8)],
            cpus=[config.LibvirtConfigCapsNUMACPU(
                id=0, socket_id=0, die_id=0, cluster_id=0, core_id=0, siblings={0, 4})])

    def _topology(self):
        return config.LibvirtConfigCapsNUMATopology(
            cells=[self._cell()],
            interconnects=[config.LibvirtConfigGuestCPUNUMALatency(
                               initiator=0, target=0, cache=1, type='access', value=5),
                           config.LibvirtConfigGuestCPUNUMABandwidth(
                               initiator=0, target=0, type='access', value=204800)])

    def test_numa_topology(self):
        topology = self._topology()
        # The constructor says how many there are.
        topology.cells_num = topology.cells[0].cpus_num = 1
        self.assert_document(
            '<topology><cells num="1"><cell id="0">'
            '<memory unit="KiB">16175540</memory>'
            '<pages size="4" unit="KiB">4043885</pages>'
            '<distances><sibling id="0" value="10"/><sibling id="1" value="21"/>'
            '</distances>'
            '<cache level="1" associativity="direct" policy="writeback">'
            '<size value="10" unit="KiB"/><line value="8" unit="B"/></cache>'
            '<cpus num="1"><cpu id="0" socket_id="0" die_id="0" cluster_id="0" '
            'core_id="0" siblings="0,4"/></cpus></cell></cells><interconnects>'
            '<latency initiator="0" target="0" cache="1" type="access" value="5"/>'
            '<bandwidth initiator="0" target="0" type="access" value="204800" '
            'unit="KiB"/></interconnects></topology>', topology)

    def test_cpu(self):
        cpu = config.LibvirtConfigCPU(
            arch='x86_64', pae=True, nonpae=True, vmx=True, svm=True, model='Haswell',
            vendor='Intel', microcode_version=45, signature_family=6,
            signature_model=94, signature_stepping=3,
            counters=[config.LibvirtConfigCPUCounter(
                name='tsc', frequency=2596991000, scaling=False)],
            sockets=1, dies=1, clusters=1, cores=8, threads=2,
            maxphysaddr=config.LibvirtConfigCPUMaxPhysAddr(mode='emulate', bits=39),
            page_sizes=[4, 2048])
        cpu.add_feature(config.LibvirtConfigCPUFeature('vme'))
        self.assert_document(
            '<cpu><arch>x86_64</arch><features><pae/><nonpae/><vmx/><svm/></features>'
            '<model>Haswell</model><vendor>Intel</vendor><microcode version="45"/>'
            '<signature family="6" model="94" stepping="3"/>'
            '<counter name="tsc" frequency="2596991000" scaling="no"/>'
            '<topology sockets="1" dies="1" clusters="1" cores="8" threads="2"/>'
            '<maxphysaddr mode="emulate" bits="39"/><feature name="vme"/>'
            '<pages size="4" unit="KiB"/><pages size="2048" unit="KiB"/></cpu>', cpu)

    def test_the_answer_to_a_baseline(self):
        cpu = config.LibvirtConfigCPU(mode='custom', match='exact', model='Westmere',
                                      model_fallback='forbid', vendor='Intel')
        self.assert_document(
            '<cpu mode="custom" match="exact"><model fallback="forbid">Westmere</model>'
            '<vendor>Intel</vendor></cpu>', cpu)

    def test_host(self):
        control = config.LibvirtConfigCapsCacheControl(
            granularity=768, min=1536, unit='KiB', type='both', max_allocs=4)
        bank = config.LibvirtConfigCapsCacheBank(
            id=0, level=3, type='both', size=15360, cpus=set(range(6)),
            controls=[control])
        monitor = config.LibvirtConfigCapsMonitor(
            level=3, reuse_threshold=270336, max_monitors=176,
            features=['llc_occupancy'])
        node = config.LibvirtConfigCapsBandwidthNode(
            id=0, cpus={0, 1}, controls=[config.LibvirtConfigCapsBandwidthControl(
                granularity=10, min=20, max_allocs=4)])
        secmodel = config.LibvirtConfigCapsSecModel(
            model='dac', doi='0', baselabels=['+107:+107', '+107:+108'],
            baselabel_types=['kvm', 'qemu'])
        obj = config.LibvirtConfigCapsHost(
            uuid=UUID, cpu=config.LibvirtConfigCPU(arch='x86_64'), suspend_mem=True,
            suspend_disk=True, suspend_hybrid=True, iommu_support=True,
            live_migration=True, migration_transports=['tcp', 'rdma'],
            cache_banks=[bank], cache_monitor=monitor, bandwidth_nodes=[node],
            bandwidth_monitor=config.LibvirtConfigCapsMonitor(
                max_monitors=176, features=['mbm_total_bytes']),
            secmodels=[secmodel])
        self.assert_document(
            f'<host><uuid>{UUID}</uuid><cpu><arch>x86_64</arch></cpu>'
            '<power_management><suspend_mem/><suspend_disk/><suspend_hybrid/>'
            '</power_management><iommu support="yes"/><migration_features><live/>'
            '<uri_transports><uri_transport>tcp</uri_transport>'
            '<uri_transport>rdma</uri_transport></uri_transports></migration_features>'
            '<cache><bank id="0" level="3" type="both" size="15360" unit="KiB" '
            'cpus="0-5"><control granularity="768" min="1536" unit="KiB" type="both" '
            'maxAllocs="4"/></bank><monitor level="3" reuseThreshold="270336" '
            'maxMonitors="176"><feature name="llc_occupancy"/></monitor></cache>'
            '<memory_bandwidth><node id="0" cpus="0-1">'
            '<control granularity="10" min="20" maxAllocs="4"/></node>'
            '<monitor maxMonitors="176"><feature name="mbm_total_bytes"/></monitor>'
            '</memory_bandwidth><secmodel><model>dac</model><doi>0</doi>'
            '<baselabel type="kvm">+107:+107</baselabel>'
            '<baselabel type="qemu">+107:+108</baselabel></secmodel></host>', obj)

    def test_a_host_that_can_not_suspend(self):
        obj = config.LibvirtConfigCapsHost()
        obj.parse_str('<host><power_management/></host>')
        self.assertIs(False, obj.suspend_mem)
        self.assertIn('<power_management/>', obj.to_xml())


class GuestTestCase(base.DocumentTestCase):

    def test_guest(self):
        kvm = config.LibvirtConfigCapsGuestDomain(
            domtype='kvm', emulator='/usr/bin/kvm', machines={'q35': {'maxCpus': 288}})
        default = config.LibvirtConfigCapsGuestDomain(
            emulator='/usr/bin/qemu-system-x86_64',
            machine_names=['pc-i440fx-7.2', 'pc'],
            machine_canonical=[None, 'pc-i440fx-7.2'], machine_max_cpus=[255, 255],
            machine_deprecated=[True])
        obj = config.LibvirtConfigCapsGuest(
            ostype='hvm', arch='x86_64', default_domain=default,
            domains={'qemu': config.LibvirtConfigCapsGuestDomain(domtype='qemu'),
                     'kvm': kvm})
        obj.arch_element.wordsize = 64
        self.assert_document(GUEST, obj)

    def test_what_a_domain_does_not_say_itself(self):
        obj = self.parsed(config.LibvirtConfigCapsGuest, GUEST)
        self.assertEqual(['qemu', 'kvm'], list(obj.domains))
        qemu = obj.domains['qemu']
        self.assertEqual('/usr/bin/qemu-system-x86_64', qemu.emulator)
        self.assertEqual({'pc-i440fx-7.2': {'maxCpus': 255}}, qemu.machines)
        self.assertEqual({'pc': 'pc-i440fx-7.2'}, qemu.aliases)
        self.assertEqual({'q35': {'maxCpus': 288}}, obj.domains['kvm'].machines)

    def test_an_architecture_by_itself(self):
        obj = self.parsed(config.LibvirtConfigCapsGuest, GUEST)
        other = config.LibvirtConfigCapsGuest(ostype='hvm')
        self.assertIsNone(other.default_domain)
        other.parse_arch(obj.format_arch())
        self.assertEqual(obj, other)

    def test_a_domain_piece_by_piece(self):
        element = etree.fromstring(GUEST).find('arch')
        domain = config.LibvirtConfigCapsGuestDomain()
        for child in element:
            domain.parse_child(child)
        self.assertEqual('/usr/bin/qemu-system-x86_64', domain.emulator)
        self.assertEqual({'pc': 'pc-i440fx-7.2'}, domain.aliases)
        domain.aliases = {}
        domain.parse_machine(etree.fromstring('<machine>q35</machine>'))
        self.assertEqual({'pc-i440fx-7.2': {'maxCpus': 255}, 'q35': {}},
                         domain.machines)
        domain.parse_domain(element.findall('domain')[1])
        self.assertEqual(('kvm', {'q35': {'maxCpus': 288}}),
                         (domain.domtype, domain.machines))

    def test_features(self):
        obj = config.LibvirtConfigCapsGuest(
            ostype='hvm', pae=True, nonpae=True, ia64_be=True, acpi_default=True,
            acpi_toggle=True, apic_default=True, apic_toggle=False, cpuselection=True,
            deviceboot=True, disksnapshot_default=True, disksnapshot_toggle=False,
            external_snapshot=True, hap_default=False, hap_toggle=True)
        self.assert_document(
            '<guest><os_type>hvm</os_type><features><pae/><nonpae/><ia64_be/>'
            '<acpi default="on" toggle="yes"/><apic default="on" toggle="no"/>'
            '<cpuselection/><deviceboot/><disksnapshot default="on" toggle="no"/>'
            '<externalSnapshot/><hap default="off" toggle="yes"/></features></guest>',
            obj)

    def test_all_of_it(self):
        self.assert_document(
            f'<capabilities><host><uuid>{UUID}</uuid></host>{GUEST}</capabilities>',
            config.LibvirtConfigCaps(
                host=config.LibvirtConfigCapsHost(uuid=UUID),
                guests=[self.parsed(config.LibvirtConfigCapsGuest, GUEST)]))
