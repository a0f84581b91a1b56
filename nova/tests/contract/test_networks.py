# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libvirt's networks: defined, started, given hosts, forgotten."""

import random
import uuid

import libvirt

from nova.tests.contract import backends
from nova.tests.contract import base
from nova.virt.libvirt import errors

NETWORK = """
<network>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <bridge name='{bridge}'/>
  <ip address='{prefix}1' netmask='255.255.255.0'>
    <dhcp><range start='{prefix}2' end='{prefix}100'/></dhcp>
  </ip>
</network>
"""
HOST = "<host mac='52:54:00:00:00:0{number}' name='h{number}' ip='{prefix}{number}'/>"
ADD = libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST
DELETE = libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE
MODIFY = libvirt.VIR_NETWORK_UPDATE_COMMAND_MODIFY
HOSTS = libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST
LIVE = libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE
CONFIG = libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG


class NetworkContract(base.BackendTestCase):
    """What a network of libvirt does, whatever is behind it."""

    def setUp(self):
        super().setUp()
        self.network_uuid = str(uuid.uuid4())
        self.network_name = f'contract-{self.network_uuid[:8]}'
        self.bridge = f'nct{random.getrandbits(32):08x}'
        # RFC 2544: in no machine's network, and seldom twice in one run
        self.prefix = f'198.{random.choice((18, 19))}.{random.randrange(256)}.'
        self.addCleanup(self.forget)

    def forget(self):
        """Remove this test's network, whatever it does."""
        for call in ('destroy', 'undefine'):
            try:
                getattr(self.conn.networkLookupByUUIDString(self.network_uuid), call)()
            except libvirt.libvirtError as error:
                if error.get_error_code() == libvirt.VIR_ERR_NO_NETWORK:
                    return

    def document(self, **changes):
        values = {'name': self.network_name, 'uuid': self.network_uuid,
                  'bridge': self.bridge, 'prefix': self.prefix, **changes}
        return NETWORK.format(**values)

    def listed(self, flag):
        # listNetworks() counts first, and misses what came between
        return [each.name() for each in self.conn.listAllNetworks(flag)]

    def host(self, number):
        return HOST.format(number=number, prefix=self.prefix)

    def define_network(self):
        return self.conn.networkDefineXML(self.document())

    def code(self, call, *args):
        return self.failure(call, *args).get_error_code()

    def hosts(self, network, flags=0):
        return network.XMLDesc(flags).count('<host ')

    def test_network_is_found_by_name_and_uuid(self):
        self.define_network()
        for found in (self.conn.networkLookupByName(self.network_name),
                      self.conn.networkLookupByUUIDString(self.network_uuid)):
            self.assertEqual(
                (self.network_name, self.network_uuid, self.bridge),
                (found.name(), found.UUIDString(), found.bridgeName()))

    def test_missing_network_is_not_found(self):
        for call, key in ((self.conn.networkLookupByName, self.network_name),
                          (self.conn.networkLookupByUUIDString, self.network_uuid)):
            self.assertEqual(libvirt.VIR_ERR_NO_NETWORK, self.code(call, key))
        self.assertTrue(errors.is_invalid_argument(
            self.failure(self.conn.networkLookupByUUIDString, 'xyz')))

    def test_bad_documents_are_refused_with_libvirts_codes(self):
        for xml, code in (('<network', libvirt.VIR_ERR_XML_DETAIL),
                          ('<pool/>', libvirt.VIR_ERR_XML_ERROR),
                          ('<network/>', libvirt.VIR_ERR_NO_NAME)):
            self.assertEqual(code, self.code(self.conn.networkDefineXML, xml), xml)

    def test_name_of_another_is_refused(self):
        self.define_network()
        self.assertTrue(errors.is_operation_failed(self.failure(
            self.conn.networkDefineXML, self.document(uuid=str(uuid.uuid4())))))

    def test_defined_network_starts_and_stops(self):
        network = self.define_network()
        states = [(network.isActive(), network.isPersistent())]
        network.create()
        states.append((network.isActive(), network.isPersistent()))
        self.assertTrue(errors.is_operation_invalid(self.failure(network.create)))
        self.assertIn(self.network_name, self.listed(
            libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE))
        network.destroy()
        states.append((network.isActive(), network.isPersistent()))
        self.assertEqual([(0, 1), (1, 1), (0, 1)], states)
        self.assertIn(self.network_name, self.listed(
            libvirt.VIR_CONNECT_LIST_NETWORKS_INACTIVE))

    def test_network_that_was_undefined_is_gone(self):
        network = self.define_network()
        network.undefine()
        for call in (network.isActive, network.create, network.undefine):
            self.assertEqual(libvirt.VIR_ERR_NO_NETWORK, self.code(call))

    def test_undefined_network_runs_on_until_it_stops(self):
        self.need(backends.FORGETS_DEFINITION)
        network = self.define_network()
        self.assertTrue(errors.is_operation_invalid(self.failure(network.destroy)))
        network.create()
        network.undefine()
        self.assertEqual((1, 0), (network.isActive(), network.isPersistent()))
        for call, args in ((network.undefine, ()), (network.setAutostart, (1,))):
            self.assertTrue(errors.is_operation_invalid(self.failure(call, *args)))
        network.destroy()
        self.assertEqual(libvirt.VIR_ERR_NO_NETWORK, self.code(network.isActive))

    def test_lists_tell_kinds_apart(self):
        network = self.define_network()
        network.create()

        def is_listed(flag):
            return self.network_uuid in [
                each.UUIDString() for each in self.conn.listAllNetworks(flag)]
        self.assertEqual(
            [True, True, False, True, False],
            list(map(is_listed, (
                0, libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE,
                libvirt.VIR_CONNECT_LIST_NETWORKS_INACTIVE,
                libvirt.VIR_CONNECT_LIST_NETWORKS_PERSISTENT,
                libvirt.VIR_CONNECT_LIST_NETWORKS_TRANSIENT))))

    def test_hosts_are_added_changed_and_deleted(self):
        network = self.define_network()
        network.update(ADD, HOSTS, -1, self.host(5), CONFIG)
        network.update(ADD, HOSTS, -1, self.host(6), CONFIG)
        changed = self.host(5).replace(f'{self.prefix}5', f'{self.prefix}50')
        network.update(MODIFY, HOSTS, -1, changed, CONFIG)
        self.assertIn(f'{self.prefix}50', network.XMLDesc(0))
        self.assertEqual(2, self.hosts(network))
        network.update(DELETE, HOSTS, -1, "<host mac='52:54:00:00:00:05'/>", CONFIG)
        self.assertNotIn(f'{self.prefix}50', network.XMLDesc(0))
        self.assertEqual(1, self.hosts(network))

    def test_hosts_that_meet_or_are_not_there_are_refused(self):
        network = self.define_network()
        network.update(ADD, HOSTS, -1, self.host(5), CONFIG)
        other = self.host(6)
        for command, host in (
                (ADD, self.host(5)),
                (ADD, other.replace(f'{self.prefix}6', f'{self.prefix}5')),
                (ADD, other.replace('h6', 'h5')),
                (MODIFY, other), (DELETE, other)):
            error = self.failure(network.update, command, HOSTS, -1, host, CONFIG)
            self.assertTrue(errors.is_operation_invalid(error), host)
        self.assertEqual(1, self.hosts(network))

    def test_bad_hosts_are_refused_with_libvirts_codes(self):
        network = self.define_network()
        for host in ('<host/>', '<x/>', "<host mac='52:54:00:00:00:05' ip='x'/>",
                     f"<host mac='zz' ip='{self.prefix}5'/>"):
            self.assertEqual(
                libvirt.VIR_ERR_XML_ERROR,
                self.code(network.update, ADD, HOSTS, -1, host, CONFIG), host)
        host = self.host(5)
        self.assertEqual(
            [libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_OPERATION_UNSUPPORTED,
             libvirt.VIR_ERR_OPERATION_UNSUPPORTED],
            [self.code(network.update, *args, host, CONFIG) for args in (
                (ADD, HOSTS, 5), (ADD, 99, -1), (99, HOSTS, -1))])
        self.assertEqual(0, self.hosts(network))

    def test_what_runs_is_changed_apart_from_the_definition(self):
        self.need(backends.DEFINES_NETWORKS_APART)
        network = self.define_network()
        host = self.host(5)
        self.assertTrue(errors.is_operation_invalid(
            self.failure(network.update, ADD, HOSTS, -1, host, LIVE)))
        network.create()
        network.update(ADD, HOSTS, -1, host, LIVE)
        self.assertEqual(1, self.hosts(network))
        # Nothing is changed where one of both cannot be.
        self.assertTrue(errors.is_operation_invalid(
            self.failure(network.update, ADD, HOSTS, -1, host, LIVE | CONFIG)))
        network.destroy()
        self.assertEqual(0, self.hosts(network))

    def test_networks_that_cannot_be(self):
        for inside, code in (
                ('<name>a/b</name>', libvirt.VIR_ERR_XML_DETAIL),
                ("<name>a</name><forward mode='nothing'/>",
                 libvirt.VIR_ERR_CONFIG_UNSUPPORTED),
                ("<name>a</name><ip address='abc'/>", libvirt.VIR_ERR_XML_ERROR),
                ("<name>a</name><ip address='192.0.2.1' prefix='99'/>",
                 libvirt.VIR_ERR_CONFIG_UNSUPPORTED)):
            self.assertEqual(code, self.code(self.conn.networkDefineXML,
                                             f'<network>{inside}</network>'), inside)

    def test_no_guest_has_a_lease(self):
        network = self.define_network()
        network.create()
        if self.backend is backends.TEST:
            self.assertTrue(errors.is_unsupported(self.failure(network.DHCPLeases)))
            return
        self.assertEqual([], network.DHCPLeases())
        self.assertEqual([], network.DHCPLeases('52:54:00:00:00:05'))


class TestNetworksOnFake(NetworkContract, base.OnFake):
    pass


class TestNetworksOnTestDriver(NetworkContract, base.OnTestDriver):
    pass


class TestNetworksOnQemu(NetworkContract, base.OnQemu):
    pass


del NetworkContract  # incomplete: not to be collected by itself
