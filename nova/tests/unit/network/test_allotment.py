# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Addresses are allotted once, and only those that a server can have."""

import os
import subprocess
import sys
import textwrap
import threading

import netaddr

from nova import context
from nova import exception
from nova import objects
from nova.compute import vm_states
from nova.db import port_api
from nova.network import allotment
from nova.network import declared
from nova.tests.fixtures import database
from nova.tests.unit import base

FILE = """
    networks:
      - name: lan
        bridge: br0
        subnets:
          - cidr: 192.0.2.0/28
            gateway: 192.0.2.1
            dns: [192.0.2.5]
"""


#: More greenlets ask for a port than there are addresses.
GREENLETS = """
import sys
import eventlet
eventlet.monkey_patch()
import nova.conf
nova.conf.CONF([], project='nova', default_config_files=[])
nova.conf.CONF.set_override('state_path', sys.argv[1])
nova.conf.CONF.set_override('networks_file', sys.argv[2], 'standalone')
from nova import context, exception, objects
from nova.network import allotment, declared
objects.register_all()
admin = context.get_admin_context()
(network,) = declared.get_all()

def work(number):
    instance = objects.Instance(admin, user_id='u', project_id='p')
    instance.create()
    eventlet.sleep(0)
    try:
        allotment.allot(admin, instance, [allotment.Asked(network.id)])
    except exception.InvalidInput as error:
        assert 'no free' in str(error), error
        return 0
    return 1

pool = eventlet.GreenPool(20)
print(sum(pool.imap(work, range(20))))
"""


class NetworksTestCase(base.TestCase):
    """A test with a file of networks."""

    def configure(self, text: str) -> str:
        """Make text the networks file; return its path."""
        path = os.path.join(self.state_path, 'networks.yaml')
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(textwrap.dedent(text))
        declared._read.clear()
        self.flags(networks_file=path, group='standalone')
        return path


class DeclaredTest(NetworksTestCase):
    """[standalone] networks_file."""

    def test_none(self) -> None:
        self.assertEqual((), declared.get_all())

    def test_ids_are_the_same_at_every_start(self) -> None:
        path = self.configure(FILE)
        self.assertEqual(declared.load(path), declared.load(path))

    def test_mistakes_are_named(self) -> None:
        for old, new, *said in (
                ('/28', '/33', 'lan subnets.0.cidr', '192.0.2.0/33'),
                ('192.0.2.0/28', '192.0.2.3/28', 'subnets.0.cidr', '192.0.2.3/28'),
                ('192.0.2.1', '10.0.0.1', 'subnets.0.gateway', '10.0.0.1'),
                ('192.0.2.5', 'here', 'subnets.0.dns', 'here'),
                ('br0', '"a bridge"', '(lan) bridge', 'a bridge'),
                ('bridge: br0', 'bridge: br0\n        mtu: 7', 'lan', 'mtu', '7'),
                ('br0', 'br0\n        brigde: br0', 'brigde')):
            path = self.configure(FILE.replace(old, new, 1))
            error = self.assertRaises(exception.InvalidConfiguration,
                                      declared.get_all)
            for text in (path, *said):
                self.assertIn(text, str(error))


class AllotmentTestCase(NetworksTestCase):
    """A test with instances and ports in a database."""

    def setUp(self) -> None:
        super().setUp()
        objects.register_all()
        self.useFixture(database.Database())
        self.context = context.get_admin_context()
        self.configure(FILE)
        (self.network,) = declared.get_all()

    def instance(self) -> objects.Instance:
        """Return one that is recorded."""
        instance = objects.Instance(
            self.context, user_id='u', project_id='p', vm_state=vm_states.BUILDING)
        instance.create()
        return instance

    def allot(self, fixed_ip: str | None = None) -> objects.Instance:
        """Return an instance with a port."""
        instance = self.instance()
        allotment.allot(self.context, instance,
                        [allotment.Asked(self.network.id, fixed_ip)])
        return instance

    def addresses(self) -> list[str]:
        """Return all addresses that are allotted."""
        return [one.address for _port, found in port_api.ports_get()
                for one in found]


class AllotmentTest(AllotmentTestCase):
    """Ports in the database."""

    def test_every_usable_address_once(self) -> None:
        for _count in range(12):
            self.allot()
        kept = {'192.0.2.0', '192.0.2.1', '192.0.2.5', '192.0.2.15'}
        usable = {str(one) for one in netaddr.IPNetwork('192.0.2.0/28')} - kept
        self.assertEqual(sorted(usable), sorted(self.addresses()))
        error = self.assertRaises(exception.InvalidInput, self.allot)
        self.assertIn('lan has no free IPv4 address', str(error))
        self.assertEqual(12, len(port_api.ports_get()))

    def test_many_at_once(self) -> None:
        instances = [self.instance() for _count in range(8)]
        threads = [threading.Thread(target=allotment.allot, args=(
            self.context, one, [allotment.Asked(self.network.id)]))
            for one in instances]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(8, len(set(self.addresses())))

    def test_many_greenlets_at_once(self) -> None:
        done = subprocess.run(
            [sys.executable, '-c', GREENLETS, self.state_path,
             declared.CONF.standalone.networks_file],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual('12\n', done.stdout, done.stderr)
        self.assertEqual(12, len(set(self.addresses())))

    def test_addresses_that_others_have(self) -> None:
        taken = {self.network.id: {'192.0.2.2': '52:54:00:00:00:01'}}
        instance = self.instance()
        asked = allotment.Asked(self.network.id, '192.0.2.2')
        error = self.assertRaises(exception.InvalidInput, allotment.allot,
                                  self.context, instance, [asked], taken)
        self.assertIn('192.0.2.2 is in use by 52:54:00:00:00:01', str(error))
        self.assertRaises(exception.InvalidInput, allotment.check, [asked], 1, taken)
        allotment.allot(self.context, instance, [allotment.Asked(self.network.id)],
                        taken)
        self.assertEqual(['192.0.2.3'], self.addresses())

    def test_the_instance_knows_its_interface(self) -> None:
        instance = self.allot('192.0.2.9')
        found = objects.Instance.get_by_uuid(self.context, instance.uuid)
        (vif,) = found.get_network_info()
        self.assertEqual(
            ('bridge', 'br0', 'lan', ['192.0.2.9']),
            (vif['type'], vif['network']['bridge'], vif['network']['label'],
             [ip['address'] for ip in vif.fixed_ips()]))
        self.assertFalse(vif.is_neutron_filtering_enabled())

    def test_addresses_that_nobody_can_have(self) -> None:
        self.allot('192.0.2.9')
        for address in ('192.0.2.9', '192.0.2.1', '192.0.2.0', '192.0.2.15',
                        '10.0.0.1', 'x', '192.0.2'):
            error = self.assertRaises(exception.InvalidInput, self.allot, address)
            self.assertIn(address, str(error))
        self.assertEqual(['192.0.2.9'], self.addresses())

    def test_what_is_released_can_be_had_again(self) -> None:
        gone, failed = self.allot('192.0.2.9'), self.allot('192.0.2.10')
        gone.destroy()
        allotment.release(self.context, failed)
        self.assertEqual([], self.addresses())
        self.assertEqual([], list(failed.get_network_info()))

    def test_unknown_network(self) -> None:
        unknown = allotment.Asked('6ce4a4e8-0d1f-4b0e-9a39-6c3cbd5e1a52')
        error = self.assertRaises(exception.InvalidInput, allotment.check,
                                  [unknown], 1)
        self.assertIn(unknown.network_id, str(error))
