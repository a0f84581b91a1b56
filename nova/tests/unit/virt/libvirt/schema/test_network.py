# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova.tests.unit.virt.libvirt.schema import base
from nova.virt.libvirt import config

UUID = '81ff0d90-c91e-6742-64da-4a736edb9a9b'
MAC = '52:54:00:7b:35:93'


def _bandwidth():
    return config.LibvirtConfigNetworkBandwidth(
        class_id=3, inbound_average=1000, inbound_peak=5000, inbound_floor=200,
        inbound_burst=1024, outbound_average=128, outbound_peak=256, outbound_burst=25)


BANDWIDTH = ('<bandwidth classID="3">'
             '<inbound average="1000" peak="5000" floor="200" burst="1024"/>'
             '<outbound average="128" peak="256" burst="25"/></bandwidth>')


def _virtualport():
    return config.LibvirtConfigNetworkVirtualPort(
        type='802.1Qbg', managerid=11, typeid=1193047, typeidversion=2,
        instanceid=UUID, profileid='finance', interfaceid=UUID)


VIRTUALPORT = ('<virtualport type="802.1Qbg"><parameters managerid="11" '
               f'typeid="1193047" typeidversion="2" instanceid="{UUID}" '
               f'profileid="finance" interfaceid="{UUID}"/></virtualport>')
VLAN = '<vlan trunk="yes"><tag id="42"/><tag id="47" nativeMode="untagged"/></vlan>'


def _vlan():
    return config.LibvirtConfigNetworkVlan(trunk=True, tags=[42, 47],
                                           native_modes=[None, 'untagged'])


class NetworkTestCase(base.DocumentTestCase):

    def test_a_network_with_addresses(self):
        ip = config.LibvirtConfigNetworkIP(
            family='ipv4', address='192.168.122.1', netmask='255.255.255.0',
            local_ptr=True, tftp_root='/srv/tftp',
            ranges=[config.LibvirtConfigNetworkDHCPRange(
                start='192.168.122.2', end='192.168.122.99', lease_expiry=1,
                lease_unit='hours')],
            hosts=[config.LibvirtConfigNetworkDHCPHost(
                mac=MAC, name='a', ip='192.168.122.10', lease_expiry=0,
                lease_unit='seconds')],
            bootp_file='pxelinux.0', bootp_server='10.20.30.40')
        ipv6 = config.LibvirtConfigNetworkIP(
            family='ipv6', address='2001:db8::1', prefix=64,
            hosts=[config.LibvirtConfigNetworkDHCPHost(
                id='0:1:0:1:18', ip='2001:db8::5')])
        dns = config.LibvirtConfigNetworkDNS(
            enable=True, forward_plain_names=False,
            forwarder_domains=['example.com', None],
            forwarder_addrs=['8.8.8.8', '8.8.4.4'],
            txts=[config.LibvirtConfigNetworkDNSTXT(name='who', value='us')],
            srvs=[config.LibvirtConfigNetworkDNSSRV(
                service='ldap', protocol='tcp', domain='d', target='t', port=1024,
                priority=10, weight=20)],
            hosts=[config.LibvirtConfigNetworkDNSHost(ip='192.168.122.2',
                                                      hostnames=['a', 'b'])])
        obj = config.LibvirtConfigNetwork(
            connections=1, ipv6=True, trust_guest_rx_filters=False, name='default',
            title='t', description='d', uuid=UUID, bridge_name='virbr0',
            bridge_zone='public', bridge_stp=True, bridge_delay=0,
            bridge_mac_table_manager='libvirt', mtu=9000, mac_addr=MAC,
            domain_name='example.com', domain_local_only=True, domain_register=False,
            dns=dns, vlan=_vlan(), bandwidth=_bandwidth(), isolated=True,
            ips=[ip, ipv6],
            routes=[config.LibvirtConfigNetworkRoute(
                        family='ipv4', address='10.1.0.0', prefix=16,
                        gateway='192.168.122.2', metric=2),
                    config.LibvirtConfigNetworkRoute(
                        address='10.2.0.0', netmask='255.255.0.0',
                        gateway='192.168.122.3')],
            virtualport=_virtualport(), dnsmasq_options=['foo=bar'])
        self.assert_document(
            '<network connections="1" ipv6="yes" trustGuestRxFilters="no">'
            '<name>default</name><title>t</title><description>d</description>'
            f'<uuid>{UUID}</uuid><bridge name="virbr0" zone="public" stp="on" '
            'delay="0" macTableManager="libvirt"/><mtu size="9000"/>'
            f'<mac address="{MAC}"/>'
            '<domain name="example.com" localOnly="yes" register="no"/>'
            '<dns enable="yes" forwardPlainNames="no">'
            '<forwarder domain="example.com" addr="8.8.8.8"/>'
            '<forwarder addr="8.8.4.4"/><txt name="who" value="us"/>'
            '<srv service="ldap" protocol="tcp" domain="d" target="t" port="1024" '
            'priority="10" weight="20"/><host ip="192.168.122.2">'
            '<hostname>a</hostname><hostname>b</hostname></host></dns>'
            f'{VLAN}{BANDWIDTH}<port isolated="yes"/>'
            '<ip family="ipv4" address="192.168.122.1" netmask="255.255.255.0" '
            'localPtr="yes"><tftp root="/srv/tftp"/><dhcp>'
            '<range start="192.168.122.2" end="192.168.122.99">'
            '<lease expiry="1" unit="hours"/></range>'
            f'<host mac="{MAC}" name="a" ip="192.168.122.10">'
            '<lease expiry="0" unit="seconds"/></host>'
            '<bootp file="pxelinux.0" server="10.20.30.40"/></dhcp></ip>'
            '<ip family="ipv6" address="2001:db8::1" prefix="64"><dhcp>'
            '<host id="0:1:0:1:18" ip="2001:db8::5"/></dhcp></ip>'
            '<route family="ipv4" address="10.1.0.0" prefix="16" '
            'gateway="192.168.122.2" metric="2"/>'
            '<route address="10.2.0.0" netmask="255.255.0.0" gateway="192.168.122.3"/>'
            f'{VIRTUALPORT}'
            '<dnsmasq:options '
            'xmlns:dnsmasq="http://libvirt.org/schemas/network/dnsmasq/1.0">'
            '<dnsmasq:option value="foo=bar"/></dnsmasq:options></network>', obj)

    def test_a_pool_of_functions(self):
        address = config.LibvirtConfigNetworkForwardAddress(
            domain='0x0000', bus='0x03', slot='0x00', function='0x1', connections=2)
        forward = config.LibvirtConfigNetworkForward(
            mode='hostdev', dev='eth0', managed=True, driver_name='vfio',
            pf_dev='eth2', addresses=[address])
        self.assert_document(
            '<forward mode="hostdev" dev="eth0" managed="yes"><driver name="vfio"/>'
            '<pf dev="eth2"/><address type="pci" domain="0x0000" bus="0x03" '
            'slot="0x00" function="0x1" connections="2"/></forward>', forward)

    def test_address_translation(self):
        forward = config.LibvirtConfigNetworkForward(
            mode='nat', nat_ipv6=True, nat_address_start='1.2.3.4',
            nat_address_end='1.2.3.10', nat_port_start=500, nat_port_end=1000,
            interfaces=[config.LibvirtConfigNetworkForwardInterface(
                dev='eth0', connections=1)])
        self.assert_document(
            '<network><forward mode="nat"><nat ipv6="yes">'
            '<address start="1.2.3.4" end="1.2.3.10"/>'
            '<port start="500" end="1000"/></nat>'
            '<interface dev="eth0" connections="1"/></forward></network>',
            config.LibvirtConfigNetwork(forward=forward))

    def test_a_port_group(self):
        group = config.LibvirtConfigNetworkPortGroup(
            name='engineering', default=True, trust_guest_rx_filters=True,
            vlan=_vlan(), virtualport=_virtualport(), bandwidth=_bandwidth())
        self.assert_document(
            '<network><portgroup name="engineering" default="yes" '
            f'trustGuestRxFilters="yes">{VLAN}{VIRTUALPORT}{BANDWIDTH}</portgroup>'
            '</network>', config.LibvirtConfigNetwork(portgroups=[group]))

    def test_a_port(self):
        obj = config.LibvirtConfigNetworkPort(
            uuid=UUID, owner_uuid=UUID, owner_name='memtest', mac_addr=MAC, group='g',
            bandwidth=_bandwidth(), vlan=_vlan(), isolated=False,
            virtualport=_virtualport(), trust_guest_rx_filters=True,
            plug_type='hostdev-pci', plug_managed=True, plug_driver='vfio',
            plug_pci_addr='0001:02:03.4')
        self.assert_document(
            f'<networkport><uuid>{UUID}</uuid><owner><uuid>{UUID}</uuid>'
            f'<name>memtest</name></owner><mac address="{MAC}"/><group>g</group>'
            f'{BANDWIDTH}{VLAN}<port isolated="no"/>{VIRTUALPORT}'
            '<rxfilters trustGuest="yes"/><plug type="hostdev-pci" managed="yes">'
            '<driver name="vfio"/>'
            '<address domain="0x0001" bus="0x02" slot="0x03" function="0x4"/></plug>'
            '</networkport>', obj)

    def test_other_plugs(self):
        self.assert_document(
            '<networkport><plug type="bridge" bridge="br0" macTableManager="kernel" '
            'dev="eth0" mode="vepa"/></networkport>',
            config.LibvirtConfigNetworkPort(
                plug_type='bridge', plug_bridge='br0', plug_mac_table_manager='kernel',
                plug_dev='eth0', plug_mode='vepa'))


class InterfaceTestCase(base.DocumentTestCase):

    def test_a_bridge_with_all_that_can_be_in_it(self):
        slave = config.LibvirtConfigInterface(
            type='ethernet', name='eth0', mac_addr=MAC, link_speed=1000,
            link_state='up')
        bond = config.LibvirtConfigInterface(
            type='bond', name='bond0', bond_mode='active-backup', miimon_freq=100,
            miimon_downdelay=5, miimon_updelay=10, miimon_carrier='ioctl',
            bond_interfaces=[slave])
        vlan = config.LibvirtConfigInterface(
            type='vlan', name='eth1.42', vlan_tag=42,
            vlan_interface=config.LibvirtConfigInterface(name='eth1'))
        ipv4 = config.LibvirtConfigInterfaceProtocol(
            family='ipv4', dhcp=config.LibvirtConfigInterfaceDHCP(peerdns=False),
            ip_addresses=['10.0.0.2', '10.0.0.3'], ip_prefixes=[24],
            route_gateway='10.0.0.1')
        ipv6 = config.LibvirtConfigInterfaceProtocol(family='ipv6', autoconf=True)
        obj = config.LibvirtConfigInterface(
            type='bridge', name='br0', start_mode='onboot', mtu=1500,
            protocols=[ipv4, ipv6], bridge_stp=False, bridge_delay='0.01',
            bridge_interfaces=[bond, vlan])
        self.assert_document(
            '<interface type="bridge" name="br0"><start mode="onboot"/>'
            '<mtu size="1500"/><protocol family="ipv4"><dhcp peerdns="no"/>'
            '<ip address="10.0.0.2" prefix="24"/><ip address="10.0.0.3"/>'
            '<route gateway="10.0.0.1"/></protocol>'
            '<protocol family="ipv6"><autoconf/></protocol>'
            '<bridge stp="off" delay="0.01"><interface type="bond" name="bond0">'
            '<bond mode="active-backup"><miimon freq="100" downdelay="5" updelay="10" '
            'carrier="ioctl"/><interface type="ethernet" name="eth0">'
            f'<mac address="{MAC}"/><link speed="1000" state="up"/></interface></bond>'
            '</interface><interface type="vlan" name="eth1.42"><vlan tag="42">'
            '<interface name="eth1"/></vlan></interface></bridge></interface>', obj)

    def test_a_bond_that_asks_around(self):
        self.assert_document(
            '<interface type="bond" name="bond0"><bond><arpmon interval="100" '
            'target="192.168.50.7" validate="active"/></bond></interface>',
            config.LibvirtConfigInterface(
                type='bond', name='bond0', arpmon_interval=100,
                arpmon_target='192.168.50.7', arpmon_validate='active'))
