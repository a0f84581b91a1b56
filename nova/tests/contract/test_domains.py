# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Domains: defined, found, started, paused, stopped, forgotten."""

import libvirt

from nova.tests.contract import backends
from nova.tests.contract import base
from nova.virt.libvirt import errors


class DomainContract(base.BackendTestCase):
    """What a domain does, whatever is behind it."""

    def assert_state(self, domain, state, reason=None):
        found = domain.state(0)
        self.assertEqual(state, found[0])
        if reason is not None and backends.TELLS_WHY not in self.backend.lacks:
            self.assertEqual(reason, found[1])

    # Defining and finding

    def test_defined_domain_is_shut_off_and_persistent(self):
        domain = self.define()
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
        self.assertEqual((0, 1, -1),
                         (domain.isActive(), domain.isPersistent(), domain.ID()))

    def test_domain_is_found_by_uuid_and_name(self):
        self.define()
        self.assertEqual(self.name, self.conn.lookupByUUIDString(self.uuid).name())
        self.assertEqual(self.uuid, self.conn.lookupByName(self.name).UUIDString())

    def test_domain_is_found_by_number_while_it_runs(self):
        domain = self.start()
        self.assertEqual(self.uuid, self.conn.lookupByID(domain.ID()).UUIDString())

    def test_missing_domain_is_not_found(self):
        for call, key in ((self.conn.lookupByUUIDString, self.uuid),
                          (self.conn.lookupByName, self.name),
                          (self.conn.lookupByID, 999999)):
            self.assertTrue(errors.is_no_domain(self.failure(call, key)))

    def test_malformed_uuid_is_an_invalid_argument(self):
        self.assertTrue(errors.is_invalid_argument(
            self.failure(self.conn.lookupByUUIDString, 'xyz')))

    def test_name_of_another_domain_is_refused(self):
        self.define()
        other = self.domain_xml(uuid='00000000-0000-4000-8000-00000000c0de')
        self.assertTrue(errors.is_operation_failed(
            self.failure(self.conn.defineXML, other)))

    def test_uuid_of_another_domain_is_refused(self):
        self.define()
        self.assertTrue(errors.is_operation_failed(
            self.failure(self.conn.defineXML, self.domain_xml(name='another'))))

    def test_redefining_keeps_what_runs(self):
        domain = self.start()
        number = domain.ID()
        self.conn.defineXML(self.xml.replace('>32<', '>48<'))
        self.assertEqual(number, domain.ID())
        self.assertEqual(32 * 1024, domain.info()[1])
        inactive = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        self.assertIn('49152' if '49152' in inactive else '>48<', inactive)

    def test_bad_documents_are_refused_with_libvirts_codes(self):
        for xml, code in (
                ('<domain', libvirt.VIR_ERR_XML_DETAIL),
                ('<pool/>', libvirt.VIR_ERR_XML_ERROR),
                (self.domain_xml(name=''), libvirt.VIR_ERR_NO_NAME),
                (self.domain_xml(name='a/b'), libvirt.VIR_ERR_XML_ERROR),
                (self.domain_xml(uuid='xyz'), libvirt.VIR_ERR_INTERNAL_ERROR),
                (self.domain_xml(virt_type='x'), libvirt.VIR_ERR_CONFIG_UNSUPPORTED),
        ):
            error = self.failure(self.conn.defineXML, xml)
            self.assertEqual(code, error.get_error_code(), xml)

    # Starting and stopping

    def test_started_domain_runs(self):
        domain = self.start()
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING,
                          libvirt.VIR_DOMAIN_RUNNING_BOOTED)
        self.assertEqual(1, domain.isActive())
        self.assertGreater(domain.ID(), 0)

    def test_domain_tells_memory_and_cpus(self):
        self.assertEqual([32 * 1024, 32 * 1024, 2], self.define().info()[1:4])

    def test_domain_starts_paused(self):
        self.need(backends.STARTS_PAUSED)
        domain = self.start(libvirt.VIR_DOMAIN_START_PAUSED)
        self.assert_state(domain, libvirt.VIR_DOMAIN_PAUSED,
                          libvirt.VIR_DOMAIN_PAUSED_USER)

    def test_running_domain_is_not_started_again(self):
        domain = self.start()
        self.need(backends.REFUSES_BY_STATE)
        self.assertTrue(errors.is_operation_invalid(self.failure(domain.create)))

    def test_paused_domain_goes_on(self):
        domain = self.start()
        domain.suspend()
        self.assert_state(domain, libvirt.VIR_DOMAIN_PAUSED,
                          libvirt.VIR_DOMAIN_PAUSED_USER)
        domain.resume()
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING,
                          libvirt.VIR_DOMAIN_RUNNING_UNPAUSED)

    def test_pausing_twice_is_pausing_once(self):
        self.need(backends.REFUSES_BY_STATE)
        domain = self.start()
        domain.suspend()
        domain.suspend()
        self.assert_state(domain, libvirt.VIR_DOMAIN_PAUSED)

    def test_running_domain_is_not_resumed(self):
        self.need(backends.REFUSES_BY_STATE)
        domain = self.start()
        self.assertTrue(errors.is_operation_invalid(self.failure(domain.resume)))

    def test_destroyed_domain_is_shut_off(self):
        domain = self.start()
        domain.destroy()
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF,
                          libvirt.VIR_DOMAIN_SHUTOFF_DESTROYED)
        self.assertEqual(0, domain.isActive())

    def test_reset_leaves_it_running(self):
        domain = self.start()
        number = domain.ID()
        domain.reset(0)
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)
        self.assertEqual(number, domain.ID())

    def test_domain_that_is_off_refuses_what_needs_it_running(self):
        domain = self.define()
        calls = [('destroy', ()), ('reset', (0,)), ('reboot', (0,)),
                 ('managedSave', (0,)), ('memoryStats', ()), ('maxVcpus', ())]
        if backends.REFUSES_BY_STATE not in self.backend.lacks:
            calls += [('suspend', ()), ('resume', ()), ('shutdown', ())]
        for call, args in calls:
            error = self.failure(getattr(domain, call), *args)
            self.assertTrue(errors.is_operation_invalid(error), call)

    def test_saved_domain_is_off_and_restored_when_started(self):
        domain = self.start()
        domain.managedSave(0)
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF,
                          libvirt.VIR_DOMAIN_SHUTOFF_SAVED)
        self.assertEqual(1, domain.hasManagedSaveImage(0))
        self.assertTrue(errors.is_operation_invalid(self.failure(domain.undefine)))
        domain.create()
        self.assertEqual(0, domain.hasManagedSaveImage(0))

    # Forgetting

    def test_undefined_domain_is_gone(self):
        domain = self.define()
        domain.undefine()
        for call in (domain.info, domain.undefine, domain.create):
            self.assertTrue(errors.is_no_domain(self.failure(call)))

    def test_undefined_domain_runs_on_until_it_stops(self):
        self.need(backends.FORGETS_DEFINITION)
        domain = self.start()
        domain.undefine()
        self.assertEqual((1, 0), (domain.isActive(), domain.isPersistent()))
        self.assertTrue(errors.is_operation_invalid(self.failure(domain.undefine)))
        domain.destroy()
        self.assertTrue(errors.is_no_domain(self.failure(domain.state)))

    def test_transient_domain_becomes_persistent_when_defined(self):
        domain = self.conn.createXML(self.xml, 0)
        self.assertEqual(0, domain.isPersistent())
        self.define()
        self.assertEqual(1, domain.isPersistent())

    # Listing

    def listed(self, flags):
        return self.uuid in [each.UUIDString()
                             for each in self.conn.listAllDomains(flags)]

    def test_lists_tell_running_from_shut_off(self):
        domain = self.define()
        active = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE
        inactive = libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE
        self.assertEqual((True, False, True),
                         tuple(map(self.listed, (0, active, inactive))))
        domain.create()
        self.assertEqual((True, True, False),
                         tuple(map(self.listed, (0, active, inactive))))
        self.assertTrue(self.listed(active | inactive))

    def groups(self):
        """Return of each pair of groups whether the domain is listed in them."""
        pairs = ('MANAGEDSAVE', 'AUTOSTART', 'HAS_SNAPSHOT', 'HAS_CHECKPOINT')
        return [tuple(self.listed(getattr(
            libvirt, f'VIR_CONNECT_LIST_DOMAINS_{name}')) for name in (
                pair, f'NO_{pair.removeprefix("HAS_")}')) for pair in pairs]

    def test_lists_tell_what_is_kept(self):
        domain = self.define()
        no, yes = (False, True), (True, False)
        self.assertEqual([no, no, no, no], self.groups())
        domain.setAutostart(1)
        self.assertEqual([no, yes, no, no], self.groups())
        domain.setAutostart(0)
        domain.create()
        domain.managedSave(0)
        self.assertEqual([yes, no, no, no], self.groups())
        self.assertFalse(self.listed(libvirt.VIR_CONNECT_LIST_DOMAINS_OTHER))

    def test_secrets_are_not_for_readers(self):
        self.define()
        conn = self.opener(self.backend.uri, [[], None, None], libvirt.VIR_CONNECT_RO)
        self.addCleanup(conn.close)
        domain = conn.lookupByUUIDString(self.uuid)
        self.assertIn(self.uuid, domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        error = self.failure(domain.XMLDesc, libvirt.VIR_DOMAIN_XML_SECURE)
        self.assertEqual(
            (libvirt.VIR_ERR_OPERATION_DENIED, libvirt.VIR_FROM_DOMAIN),
            (error.get_error_code(), error.get_error_domain()))

    def test_statistics_hold_the_state_of_all(self):
        self.define()
        found = {domain.UUIDString(): stats for domain, stats in
                 self.conn.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE, 0)}
        self.assertEqual(libvirt.VIR_DOMAIN_SHUTOFF, found[self.uuid]['state.state'])

    def test_metadata_that_was_never_set_is_missing(self):
        error = self.failure(self.define().metadata,
                             libvirt.VIR_DOMAIN_METADATA_ELEMENT, 'http://example/', 0)
        self.assertEqual(libvirt.VIR_ERR_NO_DOMAIN_METADATA, error.get_error_code())


class TestDomainsOnFake(DomainContract, base.OnFake):
    pass


class TestDomainsOnTestDriver(DomainContract, base.OnTestDriver):
    pass


class TestDomainsOnQemu(DomainContract, base.OnQemu):
    pass


del DomainContract  # incomplete: not to be collected by itself
