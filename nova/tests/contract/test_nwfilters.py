# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Network filters of a Host."""

import uuid

from nova import exception
from nova.tests.contract import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import host as libvirt_host


class NWFilterContract(base.BackendTestCase):
    """What Host does with network filters."""

    requires = ('nwfilterLookupByName',)

    def setUp(self):
        super().setUp()
        self.host = libvirt_host.Host(self.backend.uri, opener=self.opener)
        self.addCleanup(self.host.cleanup)

    def make(self, **changes):
        conf = vconfig.LibvirtConfigNWFilter()
        conf.name = f'contract-{uuid.uuid4()}'
        conf.uuid = str(uuid.uuid4())
        conf.chain = 'root'
        for name, value in changes.items():
            setattr(conf, name, value)
        return conf

    def define_filter(self, conf):
        self.addCleanup(self.host.undefine_nwfilter, conf.name)
        self.host.define_nwfilter(conf)
        return conf

    def drop_rule(self):
        rule = vconfig.LibvirtConfigNWFilterRule()
        rule.action, rule.direction, rule.priority = 'drop', 'out', 500
        return rule

    def test_what_was_defined_is_read_back(self):
        conf = self.make()
        conf.add_rule(self.drop_rule())
        self.define_filter(conf)
        found = self.host.get_nwfilter(conf.name)
        self.assertEqual((conf.uuid, 'root'), (found.uuid, found.chain))
        self.assertEqual([('drop', 'out', 500)],
                         [(rule.action, rule.direction, rule.priority)
                          for rule in found.entries])
        self.assertIn(conf.name, self.host.list_nwfilters())

    def test_definition_is_changed(self):
        conf = self.define_filter(self.make())
        conf.add_rule(self.drop_rule())
        self.host.define_nwfilter(conf)
        self.assertEqual(1, len(self.host.get_nwfilter(conf.name).entries))

    def test_removed_filter_is_gone(self):
        conf = self.define_filter(self.make())
        self.host.undefine_nwfilter(conf.name)
        self.assertIsNone(self.host.get_nwfilter(conf.name))
        self.assertNotIn(conf.name, self.host.list_nwfilters())

    def test_one_that_is_not_there_is_no_error(self):
        self.host.undefine_nwfilter('contract-nothing')
        self.assertIsNone(self.host.get_nwfilter('contract-nothing'))

    def test_one_that_a_guest_uses_stays(self):
        conf = self.define_filter(self.make())
        devices = (f"<devices><interface type='ethernet'><filterref"
                   f" filter='{conf.name}'/></interface></devices>")
        self.xml = self.xml.replace('</os>', f'</os>{devices}')
        domain = self.start()
        self.assertRaises(exception.InternalError, self.host.undefine_nwfilter,
                          conf.name)
        self.assertIsNotNone(self.host.get_nwfilter(conf.name))
        domain.destroy()
        self.host.undefine_nwfilter(conf.name)
        self.assertIsNone(self.host.get_nwfilter(conf.name))

    def test_refused_definition_leaves_nothing(self):
        conf = self.make(chain='nonsense')
        self.assertRaises(exception.InternalError, self.host.define_nwfilter, conf)
        self.assertIsNone(self.host.get_nwfilter(conf.name))


class TestNWFiltersOnFake(NWFilterContract, base.OnFake):
    pass


class TestNWFiltersOnTestDriver(NWFilterContract, base.OnTestDriver):
    pass


class TestNWFiltersOnQemu(NWFilterContract, base.OnQemu):
    pass


del NWFilterContract  # incomplete: not to be collected by itself
