# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import copy

from nova import exception
from nova.tests.unit.virt.libvirt.schema import base
from nova.virt.libvirt import config

APP = 'http://example.com/app'
XML = ('<network><name>n</name><metadata>'
       f'<app:owner xmlns:app="{APP}" id="7">for <app:who>me</app:who> only<b/>'
       '</app:owner></metadata></network>')


def _element(name, *content, **attributes):
    element = config.LibvirtConfigForeignElement(
        name=name, attributes=attributes, content=list(content))
    element.ns_prefix = 'app'
    return element


def _owner():
    return _element(f'{{{APP}}}owner', 'for ', _element(f'{{{APP}}}who', 'me'),
                    ' only', _element('b'), id='7')


class ForeignTestCase(base.DocumentTestCase):

    def parsed(self, cls, xml):
        obj = cls()
        obj.parse_str(xml)
        return obj

    def test_metadata_of_a_network(self):
        network = config.LibvirtConfigNetwork(name='n', metadata=[_owner()])
        self.assert_document(XML, network)
        owner = f'/network/metadata/{{{APP}}}owner'
        self.assertEqual(
            [(owner, '@id', '7'), (owner, 'text()', 'for'), (owner, 'text()', 'only'),
             (f'{owner}/{{{APP}}}who', 'text()', 'me'),
             (f'{owner}/b', 'element()', '')],
            [tuple(fact) for fact in network.undeclared()])

    def test_metadata_of_a_guest_beside_ours(self):
        ours = ('<nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/'
                '1.1"><nova:name>vm1</nova:name></nova:instance>')
        other = f'<x:note xmlns:x="{APP}">before</x:note>'
        xml = f'<domain><metadata>{other}{ours}{other}</metadata></domain>'
        guest = self.parsed(config.LibvirtConfigGuest, xml)
        meta, = guest.metadata
        self.assertEqual({f'/domain/metadata/{{{APP}}}note[1]',
                          f'/domain/metadata/{{{APP}}}note[2]'},
                         {fact.path for fact in guest.undeclared()})
        self.assertEqual('vm1', meta.name)
        self.assertEqual([['before'], ['before']],
                         [each.content for each in guest.foreign_metadata])
        self.assertEqual(xml, guest.to_xml(pretty_print=False).strip())
        guest.foreign_metadata[1].content = ['after']
        self.assertEqual(xml[::-1].replace('erofeb', 'retfa', 1)[::-1],
                         guest.to_xml(pretty_print=False).strip())

    def test_what_has_no_namespace_is_nobodys(self):
        network = config.LibvirtConfigNetwork()
        network.parse_str('<network><metadata><invented/></metadata></network>')
        fact, = network.undeclared()
        self.assertEqual('/network/metadata/invented', fact.path)

    def test_the_prefix_says_nothing(self):
        one, other = _owner(), _owner()
        other.ns_prefix = None
        self.assertEqual(one, other)
        self.assertEqual(one, copy.deepcopy(one))
        other.attributes['id'] = '8'
        self.assertNotEqual(one, other)

    def test_what_cannot_be_written(self):
        for element in (_element('not a name'), _element('a', '\0'),
                        _element('a', id='\1'), _element('a', 7)):
            self.assertRaises(exception.InvalidInput, element.to_xml)
