# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Where libvirt is an ordinary user's, servers have networks that QEMU makes up."""

from nova.tests.functional import base
from nova.tests.functional import guests

_FILE = """
networks:
  - name: lan
    bridge: br0
    subnets: [{cidr: 192.0.2.0/24, gateway: 192.0.2.1}]
"""
_ADDRESS, _HOST = '192.0.2.15', '192.0.2.2'


class UserNetworkTest(base.FunctionalTestCase):

    def test_guest_reaches_its_host(self) -> None:
        node = self.make_node(uri='qemu:///session')
        node.declare_networks(_FILE)
        node.start()
        self.assertIn('QEMU makes up network lan', node.log.read_text())
        (network,) = node.api.get('/v2.0/networks', '/network')['networks']
        self.assertIn('nobody reaches them', network['description'])

        server_id = node.boot(networks=[{'uuid': network['id']}])

        ((address,),) = node.api.server(server_id)['addresses'].values()
        self.assertEqual(_ADDRESS, address['addr'])
        node.api.wait_for_console(server_id, f'network: eth0 {_ADDRESS}\n')
        node.api.wait_for_console(server_id, guests.READY)
        guests.Guest(node, server_id).say(
            f'wget -q -O - http://{_HOST}:{node.port}/network/')
        node.api.wait_for_console(server_id, '"v2.0"')
        node.api.delete(server_id)
        node.api.wait_gone(server_id)
        self.assertEqual({}, node.leftovers(server_id))
