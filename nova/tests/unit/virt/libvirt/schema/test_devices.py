# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices beyond those that Nova makes, by hand and from what libvirt gives."""

import testtools

from nova.tests.unit.virt.libvirt.schema import facts
from nova.virt.libvirt import config


class DevicesTestCase(testtools.TestCase):

    def _is(self, xml, device):
        """Check what the device writes, and that a domain gives the same back."""
        self.assertEqual(facts.facts(xml), facts.facts(device.to_xml()))
        guest = config.LibvirtConfigGuest()
        guest.parse_str(f'<domain><devices>{xml}</devices></domain>')
        self.assertEqual([], guest.undeclared())
        read, = guest.devices
        self.assertEqual(device, read)

    def test_a_panic_device(self):
        self._is(
            "<panic model='isa'><address type='isa' iobase='0x505'/></panic>",
            config.LibvirtConfigGuestPanic(
                model='isa',
                device_addr=config.LibvirtConfigGuestDeviceAddressISA(iobase='0x505')))

    def test_a_disk_behind_iscsi(self):
        auth = config.LibvirtConfigGuestDiskAuth(
            username='me', secret_type='iscsi', secret_usage='target')
        piece = config.LibvirtConfigGuestDiskSourceSlice(offset=512, size=1024)
        self._is(
            '<disk type="network" device="lun" rawio="yes">'
            '<driver name="qemu" type="raw" error_policy="stop" queues="4"/>'
            '<source protocol="iscsi" name="iqn.2013-07.com.example:pool/1">'
            '<host name="example.org" port="6000"/>'
            '<initiator><iqn name="iqn.2013-07.com.example:client"/></initiator>'
            '<slices><slice type="storage" offset="512" size="1024"/></slices>'
            '<auth username="me"><secret type="iscsi" usage="target"/></auth></source>'
            '<target dev="sda" bus="scsi"/><alias name="ua-disk"/></disk>',
            config.LibvirtConfigGuestDisk(
                source_type='network', source_device='lun', rawio=True,
                driver_name='qemu', driver_format='raw', driver_error_policy='stop',
                driver_queues=4, source_protocol='iscsi',
                source_name='iqn.2013-07.com.example:pool/1',
                source_hosts=['example.org'], source_ports=['6000'],
                source_initiator='iqn.2013-07.com.example:client',
                source_slices=[piece], source_auth=auth,
                target_dev='sda', target_bus='scsi', alias='ua-disk'))

    def test_a_disk_on_nvme(self):
        self._is(
            '<disk type="nvme" device="disk"><source type="pci" managed="yes" '
            'namespace="1"><address domain="0x0000" bus="0x01" slot="0x00" '
            'function="0x0"/></source><target dev="vda" bus="virtio"/>'
            '<transient shareBacking="yes"/></disk>',
            config.LibvirtConfigGuestDisk(
                source_type='nvme', source_transport='pci', source_managed=True,
                source_namespace=1, source_pci_address='0000:01:00.0',
                target_dev='vda', target_bus='virtio',
                transient=config.LibvirtConfigGuestDiskTransient(share_backing=True)))

    def test_a_trunk_of_vlans(self):
        tags = [config.LibvirtConfigGuestInterfaceVLANTag(id=42),
                config.LibvirtConfigGuestInterfaceVLANTag(id=47, native_mode='tagged')]
        self._is(
            '<interface type="network"><source network="ovs"/><vlan trunk="yes">'
            '<tag id="42"/><tag id="47" nativeMode="tagged"/></vlan></interface>',
            config.LibvirtConfigGuestInterface(
                net_type='network', source_dev='ovs', vlan_trunk=True, vlan_tags=tags))

    def test_the_vlan_of_nova_is_the_first_tag(self):
        interface = config.LibvirtConfigGuestInterface()
        interface.parse_str('<interface type="hostdev" managed="yes">'
                            '<vlan><tag id="42"/><tag id="43"/></vlan></interface>')
        self.assertEqual((42, [43]), (interface.vlan,
                                      [tag.id for tag in interface.vlan_tags]))

    def test_forwarded_ports(self):
        ports = config.LibvirtConfigGuestInterfacePortRange(start=2022, to=22)
        forward = config.LibvirtConfigGuestInterfacePortForward(
            proto='tcp', address='192.0.2.1', ranges=[ports])
        self._is(
            '<interface type="user"><source dev="eth0"/><portForward proto="tcp" '
            'address="192.0.2.1"><range start="2022" to="22"/></portForward>'
            '<backend type="passt"/></interface>',
            config.LibvirtConfigGuestInterface(
                net_type='user', source_dev='eth0', port_forwards=[forward],
                backend_type='passt'))

    def test_a_serial_port_over_udp(self):
        self._is(
            '<serial type="udp"><source mode="bind" host="127.0.0.1" service="1"/>'
            '<source mode="connect" host="127.0.0.2" service="2"/>'
            '<target type="isa-serial" port="0"><model name="isa-serial"/></target>'
            '</serial>',
            config.LibvirtConfigGuestSerial(
                type='udp', udp_bind_host='127.0.0.1', udp_bind_port='1',
                udp_connect_host='127.0.0.2', udp_connect_port='2',
                target_type='isa-serial', target_port=0, target_model='isa-serial'))

    def test_host_devices_are_told_apart(self):
        self._is(
            '<hostdev mode="subsystem" type="usb" managed="yes"><source '
            'guestReset="off"><vendor id="0x1234"/><product id="0xbeef"/></source>'
            '</hostdev>',
            config.LibvirtConfigGuestHostdevUSB(
                guest_reset='off', vendor='0x1234', product='0xbeef'))
        self._is(
            '<hostdev mode="subsystem" type="scsi"><source><adapter '
            'name="scsi_host0"/><address bus="0" target="1" unit="2"/></source>'
            '<address type="drive" controller="0" bus="0" target="0" unit="4"/>'
            '</hostdev>',
            config.LibvirtConfigGuestHostdevSCSI(
                adapter='scsi_host0', bus=0, target=1, unit=2,
                device_addr=config.LibvirtConfigGuestDeviceAddressDrive(
                    controller=0, bus=0, target=0, unit=4)))
        self._is('<hostdev mode="capabilities" type="net"><source>'
                 '<interface>eth0</interface></source></hostdev>',
                 config.LibvirtConfigGuestHostdevNet(interface='eth0'))

    def test_memory_that_is_no_nvdimm(self):
        self._is(
            '<memory model="virtio-mem"><target><size>1048576</size><node>0</node>'
            '<block>2048</block><requested>524288</requested></target>'
            '<address type="pci" domain="0x0000" bus="0x00" slot="0x02" '
            'function="0x0"/></memory>',
            config.LibvirtConfigGuestMemoryDevice(
                model='virtio-mem', target_size=1048576, target_node=0,
                target_block=2048, target_requested=524288,
                device_addr=config.LibvirtConfigGuestDeviceAddressPCI(
                    domain='0x0000', bus='0x00', slot='0x02', function='0x0')))

    def test_sound_of_the_guest_on_the_host(self):
        output = config.LibvirtConfigGuestAudioOutput(mixing_engine=True, voices=1,
                                                      frequency=44100, format='s16')
        self._is('<audio id="1" type="pulseaudio" serverName="here">'
                 '<output mixingEngine="yes" voices="1">'
                 '<settings frequency="44100" format="s16"/></output></audio>',
                 config.LibvirtConfigGuestAudio(type='pulseaudio', server_name='here',
                                                output=output))

    def test_addresses_of_every_kind(self):
        for xml, kind in (
                ('type="ccw" cssid="0xfe" ssid="0x0" devno="0x0001"', 'CCW'),
                ('type="usb" bus="0" port="1.2"', 'USB'),
                ('type="virtio-serial" controller="0" bus="0" port="1"',
                 'VirtioSerial'),
                ('type="ccid" controller="0" slot="0"', 'CCID'),
                ('type="isa" iobase="0x505" irq="0x1"', 'ISA'),
                ('type="dimm" slot="0" base="0x100000000"', 'DIMM'),
                ('type="spapr-vio" reg="0x2000"', 'SpaprVIO'),
                ('type="virtio-mmio"', '')):
            hub = config.LibvirtConfigGuestHub()
            hub.parse_str(f'<hub type="usb"><address {xml}/></hub>')
            self.assertEqual([], hub.undeclared())
            self.assertIs(getattr(config, f'LibvirtConfigGuestDeviceAddress{kind}'),
                          type(hub.device_addr))

    def test_what_qemu_is_told_directly(self):
        guest = config.LibvirtConfigGuest(uuid='1')
        guest.qemu_commandline = config.LibvirtConfigGuestQEMUCommandLine(
            args=['-S'], env=[{'key': 'A', 'value': 'b'}])
        self.assertIn(
            '<qemu:commandline xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">'
            '<qemu:arg value="-S"/><qemu:env name="A" value="b"/></qemu:commandline>',
            guest.to_xml(pretty_print=False))
