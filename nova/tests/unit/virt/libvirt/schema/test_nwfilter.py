# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova import exception
from nova.tests.unit.virt.libvirt.schema import base
from nova.virt.libvirt import config

_ENDS = ('srcipaddr="10.1.0.0" srcipmask="16" dstipaddr="$IP" '
         'dstipmask="255.255.255.0"')
_RANGES = ('srcipfrom="10.0.0.1" srcipto="10.0.0.9" dstipfrom="10.0.0.11" '
           'dstipto="10.0.0.19" dscp="33" connlimit-above="7" state="NEW,RELATED" '
           'ipset="trusted" ipsetflags="src,dst"')
_PORTS = ('srcportstart="20" srcportend="21" dstportstart="$PORT" '
          'dstportend="1111"')
_ENDS_SET = {'srcipaddr': '10.1.0.0', 'srcipmask': '16', 'dstipaddr': '$IP',
             'dstipmask': '255.255.255.0'}
_RANGES_SET = {'srcipfrom': '10.0.0.1', 'srcipto': '10.0.0.9',
               'dstipfrom': '10.0.0.11', 'dstipto': '10.0.0.19', 'dscp': 33,
               'connlimit_above': 7, 'state': 'NEW,RELATED', 'ipset': 'trusted',
               'ipsetflags': 'src,dst'}
_PORTS_SET = {'srcportstart': 20, 'srcportend': 21, 'dstportstart': '$PORT',
              'dstportend': 1111}
_ETHERNET = ('srcmacaddr="$MAC" srcmacmask="ff:ff:ff:ff:ff:ff" '
             'dstmacaddr="aa:bb:cc:dd:ee:ff" dstmacmask="ff:ff:ff:00:00:00"')
_ETHERNET_SET = {'srcmacaddr': '$MAC', 'srcmacmask': 'ff:ff:ff:ff:ff:ff',
                 'dstmacaddr': 'aa:bb:cc:dd:ee:ff', 'dstmacmask': 'ff:ff:ff:00:00:00'}


class NWFilterTestCase(base.DocumentTestCase):

    def test_filter(self):
        ref = config.LibvirtConfigNWFilterRef(
            filter='no-mac-spoofing', parameters=[{'key': 'IP', 'value': '10.0.0.1'},
                                                  {'key': 'IP', 'value': '10.0.0.2'}])
        rule = config.LibvirtConfigNWFilterRule(
            action='drop', direction='out', priority=-500, statematch='false',
            matches=[config.LibvirtConfigNWFilterMatchMAC(match=False,
                                                          srcmacaddr='$MAC')])
        obj = config.LibvirtConfigNWFilter(
            name='nova-base', chain='root', priority=-700,
            uuid='5c6d49af-b071-6127-b4ec-6f8ed4b55335', entries=[ref])
        obj.add_rule(rule)
        obj.add_ref('allow-dhcp')
        self.assert_document(
            '<filter name="nova-base" chain="root" priority="-700">'
            '<uuid>5c6d49af-b071-6127-b4ec-6f8ed4b55335</uuid>'
            '<filterref filter="no-mac-spoofing">'
            '<parameter name="IP" value="10.0.0.1"/>'
            '<parameter name="IP" value="10.0.0.2"/></filterref>'
            '<rule action="drop" direction="out" priority="-500" statematch="false">'
            '<mac match="no" srcmacaddr="$MAC"/></rule>'
            '<filterref filter="allow-dhcp"/></filter>', obj)

    def test_binding(self):
        obj = config.LibvirtConfigNWFilterBinding(
            owner_name='memtest', owner_uuid='d54df46f-1ab5-4a22-8618-4560ef5fac2c',
            portdev='vnet0', linkdev='eth0', mac_addr='52:54:00:7b:35:93',
            filtername='clean-traffic')
        obj.add_filter_param('MAC', '52:54:00:7b:35:93')
        self.assert_document(
            '<filterbinding><owner><name>memtest</name>'
            '<uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner>'
            '<portdev name="vnet0"/><linkdev name="eth0"/>'
            '<mac address="52:54:00:7b:35:93"/><filterref filter="clean-traffic">'
            '<parameter name="MAC" value="52:54:00:7b:35:93"/></filterref>'
            '</filterbinding>', obj)

    def test_a_rule_that_looks_at_nothing(self):
        self.assert_document(
            '<rule action="accept" direction="inout"/>',
            config.LibvirtConfigNWFilterRule(action='accept', direction='inout'))

    def test_hexadecimal_numbers_stay_as_they_are(self):
        xml = '<vlan vlanid="0x00f" encap-protocol="0x0800"/>'
        obj = self.parsed(config.LibvirtConfigNWFilterMatchVLAN, xml)
        self.assertEqual(15, obj.vlanid)
        self.assertIn('vlanid="0x00f"', obj.to_xml())

    def test_what_is_neither_number_nor_variable(self):
        obj = config.LibvirtConfigNWFilterMatchTCP()
        ex = self.assertRaises(exception.InvalidInput, obj.parse_str,
                               '<tcp dstportstart="ssh"/>')
        self.assertIn("LibvirtConfigNWFilterMatchTCP.dstportstart: 'ssh'", str(ex))


class NWFilterMatchTestCase(base.DocumentTestCase):

    def _check(self, tag, name, attributes, **fields):
        cls = getattr(config, f'LibvirtConfigNWFilterMatch{name}')
        self.assert_document(f'<{tag} match="yes" comment="why" {attributes}/>',
                             cls(match=True, comment='why', **fields))

    def _check_both(self, tag, name, attributes, **fields):
        self._check(tag, name, attributes, **fields)
        self._check(f'{tag}-ipv6', f'{name}v6', attributes, **fields)

    def test_mac(self):
        self._check('mac', 'MAC', f'{_ETHERNET} protocolid="arp"', protocolid='arp',
                    **_ETHERNET_SET)

    def test_vlan(self):
        self._check('vlan', 'VLAN', f'{_ETHERNET} vlanid="42" encap-protocol="ipv4"',
                    vlanid=42, encap_protocol='ipv4', **_ETHERNET_SET)

    def test_stp(self):
        numbers = {name: number for number, name in enumerate((
            'type', 'flags', 'root-priority', 'root-priority-hi', 'root-cost',
            'root-cost-hi', 'sender-priority', 'sender-priority-hi', 'port', 'port-hi',
            'age', 'age-hi', 'max-age', 'max-age-hi', 'hello-time', 'hello-time-hi',
            'forward-delay', 'forward-delay-hi'))}
        texts = {'srcmacaddr': '1:2:3:4:5:6', 'srcmacmask': 'ff:ff:ff:ff:ff:ff',
                 'root-address': '6:5:4:3:2:1', 'root-address-mask': 'ff:ff:ff:0:0:0',
                 'sender-address': '6:5:4:3:2:7',
                 'sender-address-mask': 'ff:ff:ff:ff:0:0'}
        both = {**numbers, **texts}
        self._check('stp', 'STP',
                    ' '.join(f'{name}="{value}"' for name, value in both.items()),
                    **{name.replace('-', '_'): value for name, value in both.items()})

    def test_arp_and_rarp(self):
        fields = {'hwtype': 12, 'protocoltype': 34, 'opcode': 'Request',
                  'arpsrcmacaddr': '1:2:3:4:5:6', 'arpdstmacaddr': 'a:b:c:d:e:f',
                  'arpsrcipaddr': '10.1.2.3', 'arpsrcipmask': '24',
                  'arpdstipaddr': '$IP', 'arpdstipmask': '255.0.0.0'}
        attributes = ' '.join(f'{name}="{value}"' for name, value in fields.items())
        for tag, name in (('arp', 'ARP'), ('rarp', 'RARP')):
            self._check(tag, name, f'{_ETHERNET} {attributes} gratuitous="yes"',
                        gratuitous=True, **fields, **_ETHERNET_SET)

    def test_gratuitous_in_other_words(self):
        obj = self.parsed(config.LibvirtConfigNWFilterMatchARP,
                          '<arp gratuitous="true"/>')
        self.assertIs(True, obj.gratuitous)
        self.assertIn('"true"', obj.to_xml())
        obj.gratuitous = False
        self.assertIn('"no"', obj.to_xml())

    def test_ip(self):
        self._check('ip', 'IP', f'{_ETHERNET} {_ENDS} {_PORTS} protocol="udp" dscp="3"',
                    protocol='udp', dscp=3, **_ETHERNET_SET, **_ENDS_SET, **_PORTS_SET)

    def test_ipv6(self):
        self._check('ipv6', 'IPv6', f'{_ETHERNET} {_ENDS} {_PORTS} protocol="icmpv6" '
                    'type="1" typeend="2" code="3" codeend="4"', protocol='icmpv6',
                    type=1, typeend=2, code=3, codeend=4, **_ETHERNET_SET, **_ENDS_SET,
                    **_PORTS_SET)

    def test_tcp(self):
        self._check_both('tcp', 'TCP', f'srcmacaddr="$MAC" {_ENDS} {_RANGES} {_PORTS} '
                         'flags="SYN/ALL"', srcmacaddr='$MAC', flags='SYN/ALL',
                         **_ENDS_SET, **_RANGES_SET, **_PORTS_SET)

    def test_other_protocols_with_ports(self):
        for tag in ('udp', 'sctp'):
            self._check_both(tag, tag.upper(), f'{_ENDS} {_RANGES} {_PORTS}',
                             **_ENDS_SET, **_RANGES_SET, **_PORTS_SET)

    def test_icmp(self):
        for tag, name in (('icmp', 'ICMP'), ('icmpv6', 'ICMPv6')):
            self._check(tag, name, f'{_ENDS} {_RANGES} type="8" code="0"', type=8,
                        code=0, **_ENDS_SET, **_RANGES_SET)

    def test_protocols_without_ports(self):
        for tag, name in (('all', 'All'), ('esp', 'ESP'), ('ah', 'AH'),
                          ('udplite', 'UDPLite')):
            self._check_both(tag, name, f'{_ENDS} {_RANGES}', **_ENDS_SET,
                             **_RANGES_SET)
        self._check('igmp', 'IGMP', f'{_ENDS} {_RANGES}', **_ENDS_SET, **_RANGES_SET)
