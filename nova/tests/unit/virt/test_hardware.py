# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import itertools
import math

import hypothesis
from hypothesis import strategies as st

from nova import exception
from nova import objects
from nova.tests.unit import base
from nova.tests.unit.virt import builders
from nova.virt import hardware


class CPUSpecTestCase(base.TestCase):

    def test_parse(self) -> None:
        for spec, cpus in (
                ('1', {1}), ('1-3', {1, 2, 3}), (' 1 - 3 , 8', {1, 2, 3, 8}),
                ('0-5,^3', {0, 1, 2, 4, 5}), ('^3,0-5', {0, 1, 2, 4, 5}),
                ('0-7,^2-4', {0, 1, 5, 6, 7}), ('', set()), ('1,,2', {1, 2}),
                ('2-2', {2})):
            self.assertEqual(cpus, hardware.parse_cpu_spec(spec), spec)

    def test_parse_refuses(self) -> None:
        for spec in ('a', '-1', '1-', '3-1', '1-2-3', '^', '1.5', '1 2', '0x1'):
            error = self.assertRaises(
                exception.Invalid, hardware.parse_cpu_spec, spec)
            self.assertIn(repr(spec), str(error))

    def test_format(self) -> None:
        for cpus, spec in (({1}, '1'), ({3, 1, 2}, '1-3'), ({1, 2}, '1-2'),
                           ({0, 2, 3, 9}, '0,2-3,9'), (set(), '')):
            self.assertEqual(spec, hardware.format_cpu_spec(cpus))

    def test_format_without_ranges(self) -> None:
        self.assertEqual('0,1,2,9', hardware.format_cpu_spec(
            {9, 2, 1, 0}, allow_ranges=False))

    def test_what_is_formatted_parses_to_the_same(self) -> None:
        for size in range(6):
            for cpus in itertools.combinations(range(6), size):
                for ranges in (True, False):
                    spec = hardware.format_cpu_spec(cpus, allow_ranges=ranges)
                    self.assertEqual(set(cpus), hardware.parse_cpu_spec(spec))


class CPUTopologyTestCase(base.TestCase):

    def topology(self, vcpus: int, extra_specs: dict[str, str] | None = None,
                 allow_threads: bool = True, **properties: int) -> list[int]:
        best = hardware.get_best_cpu_topology(
            builders.flavor(extra_specs, vcpus=vcpus), builders.image(**properties),
            allow_threads)
        return [best.sockets, best.cores, best.threads]

    def test_prefers_sockets(self) -> None:
        self.assertEqual([6, 1, 1], self.topology(6))

    def test_then_cores(self) -> None:
        self.assertEqual([1, 6, 1], self.topology(6, {'hw:cpu_max_sockets': '1'}))

    def test_then_threads(self) -> None:
        self.assertEqual([2, 2, 2], self.topology(
            8, {'hw:cpu_max_sockets': '2', 'hw:cpu_max_cores': '2'}))

    def test_flavor_preference(self) -> None:
        self.assertEqual([2, 2, 2], self.topology(
            8, {'hw:cpu_sockets': '2', 'hw:cpu_cores': '2', 'hw:cpu_threads': '2'}))

    def test_image_preference_replaces_that_of_the_flavor(self) -> None:
        self.assertEqual([4, 2, 1], self.topology(
            8, {'hw:cpu_sockets': '2'}, hw_cpu_sockets=4))

    def test_preference_that_does_not_divide_is_dropped(self) -> None:
        self.assertEqual([5, 1, 1], self.topology(5, {'hw:cpu_cores': '2'}))

    def test_image_lowers_a_limit_below_the_preference_of_the_flavor(self) -> None:
        self.assertEqual([2, 4, 1], self.topology(
            8, {'hw:cpu_sockets': '4'}, hw_cpu_max_sockets=2))

    def test_no_threads_to_show(self) -> None:
        self.assertEqual([1, 8, 1], self.topology(
            8, {'hw:cpu_sockets': '1', 'hw:cpu_threads': '2'}, allow_threads=False))

    def test_image_raises_a_limit(self) -> None:
        error = self.assertRaises(
            exception.ImageVCPULimitsRangeExceeded, self.topology, 8,
            {'hw:cpu_max_cores': '2'}, hw_cpu_max_cores=4)
        self.assertEqual(4, error.kwargs['image_cores'])
        self.assertEqual(2, error.kwargs['flavor_cores'])

    def test_image_prefers_more_than_the_limit(self) -> None:
        error = self.assertRaises(
            exception.ImageVCPUTopologyRangeExceeded, self.topology, 8,
            {'hw:cpu_max_sockets': '1'}, hw_cpu_sockets=2)
        self.assertEqual(2, error.kwargs['image_sockets'])
        self.assertEqual(1, error.kwargs['max_sockets'])

    def test_limits_too_low(self) -> None:
        specs = {'hw:cpu_max_sockets': '1', 'hw:cpu_max_cores': '1',
                 'hw:cpu_max_threads': '1'}
        error = self.assertRaises(
            exception.ImageVCPULimitsRangeImpossible, self.topology, 8, specs)
        self.assertEqual(8, error.kwargs['vcpus'])

    def test_every_topology_has_all_cpus_within_the_limits(self) -> None:
        limits = {'hw:cpu_max_sockets': '4', 'hw:cpu_max_cores': '8',
                  'hw:cpu_max_threads': '2'}
        for vcpus in (1, 2, 3, 4, 6, 7, 12, 16, 24, 64):
            sockets, cores, threads = self.topology(vcpus, limits)
            self.assertEqual(vcpus, sockets * cores * threads)
            self.assertTrue(sockets <= 4 and cores <= 8 and threads <= 2)


class PlacedCPUTopologyTestCase(base.TestCase):
    """Whatever a guest was placed on, it gets all of its CPUs within the limits."""

    def topology(self, vcpus: int, specs: dict[str, str], threads: int) -> list[int]:
        cell = objects.InstanceNUMACell(
            id=0, cpuset=set(), pcpuset=set(range(vcpus)), memory=512,
            cpu_topology=objects.VirtCPUTopology(
                sockets=1, cores=vcpus // threads, threads=threads))
        best = hardware.get_best_cpu_topology(
            builders.flavor(specs, vcpus=vcpus), builders.image(),
            numa_topology=objects.InstanceNUMATopology(cells=[cell]))
        return [best.sockets, best.cores, best.threads]

    def test_fewer_threads_than_any_topology_has(self) -> None:
        self.assertEqual([1, 2, 2], self.topology(
            4, {'hw:cpu_max_sockets': '1', 'hw:cpu_max_cores': '2'}, 1))

    @hypothesis.given(st.integers(1, 24), st.tuples(*[st.integers(1, 8)] * 3),
                      st.sampled_from([1, 2, 4]))
    def test_all_cpus_within_the_limits(
            self, vcpus: int, limits: tuple[int, int, int], threads: int) -> None:
        names = ('sockets', 'cores', 'threads')
        specs = {f'hw:cpu_max_{name}': str(limit)
                 for name, limit in zip(names, limits, strict=True)}
        possible = [parts for parts in itertools.product(
            *(range(1, limit + 1) for limit in limits)) if math.prod(parts) == vcpus]
        if not possible:
            self.assertRaises(exception.ImageVCPULimitsRangeImpossible,
                              self.topology, vcpus, specs, threads)
            return
        found = self.topology(vcpus, specs, threads)

        self.assertIn(tuple(found), possible)
        allowed = [parts[2] for parts in possible if parts[2] <= threads]
        if allowed:
            self.assertEqual(max(allowed), found[2])


class ConstraintTestCase(base.TestCase):

    def test_pmu(self) -> None:
        for spec, prop, expected in (
                (None, None, None), ('true', None, True), (None, 'no', False),
                ('on', 'true', True), ('0', 'False', False)):
            flavor = builders.flavor({'hw:pmu': spec} if spec else None)
            image = builders.image(**({'hw_pmu': prop} if prop else {}))
            self.assertEqual(expected, hardware.get_pmu_constraint(flavor, image))

    def test_pmu_conflict(self) -> None:
        error = self.assertRaises(
            exception.FlavorImageConflict, hardware.get_pmu_constraint,
            builders.flavor({'hw:pmu': 'true'}), builders.image(hw_pmu='false'))
        self.assertIn('pmu', str(error))

    def test_one_cpu_needs_one_queue(self) -> None:
        specs = {'hw:vif_multiqueue_enabled': 'true'}
        image = builders.image()

        self.assertFalse(hardware.get_vif_multiqueue_constraint(
            builders.flavor(specs, vcpus=1), image))
        self.assertTrue(hardware.get_vif_multiqueue_constraint(
            builders.flavor(specs, vcpus=2), image))

    def test_secure_boot(self) -> None:
        for spec, prop, expected in (
                (None, None, None), ('required', None, 'required'),
                (None, 'optional', 'optional'), ('required', 'optional', 'required'),
                ('disabled', 'disabled', 'disabled')):
            flavor = builders.flavor({'os:secure_boot': spec} if spec else None)
            image = builders.image(**({'os_secure_boot': prop} if prop else {}))
            self.assertEqual(
                expected, hardware.get_secure_boot_constraint(flavor, image))

    def test_secure_boot_conflict(self) -> None:
        self.assertRaises(
            exception.FlavorImageConflict, hardware.get_secure_boot_constraint,
            builders.flavor({'os:secure_boot': 'required'}),
            builders.image(os_secure_boot='disabled'))

    def test_stateless_firmware_is_a_matter_of_uefi(self) -> None:
        for firmware, expected in (('uefi', True), ('bios', None)):
            image = builders.image(hw_firmware_type=firmware,
                                   hw_firmware_stateless='true')
            self.assertEqual(
                expected, hardware.get_stateless_firmware_constraint(image))

    def test_serial_ports(self) -> None:
        for spec, prop, expected in (
                (None, None, 1), ('3', None, 3), (None, 2, 2), ('3', 2, 2),
                ('0', None, 0)):
            flavor = builders.flavor({'hw:serial_port_count': spec} if spec else None)
            image = builders.image(**({'hw_serial_port_count': prop} if prop else {}))
            self.assertEqual(
                expected, hardware.get_number_of_serial_ports(flavor, image))

    def test_more_serial_ports_than_the_flavor_has(self) -> None:
        self.assertRaises(
            exception.ImageSerialPortNumberExceedFlavorValue,
            hardware.get_number_of_serial_ports,
            builders.flavor({'hw:serial_port_count': '1'}),
            builders.image(hw_serial_port_count=2))

    def test_serial_ports_that_are_no_number(self) -> None:
        self.assertRaises(
            exception.ImageSerialPortNumberInvalid,
            hardware.get_number_of_serial_ports,
            builders.flavor({'hw:serial_port_count': 'many'}), builders.image())

    def test_redirected_usb_ports_of_both_differ(self) -> None:
        self.assertRaises(
            exception.FlavorImageConflict, hardware.get_redirected_usb_ports,
            builders.flavor({'hw:redirected_usb_ports': '1'}),
            builders.image(hw_redirected_usb_ports=2))


class PromisesTestCase(base.TestCase):
    """Real time, TPMs, encrypted and locked memory."""

    def realtime(self, policy: str | None = None, **mask: str) -> set[int] | None:
        specs = {'hw:cpu_realtime': 'yes'}
        if policy:
            specs['hw:emulator_threads_policy'] = policy
        flavor = builders.flavor(specs)
        flavor.vcpus = 4
        return hardware.get_realtime_cpu_constraint(flavor, builders.image(**mask))

    def test_realtime_cpus(self) -> None:
        self.assertEqual({1, 2, 3}, self.realtime(hw_cpu_realtime_mask='^0'))
        self.assertEqual({2, 3}, self.realtime(hw_cpu_realtime_mask='2-3'))
        self.assertEqual({0, 1, 2, 3}, self.realtime('share'))

    def test_realtime_cpus_leave_one_for_the_emulator(self) -> None:
        for mask in ({}, {'hw_cpu_realtime_mask': '0-3'},
                     {'hw_cpu_realtime_mask': '^0-3'}, {'hw_cpu_realtime_mask': '4'}):
            self.assertRaises(
                exception.RealtimeMaskNotFoundOrInvalid, self.realtime, **mask)

    def test_tpm(self) -> None:
        for specs in ({'hw:tpm_model': 'tpm-crb'}, {'hw:tpm_version': '3.0'},
                      {'hw:tpm_version': '1.2', 'hw:tpm_model': 'tpm-crb'}):
            self.assertRaises(exception.Invalid, hardware.get_vtpm_constraint,
                              builders.flavor(specs), builders.image())
        self.assertEqual(
            hardware.VTPMConfig('2.0', 'tpm-tis'), hardware.get_vtpm_constraint(
                builders.flavor({'hw:tpm_version': '2.0'}), builders.image()))

    def test_encryption_needs_firmware_and_machine(self) -> None:
        flavor = builders.flavor({'hw:mem_encryption': 'true'})

        self.assertRaises(
            exception.FlavorImageConflict, hardware.get_mem_encryption_constraint,
            flavor, builders.image())
        self.assertRaises(
            exception.InvalidMachineType, hardware.get_mem_encryption_constraint,
            flavor, builders.image(hw_firmware_type='uefi', hw_machine_type='pc'))

    def test_locked_memory_of_both_differs(self) -> None:
        self.assertRaises(
            exception.FlavorImageLockedMemoryConflict,
            hardware.get_locked_memory_constraint,
            builders.flavor({'hw:locked_memory': 'false', 'hw:mem_page_size': '4'}),
            builders.image(hw_locked_memory=True))


class InstanceInfoTestCase(base.TestCase):

    def test_equality(self) -> None:
        self.assertEqual(hardware.InstanceInfo(1, 7), hardware.InstanceInfo(1, 7))
        self.assertNotEqual(hardware.InstanceInfo(1, 7), hardware.InstanceInfo(4, 7))
