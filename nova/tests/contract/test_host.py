# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Host, over each back end: what others have of libvirt."""

import types
import uuid

import libvirt

from nova import exception
from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.fixtures.libvirt import waiting
from nova.virt import event as virtevent
from nova.virt.libvirt import capabilities
from nova.virt.libvirt import host as libvirt_host


class HostContract(base.BackendTestCase):
    """What Host does, whatever is behind it."""

    def setUp(self):
        super().setUp()
        self.told = []
        self.connected = []
        self.host = libvirt_host.Host(
            self.backend.uri, opener=self.opener,
            conn_event_handler=lambda *args: self.connected.append(args),
            lifecycle_event_handler=self.note,
            kinds=capabilities.GuestKinds(self.backend.virt_type))
        self.host.initialize()
        self.addCleanup(self.host.cleanup)

    def note(self, event):
        if event.get_instance_uuid() == self.uuid:
            self.told.append(event.get_transition())

    def wait_for_last(self, transition):
        waiting.wait_for(lambda: self.told[-1:] == [transition],
                         f'{transition}: {self.told}')

    def test_listener_hears_of_the_connection(self):
        waiting.wait_for(lambda: self.connected == [(True, None)], str(self.connected))

    def test_missing_guest_is_named(self):
        instance = types.SimpleNamespace(uuid=str(uuid.uuid4()))
        error = self.assertRaises(exception.InstanceNotFound, self.host.get_guest,
                                  instance)
        self.assertIn(instance.uuid, str(error))

    def test_guest_is_found_once_defined(self):
        self.host.write_instance_config(self.xml)
        found = self.host.get_guest(types.SimpleNamespace(uuid=self.uuid))
        self.assertEqual(self.name, found.name())

    def test_bad_definition_is_an_internal_error(self):
        self.assertRaises(exception.InternalError, self.host.write_instance_config,
                          '<domain')

    def test_lists_tell_running_guests_from_all(self):
        domain = self.host.write_instance_config(self.xml)

        def names(**kwargs):
            return [each.name() for each in self.host.list_guests(**kwargs)]
        self.assertNotIn(self.name, names())
        self.assertIn(self.name, names(only_running=False))
        domain.create()
        self.assertIn(self.name, names())

    def test_events_come_in_order(self):
        domain = self.host.write_instance_config(self.xml)
        domain.create()
        self.wait_for_last(virtevent.EVENT_LIFECYCLE_STARTED)
        domain.suspend()
        self.wait_for_last(virtevent.EVENT_LIFECYCLE_PAUSED)
        domain.resume()
        self.wait_for_last(virtevent.EVENT_LIFECYCLE_RESUMED)
        domain.destroy()
        self.wait_for_last(virtevent.EVENT_LIFECYCLE_STOPPED)
        expected = [virtevent.EVENT_LIFECYCLE_STARTED, virtevent.EVENT_LIFECYCLE_PAUSED,
                    virtevent.EVENT_LIFECYCLE_RESUMED,
                    virtevent.EVENT_LIFECYCLE_STOPPED]
        if backends.REPORTS_RESUME not in self.backend.lacks:
            expected.insert(0, virtevent.EVENT_LIFECYCLE_RESUMED)
        self.assertEqual(expected, self.told)

    def test_used_cpus_are_those_of_running_guests(self):
        before = self.host.get_vcpu_used()
        domain = self.host.write_instance_config(self.xml)
        domain.create()
        after = self.host.get_vcpu_used()
        if self.backend.uri == backends.SYSTEM.uri:
            self.assertGreater(after, 0)  # others' guests come and go
        else:
            self.assertEqual(before + 2, after)

    def test_memory_in_use_is_less_than_all(self):
        self.need_calls('getMemoryStats')
        total_mb, used_mb = self.host.get_memory_mb()
        self.assertEqual(self.host.get_memory_mb_total(), total_mb)
        self.assertLess(0, used_mb)
        self.assertLess(used_mb, total_mb)

    def test_cpus_that_run_are_some_of_all(self):
        self.assertTrue(self.host.get_online_cpus())
        self.assertTrue(self.host.get_online_cpus() <= self.host.get_available_cpus())
        self.assertEqual(len(self.host.get_online_cpus()), self.host.get_vcpu_total())

    def test_cpu_time_is_told_by_kind(self):
        stats = self.host.get_cpu_stats()
        self.assertEqual({'kernel', 'user', 'idle', 'iowait', 'frequency'}, set(stats))

    def test_names_and_versions(self):
        self.assertTrue(self.host.get_hostname())
        self.assertTrue(self.host.get_hypervisor_type())
        self.assertGreater(self.host.get_lib_version(), 1_000_000)
        self.assertTrue(self.host.has_min_version(lv_ver=1_000_000))
        self.assertFalse(self.host.has_min_version(lv_ver=999_000_000))
        self.assertFalse(self.host.has_min_version(hv_type='nothing'))

    def test_capabilities_name_an_architecture(self):
        caps = self.host.get_capabilities()
        self.assertTrue(caps.host.cpu.arch)
        self.assertIs(caps, self.host.get_capabilities())
        self.assertEqual(caps.host.cpu.arch, self.host.get_cpu_info()['arch'])

    def test_domain_capabilities_go_by_machine_type(self):
        self.need_calls('getDomainCapabilities')
        found = self.host.get_domain_capabilities()['x86_64']
        self.assertEqual({'pc', 'q35'}, set(found))
        self.assertIn('virtio', found['q35'].devices.disk.buses)
        self.assertNotIn('ide', found['q35'].devices.disk.buses)

    def test_alias_stands_for_a_versioned_machine_type(self):
        self.need_calls('getDomainCapabilities')
        versioned = self.host.get_canonical_machine_type('x86_64', 'q35')
        self.assertTrue(versioned.startswith('pc-q35-'), versioned)
        self.assertEqual(
            versioned, self.host.get_canonical_machine_type('x86_64', versioned))
        self.assertRaises(exception.InternalError,
                          self.host.get_canonical_machine_type, 'x86_64', 'none')

    def test_nothing_is_possible_after_cleanup(self):
        self.host.cleanup()
        self.assertRaises(exception.HypervisorUnavailable, self.host.get_hostname)

    def test_saved_handle_still_reports_missing_domain(self):
        domain = self.host.write_instance_config(self.xml)
        domain.undefine()
        self.assertRaises(libvirt.libvirtError, domain.state, 0)


class TestHostOnFake(HostContract, base.OnFake):
    pass


class TestHostOnTestDriver(HostContract, base.OnTestDriver):
    pass


class TestHostOnQemu(HostContract, base.OnQemu):
    def test_memory_is_what_the_kernel_tells(self):
        with open('/proc/meminfo', encoding='ascii') as file:
            told_kb = {line.split(':')[0]: int(line.split()[1]) for line in file}
        free_kb = sum(told_kb[name] for name in ('MemFree', 'Buffers', 'Cached'))
        total_mb, used_mb = self.host.get_memory_mb()
        self.assertEqual(told_kb['MemTotal'] // 1024, total_mb)
        # Others take and give back some meanwhile.
        self.assertAlmostEqual(total_mb - free_kb // 1024, used_mb, delta=total_mb / 10)


del HostContract
