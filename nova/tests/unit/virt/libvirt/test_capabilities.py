# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import fixtures
import libvirt

from nova import exception
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.unit import base
from nova.virt.libvirt import capabilities
from nova.virt.libvirt import config
from nova.virt.libvirt import support


class CapabilitiesTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.machine = self.fake.machine
        self.conn = self.fake.open('qemu:///system')
        self.caps = self.make()

    def make(self, **kinds):
        return capabilities.Capabilities(
            lambda: self.conn, capabilities.GuestKinds(**kinds))

    def asked(self, method):
        return self.fake.faults.count(method)


class HostTestCase(CapabilitiesTestCase):
    def test_host_is_asked_once(self):
        self.assertIs(self.caps.get_host(), self.caps.get_host())
        self.assertEqual(1, self.asked('getCapabilities'))

    def test_host_is_asked_again_when_told_to_forget(self):
        self.caps.get_host()
        self.caps.forget()
        self.caps.get_host()
        self.assertEqual(2, self.asked('getCapabilities'))

    def test_answer_to_what_was_asked_before_is_forgotten_too(self):
        for method, get in (('getCapabilities', self.caps.get_host),
                            ('getDomainCapabilities', self.caps.get_domains),
                            ('getLibVersion', self.caps.get_view)):
            self.useFixture(fixtures.MonkeyPatch(
                f'nova.tests.fixtures.libvirt.connection.FakeConnection.{method}',
                self.forgetting(method)))
            get()
            asked = len(self.forgot)
            get()
            self.assertGreater(len(self.forgot), asked, method)
            get()

    def forgetting(self, method):
        """Return a method during the first two calls of which all is forgotten."""
        answer = getattr(type(self.conn), method)
        self.forgot = []

        def call(conn, *args):
            self.forgot.append(method)
            if len(self.forgot) == 1:
                self.caps.forget()
            return answer(conn, *args)
        return call

    def test_features_of_the_cpu_model_are_expanded(self):
        names = {feature.name for feature in self.caps.get_host().host.cpu.features}
        self.assertEqual({'aes', 'avx2', 'sse4.2', 'apic', 'cmov', 'cx8', 'fpu', 'msr',
                          'sse', 'sse2'}, names)

    def test_cpu_that_libvirt_cannot_expand_keeps_its_features(self):
        self.fake.faults.fail('baselineCPU', libvirt.VIR_ERR_NO_SUPPORT)
        names = {feature.name for feature in self.caps.get_host().host.cpu.features}
        self.assertEqual({'aes', 'avx2', 'sse4.2'}, names)

    def test_cpu_without_a_model_is_not_expanded(self):
        for cpu in ('', '<cpu><arch>x86_64</arch></cpu>'):
            self.useFixture(fixtures.MonkeyPatch(
                'nova.tests.fixtures.libvirt.connection.FakeConnection.getCapabilities',
                lambda _conn, cpu=cpu:
                f'<capabilities><host>{cpu}</host></capabilities>'))
            self.caps.forget()
            self.caps.get_host()
        self.assertEqual(0, self.asked('baselineCPU'))

    def test_baseline_is_expanded_where_it_is_to_be(self):
        cpu = config.LibvirtConfigCPU(arch='x86_64', model='EPYC')
        cpu.add_feature(config.LibvirtConfigCPUFeature('aes'))
        self.assertEqual(
            [{'aes'}, {'aes', 'apic', 'cmov', 'cx8', 'fpu', 'msr', 'sse', 'sse2'}],
            [{feature.name for feature in found.features} for found in (
                self.caps.get_baseline_cpu([cpu]),
                self.caps.get_baseline_cpu([cpu], expanded=True))])

    def test_connection_lost_while_expanding_caches_nothing(self):
        self.fake.faults.fail('baselineCPU', libvirt.VIR_ERR_INTERNAL_ERROR,
                              domain=libvirt.VIR_FROM_RPC)
        self.assertRaises(libvirt.libvirtError, self.caps.get_host)
        self.caps.get_host()
        self.assertEqual(2, self.asked('getCapabilities'))

    def test_alias_stands_for_a_version(self):
        canonical = self.caps.get_canonical_machine_type
        self.assertEqual('pc-q35-7.2', canonical('x86_64', 'q35'))
        self.assertEqual('pc-q35-7.2', canonical('x86_64', 'pc-q35-7.2'))
        self.assertEqual('virt-7.2', canonical('aarch64', 'virt'))

    def test_unknown_machine_type_is_named(self):
        error = self.assertRaises(exception.InternalError,
                                  self.caps.get_canonical_machine_type, 'i686', 'virt')
        self.assertIn('virt for i686', str(error))


class DomainsTestCase(CapabilitiesTestCase):
    def test_every_architecture_with_its_usual_machine_types(self):
        found = {arch: set(machines) for arch, machines
                 in self.caps.get_domains().items()}
        self.assertEqual({'x86_64': {'pc', 'q35'}, 'i686': {'pc', 'q35'},
                          'aarch64': {'virt'}}, found)

    def test_domains_are_asked_once(self):
        self.caps.get_domains()
        asked = self.asked('getDomainCapabilities')
        self.caps.get_domains()
        self.assertEqual(asked, self.asked('getDomainCapabilities'))

    def test_what_guests_can_have_depends_on_the_machine_type(self):
        found = self.caps.get_domains()['x86_64']
        self.assertIn('ide', found['pc'].devices.disk.buses)
        self.assertNotIn('ide', found['q35'].devices.disk.buses)
        self.assertIn('virtio', found['q35'].devices.video.models)

    def test_configured_machine_type_is_asked_for_too(self):
        found = self.make(machine_types={'x86_64': 'pc-q35-7.2'}).get_domains()
        self.assertEqual({'pc', 'q35', 'pc-q35-7.2'}, set(found['x86_64']))

    def test_architecture_without_accelerator_is_absent(self):
        self.machine.kvm = True
        self.assertEqual({'x86_64'}, set(self.make(virt_type='kvm').get_domains()))

    def test_connection_lost_meanwhile_is_not_taken_for_an_answer(self):
        self.caps.get_host()
        self.fake.faults.fail('getDomainCapabilities', libvirt.VIR_ERR_SYSTEM_ERROR,
                              domain=libvirt.VIR_FROM_RPC, nth=2)
        self.assertRaises(libvirt.libvirtError, self.caps.get_domains)
        self.assertEqual(3, len(self.caps.get_domains()))

    def test_passing_failure_is_not_taken_for_an_answer(self):
        self.fake.faults.fail('getDomainCapabilities', libvirt.VIR_ERR_SYSTEM_ERROR)
        self.assertRaises(libvirt.libvirtError, self.caps.get_domains)
        self.assertEqual(3, len(self.caps.get_domains()))

    def test_what_libvirt_refuses_for_good_is_absent(self):
        self.fake.faults.fail('getDomainCapabilities', libvirt.VIR_ERR_INVALID_ARG)
        self.fake.faults.fail('getDomainCapabilities',
                              libvirt.VIR_ERR_CONFIG_UNSUPPORTED, nth=2)
        found = self.caps.get_domains()
        self.assertEqual(3, sum(len(machines) for machines in found.values()))

    def test_other_architecture_has_the_hypervisors_own_machine_type(self):
        self.assertEqual((None,), capabilities.GuestKinds().of_arch('mips'))


class SupportsTestCase(CapabilitiesTestCase):
    def holding(self):
        self.caps.forget()
        return {name for name in support.PREDICATES if self.caps.holds(name)}

    def test_firmware_and_tpm_that_are_there(self):
        wanted = {'supports_uefi', 'supports_secure_boot', 'supports_vtpm'}
        self.assertLessEqual(wanted, self.holding())
        self.assertEqual(['tpm-crb', 'tpm-tis'], self.caps.tpm_models)
        self.assertEqual(['1.2', '2.0'], self.caps.tpm_versions)

    def test_firmware_and_tpm_that_are_not(self):
        self.machine.uefi = self.machine.vtpm = False
        unwanted = {'supports_uefi', 'supports_secure_boot', 'supports_vtpm'}
        self.assertFalse(unwanted & self.holding())
        self.assertEqual([], self.caps.tpm_models)

    def test_firmware_that_starts_anything(self):
        self.machine.secure_boot = False
        self.assertIn('supports_uefi', self.holding())
        self.assertNotIn('supports_secure_boot', self.holding())

    def test_other_architectures_do_not_count(self):
        self.machine.arch = 'i686'
        self.assertNotIn('supports_uefi', self.holding())

    def test_hyperthreading_is_more_than_one_thread_per_core(self):
        self.assertNotIn('has_hyperthreading', self.holding())
        self.machine.threads_per_core = 2
        self.assertIn('has_hyperthreading', self.holding())

    def test_real_time_needs_the_processors_help(self):
        self.assertNotIn('supports_realtime', self.holding())
        self.machine.kvm = True
        self.assertIn('supports_realtime', self.holding())

    def test_versions_are_read_once(self):
        self.holding()
        asked = self.asked('getLibVersion')
        self.caps.holds('supports_packed_rings')
        self.assertEqual(asked, self.asked('getLibVersion'))

    def test_files_are_read_from_the_host(self):
        files = {'/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io'}
        caps = capabilities.Capabilities(
            lambda: self.conn, capabilities.GuestKinds(), files.get)
        self.assertTrue(caps.holds('has_cpu_controller'))


class CPUTestCase(CapabilitiesTestCase):
    def test_baseline(self):
        cpu = config.LibvirtConfigCPU(arch='x86_64', model='Haswell')
        cpu.add_feature(config.LibvirtConfigCPUFeature('aes'))
        found = self.caps.get_baseline_cpu([cpu], expanded=True)
        self.assertEqual('Haswell', found.model)
        self.assertIn('aes', {feature.name for feature in found.features})

    def test_guests_of_the_kind_of_interest_are_compared_with(self):
        kinds = []
        self.conn.compareHypervisorCPU = lambda *args: kinds.append(args[3]) or 1
        self.make(virt_type='qemu').compare_hypervisor_cpu('<cpu/>', 0)
        self.assertEqual(['qemu'], kinds)


class ReadOnlyTestCase(CapabilitiesTestCase):
    """Domain capabilities are for who may write."""

    def setUp(self):
        super().setUp()
        self.conn = self.fake.open('qemu:///system', flags=libvirt.VIR_CONNECT_RO)
        self.caps = capabilities.Capabilities(
            lambda: self.conn, capabilities.GuestKinds(), read=lambda path: None)

    def test_who_may_only_read_learns_what_others_documents_say(self):
        self.assertTrue(self.caps.holds('supports_packed_rings'))
        for name in ('supports_hugepages', 'has_hyperthreading', 'supports_amd_sev'):
            self.caps.holds(name)
        self.assertEqual(0, self.asked('getDomainCapabilities'))

    def test_only_who_needs_them_asks(self):
        error = self.assertRaises(libvirt.libvirtError, self.caps.holds,
                                  'supports_uefi')
        self.assertEqual(libvirt.VIR_ERR_OPERATION_DENIED, error.get_error_code())
