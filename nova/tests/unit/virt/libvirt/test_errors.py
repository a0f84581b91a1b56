# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import libvirt

from nova import exception
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.unit import base
from nova.virt.libvirt import errors

PREDICATES = {
    errors.is_no_domain: libvirt.VIR_ERR_NO_DOMAIN,
    errors.is_operation_invalid: libvirt.VIR_ERR_OPERATION_INVALID,
    errors.is_operation_failed: libvirt.VIR_ERR_OPERATION_FAILED,
    errors.is_operation_timeout: libvirt.VIR_ERR_OPERATION_TIMEOUT,
    errors.is_unsupported: libvirt.VIR_ERR_NO_SUPPORT,
    errors.is_invalid_argument: libvirt.VIR_ERR_INVALID_ARG,
    errors.is_agent_unresponsive: libvirt.VIR_ERR_AGENT_UNRESPONSIVE,
    errors.is_device_missing: libvirt.VIR_ERR_DEVICE_MISSING,
    errors.is_no_secret: libvirt.VIR_ERR_NO_SECRET,
    errors.is_no_nwfilter: libvirt.VIR_ERR_NO_NWFILTER,
    errors.is_no_node_device: libvirt.VIR_ERR_NO_NODE_DEVICE,
    errors.is_disconnected: libvirt.VIR_ERR_INVALID_CONN,
}


class PredicatesTestCase(base.TestCase):
    def test_each_knows_its_own_code_alone(self):
        for code in PREDICATES.values():
            error = fakelibvirt.make_error(code, 'text')
            true = [p.__name__ for p, own in PREDICATES.items() if p(error)]
            expected = [p.__name__ for p, own in PREDICATES.items() if own == code]
            self.assertEqual(expected, true)

    def test_none_takes_another_exception_for_libvirts(self):
        self.assertFalse(any(p(ValueError('x')) for p in PREDICATES))

    def test_internal_error_of_the_link_is_a_lost_connection(self):
        for code in (libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_SYSTEM_ERROR):
            for domain in (libvirt.VIR_FROM_RPC, libvirt.VIR_FROM_REMOTE):
                error = fakelibvirt.make_error(code, 'text', domain)
                self.assertTrue(errors.is_disconnected(error))

    def test_internal_error_of_qemu_is_not(self):
        for code in (libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_SYSTEM_ERROR):
            self.assertFalse(errors.is_disconnected(
                fakelibvirt.make_error(code, 'text', libvirt.VIR_FROM_QEMU)))


class TranslatedTestCase(base.TestCase):
    def translate(self, code, domain=libvirt.VIR_FROM_QEMU, **kwargs):
        with errors.translated(**kwargs):
            raise fakelibvirt.make_error(code, 'said libvirt', domain)

    def test_missing_domain_is_a_missing_instance(self):
        error = self.assertRaises(
            exception.InstanceNotFound, self.translate, libvirt.VIR_ERR_NO_DOMAIN,
            instance_uuid='some-uuid')
        self.assertIn('some-uuid', str(error))

    def test_missing_domain_without_an_instance_says_what_libvirt_said(self):
        error = self.assertRaises(exception.InstanceNotFound, self.translate,
                                  libvirt.VIR_ERR_NO_DOMAIN)
        self.assertIn('said libvirt', str(error))

    def test_lost_connection_is_an_unavailable_hypervisor(self):
        error = self.assertRaises(
            exception.HypervisorUnavailable, self.translate,
            libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_FROM_RPC)
        self.assertIn('said libvirt', str(error))

    def test_all_else_is_internal_with_the_cause_chained(self):
        error = self.assertRaises(exception.InternalError, self.translate,
                                  libvirt.VIR_ERR_OPERATION_FAILED)
        self.assertEqual('said libvirt', str(error))
        self.assertIsInstance(error.__cause__, libvirt.libvirtError)

    def test_other_exceptions_pass(self):
        def fail():
            with errors.translated():
                raise KeyError('x')
        self.assertRaises(KeyError, fail)
