# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Whatever comes and goes in whatever order: an address or a MAC is had once."""

from collections import Counter

from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import settings
from hypothesis import stateful
from hypothesis import strategies as st

from nova import context
from nova import exception
from nova import objects
from nova.db import engine
from nova.db import port_api
from nova.network import allotment
from nova.network import declared
from nova.tests.fixtures import database
from nova.tests.unit.network import test_allotment

FILE = """
    networks:
      - name: small
        bridge: br0
        subnets: [{cidr: 192.0.2.0/29, gateway: 192.0.2.1},
                  {cidr: '2001:db8::/125', gateway: '2001:db8::1'}]
      - name: smaller
        bridge: br1
        subnets: [{cidr: 198.51.100.0/29, range: [198.51.100.3, 198.51.100.4]}]
"""
ADDRESSES = ['192.0.2.3', '192.0.2.1', '192.0.2.0', '2001:db8::3', '198.51.100.3',
             '198.51.100.6', '203.0.113.1']
_NUMBERS = st.integers(0, 100)


class Ports(stateful.RuleBasedStateMachine):
    """Instances that come, get ports, lose them and go, as a model and for real."""

    def __init__(self) -> None:
        super().__init__()
        self.context = context.get_admin_context()
        #: What each instance that is there has, by our own account.
        self.had: dict[str, list[str]] = {}
        self.instances: dict[str, objects.Instance] = {}
        for each in objects.InstanceList.get_all(self.context):
            each.destroy()

    def pick(self, number: int) -> str | None:
        return list(self.had)[number % len(self.had)] if self.had else None

    @stateful.rule(wishes=st.lists(
        st.tuples(st.integers(0, 1), st.none() | st.sampled_from(ADDRESSES)),
        min_size=1, max_size=3))
    def create(self, wishes: list[tuple[int, str | None]]) -> None:
        instance = objects.Instance(self.context, user_id='u', project_id='p')
        instance.create()
        networks = declared.get_all()
        asked = [allotment.Asked(networks[number].id, address)
                 for number, address in wishes]
        self.instances[instance.uuid] = instance
        try:
            allotment.allot(self.context, instance, asked)
        except exception.InvalidInput:
            self.had[instance.uuid] = []
            return
        self.had[instance.uuid] = [
            ip['address'] for vif in instance.get_network_info()
            for ip in vif.fixed_ips()]
        given = set(self.had[instance.uuid])
        assert given >= {address for _number, address in wishes if address}

    @stateful.rule(number=_NUMBERS)
    def fail_to_build(self, number: int) -> None:
        uuid = self.pick(number)
        if uuid:
            allotment.release(self.context, self.instances[uuid])
            self.had[uuid] = []

    @stateful.rule(number=_NUMBERS)
    def delete(self, number: int) -> None:
        uuid = self.pick(number)
        if uuid:
            self.instances[uuid].destroy()
            del self.had[uuid]

    @stateful.rule()
    def restart(self) -> None:
        engine.reset()
        self.instances = {
            each.uuid: each for each in objects.InstanceList.get_all(self.context)}
        assert set(self.instances) == set(self.had)

    @stateful.invariant()
    def each_is_had_once_by_who_got_it(self) -> None:
        rows = port_api.ports_get()
        macs = Counter(port.mac_address for port, _found in rows)
        assert all(times == 1 for times in macs.values()), macs
        recorded = sorted((port.instance_uuid, one.address)
                          for port, found in rows for one in found)
        assert recorded == sorted((uuid, address) for uuid, found in self.had.items()
                                  for address in found)
        addresses = Counter(address for _uuid, address in recorded)
        assert all(times == 1 for times in addresses.values()), addresses


class PortsTest(test_allotment.NetworksTestCase):

    def setUp(self) -> None:
        super().setUp()
        objects.register_all()
        self.useFixture(database.Database())
        self.configure(FILE)

    def test_address_and_mac_are_had_once(self) -> None:
        stateful.run_state_machine_as_test(Ports, settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, database=None,
            # Each example asks a database: to look for the shortest takes minutes.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck)))
