# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import subprocess
import sys
import threading
import types
import uuid

import fixtures
import libvirt

from nova import exception
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.fixtures.libvirt import waiting
from nova.tests.unit import base
from nova.virt import event as virtevent
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import guestsizes
from nova.virt.libvirt import host as libvirt_host

UUID = '12345678-1234-4234-8234-123456789abc'
XML = """<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid>
<memory unit='MiB'>{memory_mb}</memory><vcpu>{vcpus}</vcpu>
<os><type>hvm</type></os></domain>"""


class HostTestCase(base.TestCase):
    machine = None

    def setUp(self):
        super().setUp()
        self.fake = self.useFixture(fakelibvirt.FakeLibvirt(self.machine))
        self.told = []
        self.connected = []
        self.host = self.make_host()

    def make_host(self, **kwargs):
        host = libvirt_host.Host(
            'qemu:///system', opener=self.fake.open,
            conn_event_handler=lambda *args: self.connected.append(args),
            lifecycle_event_handler=lambda event: self.told.append(event.transition),
            **kwargs)
        self.addCleanup(host.cleanup)
        return host

    def define(self, name='one', uuid=UUID, memory_mb=64, vcpus=1):
        return self.host.write_instance_config(XML.format(
            name=name, uuid=uuid, memory_mb=memory_mb, vcpus=vcpus))

    def break_call(self, method, code=libvirt.VIR_ERR_INTERNAL_ERROR,
                   domain=libvirt.VIR_FROM_RPC):
        self.fake.faults.fail(method, code, domain=domain)


class LifeTestCase(HostTestCase):
    def test_initialize_connects(self):
        self.host.initialize()
        self.assertEqual(1, self.fake.faults.count('openAuth'))
        waiting.wait_for(lambda: self.connected == [(True, None)], 'the news')

    def test_initializing_again_changes_nothing(self):
        self.host.initialize()
        self.host.initialize()
        self.assertEqual(1, self.fake.faults.count('openAuth'))

    def test_first_call_initializes(self):
        self.assertEqual('fake-host', self.host.get_hostname())
        waiting.wait_for(lambda: self.connected == [(True, None)], 'the news')

    def test_without_libvirt_nothing_is_left_running(self):
        self.fake.stop_daemon()
        before = threading.active_count()
        self.assertRaises(exception.HypervisorUnavailable, self.host.initialize)
        waiting.wait_for(lambda: threading.active_count() <= before, 'the threads')

    def test_it_can_be_initialized_once_libvirt_runs(self):
        self.fake.stop_daemon()
        self.assertRaises(exception.HypervisorUnavailable, self.host.initialize)
        self.fake.start_daemon()
        self.host.initialize()
        self.define().create()
        waiting.wait_for(lambda: len(self.told) == 2, 'events')

    def test_connection_that_comes_after_a_failed_start_is_told_to_the_next(self):
        release = self.fake.faults.hang('openAuth')
        self.host._connection._open_timeout_s = 0.05
        self.assertRaises(exception.HypervisorUnavailable, self.host.initialize)
        release.set()
        waiting.wait_for(lambda: self.host._connection._link, 'the late connection')
        self.host.initialize()
        self.host.initialize()
        waiting.wait_for(lambda: self.connected == [(True, None)], 'the news')
        waiting.wait_for(lambda: self.host._events._has_states, 'the first look')
        self.assertEqual(1, self.fake.faults.count('openAuth'))
        self.define().create()
        waiting.wait_for(lambda: len(self.told) == 2, 'events')

    def test_cleanup_ends_everything(self):
        before = threading.active_count()
        self.host.initialize()
        self.host.cleanup()
        self.assertRaises(exception.HypervisorUnavailable, self.host.get_hostname)
        waiting.wait_for(lambda: threading.active_count() <= before, 'the threads')

    def test_cleanup_of_what_was_never_used(self):
        self.host.cleanup()
        self.host.cleanup()

    def test_openers_default_is_libvirts(self):
        host = libvirt_host.Host('qemu:///system')
        self.addCleanup(host.cleanup)
        self.assertEqual('fake-host', host.get_hostname())

    def test_no_other_module_of_the_driver_is_needed(self):
        code = ('import sys, nova.virt.libvirt.host as h\n'
                'bad = [m for m in ("guest", "designer", "driver")'
                ' if f"nova.virt.libvirt.{m}" in sys.modules]\n'
                'sys.exit(str(bad) if bad else 0)')
        done = subprocess.run([sys.executable, '-c', code], capture_output=True,
                              text=True, timeout=120)
        self.assertEqual((0, ''), (done.returncode, done.stderr))


class ReconnectTestCase(HostTestCase):
    def test_daemon_that_comes_back_is_connected_again(self):
        self.host.initialize()
        self.fake.stop_daemon()
        waiting.wait_for(lambda: (False, 'libvirt closed the connection')
                         in self.connected, f'{self.connected}')
        self.assertRaises(exception.HypervisorUnavailable, self.host.get_hostname)
        self.fake.start_daemon()
        waiting.wait_for(lambda: self.connected[-1:] == [(True, None)], 'the return')
        self.assertEqual('fake-host', self.host.get_hostname())

    def test_events_go_on_without_doubles(self):
        domain = self.define()
        waiting.wait_for(lambda: self.host._events._has_states, 'the first look')
        for _ in range(3):
            self.fake.lose_connections()
            waiting.wait_for(lambda: self.connected[-1:] == [(True, None)],
                             'the return')
            self.host.get_connection()
        for _ in range(2):
            self.fake.hypervisor.start(domain.UUIDString())
            self.fake.hypervisor.stop(domain.UUIDString())
        stopped = virtevent.EVENT_LIFECYCLE_STOPPED
        waiting.wait_for(lambda: self.told.count(stopped) == 2, f'{self.told}')
        started = virtevent.EVENT_LIFECYCLE_STARTED
        self.assertEqual([started, stopped] * 2,
                         [each for each in self.told if each in (started, stopped)])

    def test_guest_that_stopped_meanwhile_is_told_of(self):
        domain = self.define()
        domain.create()
        waiting.wait_for(lambda: len(self.told) == 2, 'the start')
        self.fake.stop_daemon()
        self.fake.hypervisor.guest_shuts_down(UUID)
        self.fake.start_daemon()
        waiting.wait_for(
            lambda: self.told[2:] == [virtevent.EVENT_LIFECYCLE_STOPPED], 'the stop')

    def test_capabilities_are_asked_again(self):
        self.host.get_capabilities()
        self.fake.lose_connections()
        self.fake.machine.cpu_model = 'Haswell'
        self.host.get_connection()
        self.assertEqual('Haswell', self.host.get_capabilities().host.cpu.model)

    def test_error_of_the_link_ends_the_connection(self):
        first = self.host.get_connection()
        self.break_call('getHostname')
        self.assertRaises(exception.HypervisorUnavailable, self.host.get_hostname)
        self.assertIsNot(first, self.host.get_connection())


class GuestTestCase(HostTestCase):
    def test_guests_are_made_by_the_factory(self):
        self.define()
        host = self.make_host(guest_factory=lambda domain: ('guest', domain.name()))
        instance = types.SimpleNamespace(uuid=UUID)
        self.assertEqual(('guest', 'one'), host.get_guest(instance))
        self.assertEqual([('guest', 'one')], host.list_guests(only_running=False))

    def test_missing_guest(self):
        instance = types.SimpleNamespace(uuid=str(uuid.uuid4()))
        error = self.assertRaises(exception.InstanceNotFound, self.host.get_guest,
                                  instance)
        self.assertIn(instance.uuid, str(error))

    def test_guest_cannot_be_told_missing_without_a_connection(self):
        self.host.initialize()
        self.fake.stop_daemon()
        self.assertRaises(exception.HypervisorUnavailable, self.host.get_guest,
                          types.SimpleNamespace(uuid=UUID))

    def test_lists_hold_running_guests_or_all(self):
        self.define().create()
        self.define('two', str(uuid.uuid4()))
        self.assertEqual(['one'], [each.name() for each in self.host.list_guests()])
        every = self.host.list_instance_domains(only_running=False)
        self.assertEqual(['one', 'two'], sorted(each.name() for each in every))

    def test_refused_definition_says_why(self):
        self.define()
        error = self.assertRaises(exception.InternalError, self.define, 'two')
        self.assertIn('already defined', str(error))


class StateTestCase(HostTestCase):
    def setUp(self):
        super().setUp()
        # What is asked for after a connection is made is asked for once, and by now.
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.eventqueue.SETTLING_S', (0.0,)))
        self.host.initialize()
        waiting.wait_for(lambda: self.host._events._has_states, 'the first look')

    def test_state_of_one_costs_one_round_trip_once_known(self):
        self.define().create()
        self.host.get_domain_state(UUID)
        before = len(self.fake.faults.calls)
        running = libvirt.VIR_DOMAIN_RUNNING
        self.assertEqual((running, 1), self.host.get_domain_state(UUID))
        self.assertEqual(['domainListGetStats'], self.fake.faults.calls[before:])

    def test_number_follows_the_domain(self):
        self.define().create()
        self.host.get_domain_state(UUID)
        self.fake.hypervisor.stop(UUID)
        self.assertEqual((libvirt.VIR_DOMAIN_SHUTOFF, -1),
                         self.host.get_domain_state(UUID))
        self.fake.hypervisor.start(UUID)
        self.assertEqual((libvirt.VIR_DOMAIN_RUNNING, 2),
                         self.host.get_domain_state(UUID))

    def test_guest_that_has_gone_is_missing(self):
        self.define()
        self.host.get_domain_state(UUID)
        self.fake.hypervisor.undefine(UUID, 0)
        for _ in range(2):
            error = self.assertRaises(exception.InstanceNotFound,
                                      self.host.get_domain_state, UUID)
            self.assertIn(UUID, str(error))

    def test_handles_do_not_outlive_the_connection(self):
        self.define()
        self.host.get_domain_state(UUID)
        self.fake.lose_connections()
        self.host.get_connection()
        self.assertEqual((libvirt.VIR_DOMAIN_SHUTOFF, -1),
                         self.host.get_domain_state(UUID))

    def test_all_states_cost_one_round_trip(self):
        self.define().create()
        other = str(uuid.uuid4())
        self.define('two', other)
        before = len(self.fake.faults.calls)
        self.assertEqual({UUID: (libvirt.VIR_DOMAIN_RUNNING, 1),
                          other: (libvirt.VIR_DOMAIN_SHUTOFF, -1)},
                         self.host.get_domain_states())
        self.assertEqual(['getAllDomainStats'], self.fake.faults.calls[before:])

    def test_statistics_by_guest(self):
        self.define(vcpus=2).create()
        self.define('two', str(uuid.uuid4()))
        self.assertEqual(2, len(self.host.get_domain_stats()))
        found = self.host.get_domain_stats(libvirt.VIR_DOMAIN_STATS_VCPU, True)
        self.assertEqual([2], [each['vcpu.current'] for each in found.values()])

    def test_names_of_all(self):
        self.define()
        self.assertEqual({UUID: 'one'}, self.host.list_guest_names())

    def test_xens_own_domain_is_no_guest(self):
        self.define().create()
        self.fake.hypervisor.find(UUID).domain_id = 0
        self.assertEqual([], self.host.list_guests())
        self.assertEqual(1, len(self.host.list_instance_domains(only_guests=False)))


class MachineTestCase(HostTestCase):
    machine = fakelibvirt.FakeMachine(
        numa_cells=2, cores_per_cell=4, memory_mb_per_cell=4096,
        offline_cpus=frozenset({7}))

    def start_guests(self):
        self.define(memory_mb=512, vcpus=2).create()
        self.define('two', str(uuid.uuid4()), 1024, 3).create()
        self.define('off', str(uuid.uuid4()), 2048, 8)

    def test_cpus(self):
        self.assertEqual(set(range(8)), self.host.get_available_cpus())
        self.assertEqual(set(range(7)), self.host.get_online_cpus())
        self.assertEqual(7, self.host.get_vcpu_total())

    def test_cpus_of_running_guests(self):
        self.assertEqual(0, self.host.get_vcpu_used())
        self.start_guests()
        self.assertEqual(5, self.host.get_vcpu_used())

    def test_counting_cpus_does_not_depend_on_the_number_of_guests(self):
        for number in range(guestsizes.RECHECKED + 3):
            self.define(f'guest-{number}', str(uuid.uuid4()), vcpus=2).create()
        self.host.get_vcpu_used()
        before = len(self.fake.faults.calls)
        self.host.get_vcpu_used()
        self.assertEqual(['listAllDomains'] + ['info'] * guestsizes.RECHECKED,
                         self.fake.faults.calls[before:])

    def test_guest_that_has_gone_since_it_was_listed_does_not_count(self):
        self.start_guests()
        self.fake.faults.fail('info', libvirt.VIR_ERR_NO_DOMAIN)
        self.assertIn(self.host.get_vcpu_used(), (2, 3))

    def test_memory(self):
        self.assertEqual(8192, self.host.get_memory_mb_total())
        # What is free, and what caches would give back, is not in use.
        self.assertEqual(8192 - 4096 - 1024, self.host.get_memory_mb_used())

    def test_memory_in_files_is_used_by_guests_alone(self):
        self.start_guests()
        host = self.make_host(file_backed_memory_mb=65536)
        self.assertEqual(65536, host.get_memory_mb_total())
        self.assertEqual(1536, host.get_memory_mb_used())

    def test_cpu_time_and_frequency(self):
        self.assertEqual(
            {'kernel': 5_664_160_000_000, 'user': 26_728_850_000_000,
             'idle': 1_592_705_190_000_000, 'iowait': 6_121_490_000_000,
             'frequency': 2600}, self.host.get_cpu_stats())

    def test_cpu_info(self):
        info = self.host.get_cpu_info()
        self.assertEqual(('x86_64', 'EPYC', 'AMD'),
                         (info['arch'], info['model'], info['vendor']))
        self.assertEqual({'cells': 2, 'sockets': 1, 'cores': 4, 'threads': 1},
                         info['topology'])
        self.assertEqual(['aes', 'apic', 'avx2', 'cmov', 'cx8', 'fpu', 'msr', 'sse',
                          'sse2', 'sse4.2'], info['features'])

    def test_hypervisor(self):
        self.assertEqual('QEMU', self.host.get_hypervisor_type())
        self.assertEqual('QEMU', self.host.get_driver_type())
        self.assertEqual(7_002_000, self.host.get_hypervisor_version())
        self.assertEqual(9_000_000, self.host.get_lib_version())
        self.assertEqual(self.machine.uuid, self.host.get_node_uuid())
        self.assertIn('EPYC', self.host.get_cpu_model_names())

    def test_versions(self):
        self.assertTrue(self.host.has_min_version(lv_ver=9_000_000))
        self.assertTrue(self.host.has_min_version((9, 0, 0), (7, 2, 0), 'QEMU'))
        self.assertFalse(self.host.has_min_version(hv_ver=(8, 0, 0)))
        self.assertTrue(self.host.has_version((9, 0, 0), (7, 2, 0), 'QEMU'))
        self.assertTrue(self.host.has_version())
        self.assertFalse(self.host.has_version(lv_ver=(8, 9, 0)))
        self.assertFalse(self.host.has_version(hv_type='Xen'))

    def test_comparison_of_cpus(self):
        cpu = vconfig.LibvirtConfigCPU(arch='x86_64', model='EPYC')
        superset = libvirt.VIR_CPU_COMPARE_SUPERSET
        self.assertEqual(superset, self.host.compare_cpu(cpu))
        self.assertEqual(superset, self.host.compare_cpu(cpu.to_xml()))
        self.assertEqual(superset, self.host.compare_hypervisor_cpu(cpu))
        cpu.add_feature(vconfig.LibvirtConfigCPUFeature('la57'))
        self.assertEqual(libvirt.VIR_CPU_COMPARE_INCOMPATIBLE,
                         self.host.compare_cpu(cpu))
        self.assertRaises(
            exception.InternalError, self.host.compare_cpu, cpu,
            libvirt.VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE)

    def test_encrypted_memory_is_not_for_everybody(self):
        self.assertEqual({}, self.host.get_mem_encryption_inventories())
        self.assertFalse(self.host.supports_mem_encryption)

    def test_nodes_of_the_machine(self):
        first, second = self.host.get_numa_topology()
        self.assertEqual((0, 1), (first.id, second.id))
        self.assertEqual(frozenset(range(4)), first.cpus)
        self.assertEqual({0: 10, 1: 20}, first.distances)
        self.assertEqual({4: 1024 * 1024, 2048: 0}, first.pages)
        self.assertEqual(4 * 1024 * 1024, second.memory_kb)
        self.assertEqual((0, 1), (first.socket, second.socket))
        self.assertEqual([{0}, {1}, {2}, {3}], sorted(map(set, first.siblings)))

    def test_predicates(self):
        self.assertTrue(self.host.supports_uefi)
        self.assertIn('UEFI', type(self.host).supports_uefi.__doc__)
        self.assertTrue(self.host.supports_secure_boot)
        self.assertTrue(self.host.supports_vtpm)
        self.assertFalse(self.host.has_hyperthreading)
        self.assertEqual(['1.2', '2.0'], self.host.tpm_versions)
        self.assertEqual(['tpm-crb', 'tpm-tis'], self.host.tpm_models)

    def test_name_that_changes_is_kept_until_a_restart(self):
        self.addCleanup(setattr, self.machine, 'hostname', self.machine.hostname)
        self.assertEqual('fake-host', self.host.get_hostname())
        self.machine.hostname = 'other'
        self.assertEqual('fake-host', self.host.get_hostname())
        self.assertIn('called other now', self.logs.output)
