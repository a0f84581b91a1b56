# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the kinds of field promise, on small documents."""

import copy

import testtools

from nova import exception
from nova.tests.unit.virt.libvirt.schema import facts
from nova.virt.libvirt import config
from nova.virt.libvirt.schema import base
from nova.virt.libvirt.schema import convert
from nova.virt.libvirt.schema import mapping


class Plug(base.LibvirtConfigObject):
    root_name = 'plug'
    keyed_by = 'kind'

    kind = mapping.Attr('@kind', default='square')
    size = mapping.Attr('socket/@size', convert.INT, default=3)
    path = mapping.Attr(mapping.by(round='source/@ring', square='source/@edge'))
    colour = mapping.Text('colour', unless=('round',))
    memory = mapping.Text('memory', convert.MEMORY_KIB)
    live = mapping.Flag('live')
    shared = mapping.Flag('private', absent=True)
    must = mapping.Text('must', always=True)
    pins = mapping.Values('pins/pin', '@id', convert.INT)
    tags = mapping.Values('tag', into=set)
    options = mapping.Params('option', into=dict)
    part = mapping.Child('self')


def parsed(cls, xml):
    obj = cls()
    obj.parse_str(xml)
    return obj


class MappingTestCase(testtools.TestCase):

    def _writes(self, xml, obj):
        self.assertEqual(facts.canonical(xml), facts.canonical(obj.to_xml()))

    def _keeps(self, xml, cls=Plug):
        obj = parsed(cls, xml)
        self._writes(xml, obj)
        self._writes(xml, copy.deepcopy(obj))
        return obj

    def test_an_object_made_by_hand_writes_its_defaults(self):
        self._writes('<plug kind="square"><socket size="3"/><must/></plug>', Plug())

    def test_everything_at_once_in_order_of_declaration(self):
        plug = Plug(path='/x', colour='red', memory=1024, live=True, shared=False,
                    must='m', pins=[2, 1], tags={'b', 'a'}, options={'k': 'v'},
                    part=Plug(shared=False))
        self._writes(
            '<plug kind="square"><socket size="3"/><source edge="/x"/>'
            '<colour>red</colour><memory>1024</memory><live/><private/><must>m</must>'
            '<pins><pin id="2"/><pin id="1"/></pins><tag>a</tag><tag>b</tag>'
            '<option name="k" value="v"/>'
            '<plug kind="square"><socket size="3"/><private/><must/></plug></plug>',
            plug)

    def test_what_was_absent_is_not_invented(self):
        plug = self._keeps('<plug/>')
        self.assertEqual((None, None, [], set(), {}),
                         (plug.kind, plug.size, plug.pins, plug.tags, plug.options))
        self.assertIs(False, plug.live)
        self.assertIs(True, plug.shared)

    def test_what_was_there_but_empty_stays(self):
        plug = self._keeps('<plug><must/><socket/><pins/></plug>')
        self.assertIsNone(plug.must)

    def test_zero_is_not_absent(self):
        plug = self._keeps('<plug><socket size="0"/></plug>')
        self.assertEqual(0, plug.size)

    def test_a_path_follows_the_discriminator(self):
        xml = '<plug kind="round"><source ring="/y" edge="/z"/></plug>'
        plug = self._keeps(xml)
        self.assertEqual('/y', plug.path)
        self.assertEqual([('/plug/source', '@edge', '/z')], plug.undeclared())

    def test_an_unknown_discriminator_loses_nothing(self):
        plug = self._keeps('<plug kind="odd"><source edge="/z"/></plug>')
        self.assertEqual('odd', plug.kind)
        self.assertIsNone(plug.path)

    def test_a_field_that_does_not_exist_here_is_carried(self):
        plug = self._keeps('<plug kind="round"><colour>red</colour></plug>')
        self.assertEqual([('/plug/colour', 'text()', 'red')], plug.undeclared())

    def test_order_and_strangers_keep_their_place(self):
        xml = ('<plug><tag>b</tag><odd a="1"><x/></odd><tag>a</tag>'
               '<must>m<hm/></must>text<socket size="1" depth="2"/></plug>')
        plug = self._keeps(xml)
        self.assertEqual(
            [('/plug/odd', '@a', '1'), ('/plug/odd/x', 'element()', ''),
             ('/plug/must/hm', 'element()', ''), ('/plug', 'text()', 'text'),
             ('/plug/socket', '@depth', '2')],
            sorted(plug.undeclared(), key=lambda fact: xml.index(
                {'@a': '<odd', '@depth': '<socket', 'text()': 'text'}.get(
                    fact.kind, '<' + fact.path.rpartition('/')[2]))))

    def test_a_change_in_one_place_leaves_the_rest(self):
        plug = parsed(Plug, '<plug><odd/><tag>b</tag><socket size="0x1" depth="2"/>'
                            '<memory unit="GiB">2</memory></plug>')
        plug.size = 7
        self._writes('<plug><odd/><tag>b</tag><socket size="7" depth="2"/>'
                     '<memory unit="GiB">2</memory></plug>', plug)

    def test_spelling_is_kept_until_the_value_changes(self):
        plug = self._keeps('<plug><memory unit="GiB">2</memory></plug>')
        self.assertEqual(2 * 2 ** 20, plug.memory)
        plug.memory = 512
        self._writes('<plug><memory>512</memory></plug>', plug)

    def test_a_thing_taken_away_takes_what_was_carried_in_it(self):
        plug = parsed(
            Plug, '<plug><socket size="1" depth="2"/><live since="x"/></plug>')
        plug.size = None
        plug.live = False
        self._writes('<plug/>', plug)

    def test_strangers_stay_when_their_neighbours_go(self):
        plug = parsed(Plug, '<plug><pins><odd/><pin id="1"/>text</pins>'
                            '<live><odd/></live></plug>')
        plug.pins = []
        plug.live = False
        self._writes('<plug><pins><odd/>text</pins></plug>', plug)

    def test_what_is_added_follows_what_it_follows(self):
        plug = parsed(Plug, '<plug><memory>5</memory><odd/><socket size="1"/></plug>')
        plug.colour = 'red'
        plug.live = True
        self._writes('<plug><memory>5</memory><live/><odd/><socket size="1"/>'
                     '<colour>red</colour></plug>', plug)

    def test_a_second_one_is_carried(self):
        plug = self._keeps('<plug><live/><must>a</must><must>b</must><live/></plug>')
        self.assertEqual('a', plug.must)
        self.assertEqual(2, len(plug.undeclared()))

    def test_attributes_of_other_namespaces(self):
        ours, theirs = mapping.NAMESPACES['nova'], 'urn:theirs'
        qemu = mapping.NAMESPACES['qemu']
        both = f'xmlns:n="{ours}" xmlns:nova="{theirs}"'
        for cls, xml in (
                (Plug, f'<plug xmlns:a="{theirs}" a:x="1" a:y="2"/>'),
                (Plug, '<plug xmlns:ns0="urn:1" xmlns:a="urn:2" ns0:x="1" a:x="2"/>'),
                (Plug, f'<plug xmlns:nova="{theirs}" nova:x="1"><live nova:z="3"/>'
                       '</plug>'),
                (Plug, f'<plug xmlns:n="{ours}" n:x="1" xml:lang="en"/>'),
                (config.LibvirtConfigGuestMetaNovaIp,
                 f'<n:ip xmlns:n="{ours}" n:x="1" n:y="2"/>'),
                (config.LibvirtConfigGuestMetaNovaIp,
                 f'<n:ip {both} nova:x="1" n:y="2"/>'),
                (config.LibvirtConfigGuest,
                 f'<domain><q:commandline xmlns:q="{qemu}" q:x="1">'
                 '<q:arg value="a" q:y="2"/></q:commandline></domain>')):
            self.assertEqual(facts.facts(xml), facts.facts(parsed(cls, xml).to_xml()))

    def test_rows_that_are_the_same_but_for_strangers(self):
        for rows in ('<pin id="1"/><pin id="1" odd="2"/><pin id="1"/>',
                     '<pin id="1" odd="1"/><pin id="1"/><pin id="1" odd="3"/>'):
            self._keeps(f'<plug><pins>{rows}</pins></plug>')

    def test_lists_of_objects_keep_the_order_of_the_list(self):
        guest = parsed(config.LibvirtConfigGuest,
                       '<domain><devices><input type="a" bus="x"/><odd/>'
                       '<sound model="b"/><input type="c" bus="x"/></devices></domain>')
        guest.devices.reverse()
        self._writes('<domain><devices><input type="c" bus="x"/><odd/>'
                     '<sound model="b"/><input type="a" bus="x"/></devices></domain>',
                     guest)

    def test_an_object_put_before_the_first(self):
        guest = parsed(config.LibvirtConfigGuest,
                       '<domain><devices><odd/><sound model="b"/><emulator>e</emulator>'
                       '</devices></domain>')
        guest.devices.insert(0, config.LibvirtConfigGuestSound('a'))
        self._writes('<domain><devices><odd/><sound model="a"/><sound model="b"/>'
                     '<emulator>e</emulator></devices></domain>', guest)

    def test_an_object_taken_from_a_list(self):
        guest = parsed(config.LibvirtConfigGuest,
                       '<domain><devices><input type="a" bus="x"/><odd/>'
                       '<sound model="b"/><input type="c" bus="x"/></devices></domain>')
        del guest.devices[0]
        guest.devices.append(config.LibvirtConfigGuestSound('d'))
        self._writes('<domain><devices><odd/><sound model="b"/>'
                     '<input type="c" bus="x"/><sound model="d"/></devices></domain>',
                     guest)

    def test_many_objects_added_to_what_was_read(self):
        guest = parsed(config.LibvirtConfigGuest,
                       '<domain><devices><sound model="0"/><odd/></devices></domain>')
        for number in range(1, 2000):
            guest.add_device(config.LibvirtConfigGuestSound(str(number)))
        again = parsed(config.LibvirtConfigGuest, guest.to_xml())
        self.assertEqual([str(number) for number in range(2000)],
                         [device.model for device in again.devices])

    def test_comments_are_not_kept(self):
        plug = parsed(Plug, '<plug><!-- c --><live/><?p i?></plug>')
        self._writes('<plug><live/></plug>', plug)

    def test_a_bad_moment(self):
        instance = config.LibvirtConfigGuestMetaNovaInstance()
        xml = ('<nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1">'
               '<nova:creationTime>{}</nova:creationTime></nova:instance>')
        for text in ('2020-13-01 00:00:00', 'yesterday'):
            ex = self.assertRaises(exception.InvalidInput, instance.parse_str,
                                   xml.format(text))
            self.assertIn(f'creationTime: {text!r}', str(ex))
        instance.parse_str(xml.format('2020-1-2 3:4:5'))
        self.assertEqual(1577934245.0, instance.creationTime)

    def test_only_objects_among_objects(self):
        for devices in (['text'], [None], [7]):
            guest = config.LibvirtConfigGuest(devices=devices)
            ex = self.assertRaises(exception.InvalidInput, guest.to_xml)
            self.assertIn('devices', str(ex))

    def test_a_hostile_name_is_no_markup(self):
        interface = config.LibvirtConfigGuestInterface(
            net_type='bridge', vporttype='openvswitch',
            vportparams=[{'key': 'a="1"><b', 'value': 'x'}])
        demo = config.LibvirtConfigObject(root_name='a b="1"')
        for obj in (interface, demo):
            self.assertRaises(exception.InvalidInput, obj.to_xml)

    def test_a_bad_value_names_class_field_and_value(self):
        error = self.assertRaises(
            exception.InvalidInput, parsed, Plug,
            '<plug>\n<plug><socket size="big"/></plug></plug>')
        for part in ('Plug.size', "'big'", 'line 2'):
            self.assertIn(part, str(error))

    def test_a_value_that_cannot_be_written(self):
        for key, value in (('size', 'big'), ('colour', 'a\x00b'), ('colour', object()),
                           ('options', {'k': '\x1b'}), ('tags', {'\ufffe'}),
                           ('path', '\ud800'), ('pins', [1, 'x'])):
            plug = Plug()
            setattr(plug, key, value)
            error = self.assertRaises(exception.InvalidInput, plug.to_xml)
            self.assertIn(f'Plug.{key}', str(error))

    def test_equality_is_of_values_and_of_what_is_carried(self):
        xml = '<plug><socket size="1"/><odd a="1"/></plug>'
        one = parsed(Plug, xml)
        other = parsed(Plug, xml.replace('size="1"', 'size="0x1"'))
        self.assertEqual(one, other)
        self.assertNotEqual(one, parsed(Plug, xml.replace('odd', 'add')))
        other.size = 2
        self.assertNotEqual(one, other)
        self.assertNotEqual(one, 'plug')

    def test_a_copy_shares_nothing(self):
        plug = parsed(Plug, '<plug><odd/><pins><pin id="1"/></pins><plug/></plug>')
        other = copy.deepcopy(plug)
        other.pins.append(2)
        other.part.size = 9
        self.assertEqual([1], plug.pins)
        self.assertIsNone(plug.part.size)

    def test_repr_shows_what_is_set(self):
        self.assertEqual("Plug(kind='round', live=True, shared=True)",
                         repr(Plug(kind='round', live=True, shared=True, size=None)))

    def test_no_such_field(self):
        self.assertRaises(TypeError, Plug, colour='red', shape='round')

    def test_reading_forgets_what_was_there(self):
        plug = Plug(colour='red', pins=[1])
        plug.parse_str('<plug><live/></plug>')
        self.assertEqual((None, [], True), (plug.colour, plug.pins, plug.live))

    def test_a_plain_object_of_any_name(self):
        demo = config.LibvirtConfigObject(root_name='demo', ns_prefix='foo',
                                          ns_uri='http://example.com/foo')
        self.assertEqual('<foo:demo xmlns:foo="http://example.com/foo"/>',
                         demo.to_xml(pretty_print=False))
