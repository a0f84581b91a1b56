# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova.tests.unit.virt.libvirt.schema import base
from nova.virt.libvirt import config

UUID = 'c0fec24f-b9ea-4fd1-9f6a-be9dc6c7dc6b'
MDEV_TYPES = [{'type': 'nvidia-11', 'name': 'GRID M60-0B', 'description': '2 heads',
               'deviceAPI': 'vfio-pci', 'availableInstances': 16},
              {'type': 'i915-GVTg_V5_8', 'deviceAPI': 'vfio-pci',
               'availableInstances': 0}]
MDEV_TYPES_XML = ('<capability type="mdev_types"><type id="nvidia-11">'
                  '<name>GRID M60-0B</name><description>2 heads</description>'
                  '<deviceAPI>vfio-pci</deviceAPI>'
                  '<availableInstances>16</availableInstances></type>'
                  '<type id="i915-GVTg_V5_8"><deviceAPI>vfio-pci</deviceAPI>'
                  '<availableInstances>0</availableInstances></type></capability>')


def _mdev_types():
    return config.LibvirtConfigNodeDeviceMdevCapableSubFunctionCap(
        mdev_types=MDEV_TYPES)


class PCITestCase(base.DocumentTestCase):

    def test_a_function(self):
        functions = config.LibvirtConfigNodeDevicePciSubFunctionCap(
            type='virt_functions', max_count=8,
            device_addrs=[(0, 10, 1, 1), (0, 10, 1, 3)])
        cap = config.LibvirtConfigNodeDevicePciCap(
            pci_class='0x020000', domain=0, bus=10, slot=1, function=5, product='NIC',
            product_id='0x1572', vendor='Intel', vendor_id='0x8086',
            mdev_capability=[_mdev_types()], fun_capability=[functions],
            iommu_group=12, iommu_group_addrs=[(0, 10, 1, 5)], numa_node=1,
            links=[config.LibvirtConfigNodeDevicePciLink(
                validity='cap', port=1, speed='2.5', width=4)])
        self.assertEqual('0000:0a:01.5', cap.pci_address())
        obj = config.LibvirtConfigNodeDevice(
            name='pci_0000_0a_01_5', path='/sys/devices/pci0000:00/0000:0a:01.5',
            parent='computer', driver='i40e', pci_capability=cap)
        self.assert_document(
            '<device><name>pci_0000_0a_01_5</name>'
            '<path>/sys/devices/pci0000:00/0000:0a:01.5</path><parent>computer</parent>'
            '<driver><name>i40e</name></driver><capability type="pci">'
            '<class>0x020000</class><domain>0</domain><bus>10</bus><slot>1</slot>'
            '<function>5</function><product id="0x1572">NIC</product>'
            '<vendor id="0x8086">Intel</vendor>'
            '<capability type="virt_functions" maxCount="8">'
            '<address domain="0x0000" bus="0x0a" slot="0x01" function="0x1"/>'
            '<address domain="0x0000" bus="0x0a" slot="0x01" function="0x3"/>'
            f'</capability>{MDEV_TYPES_XML}<iommuGroup number="12">'
            '<address domain="0x0000" bus="0x0a" slot="0x01" function="0x5"/>'
            '</iommuGroup><numa node="1"/><pci-express>'
            '<link validity="cap" port="1" speed="2.5" width="4"/></pci-express>'
            '</capability></device>', obj)

    def test_what_a_card_says_about_itself(self):
        vpd = config.LibvirtConfigNodeDeviceVpdCap(
            card_name='Card', change_level='B1', manufacture_id='1',
            part_number='PN', card_serial_number='SN', ro_vendor_fields={'0': 'v0'},
            asset_tag='t', rw_vendor_fields={'1': 'v1'}, rw_system_fields={'B': 's'})
        self.assertEqual(('Card', 'SN', {'B': 's'}),
                         (vpd._card_name, vpd._serial_number, vpd._rw_system_fields))
        self.assert_document(
            '<device><capability type="vpd"><name>Card</name><fields access="readonly">'
            '<change_level>B1</change_level><manufacture_id>1</manufacture_id>'
            '<part_number>PN</part_number><serial_number>SN</serial_number>'
            '<vendor_field index="0">v0</vendor_field></fields>'
            '<fields access="readwrite"><asset_tag>t</asset_tag>'
            '<vendor_field index="1">v1</vendor_field>'
            '<system_field index="B">s</system_field></fields></capability></device>',
            config.LibvirtConfigNodeDevice(vpd_capability=vpd))

    def test_a_network_device(self):
        cap = config.LibvirtConfigNodeDeviceNetCap(
            interface='eth0', address='00:27:13:6a:fe:00', link_speed=1000,
            link_state='up', features=['rx', 'switchdev'],
            fun_capability=[config.LibvirtConfigNodeDevicePciSubFunctionCap(
                type='80203')])
        self.assertIsNone(cap.pci_address())
        self.assert_document(
            '<device><capability type="net">'
            '<interface>eth0</interface><address>00:27:13:6a:fe:00</address>'
            '<link speed="1000" state="up"/><feature name="rx"/>'
            '<feature name="switchdev"/><capability type="80203"/></capability>'
            '</device>',
            config.LibvirtConfigNodeDevice(pci_capability=cap))

    def test_a_mediated_device(self):
        info = config.LibvirtConfigNodeDeviceMdevInformation(
            type='nvidia-11', uuid=UUID, parent_addr='0000:06:00.0', iommu_group=12,
            attrs=[{'key': 'assign_adapter', 'value': '5'}])
        self.assert_document(
            '<device><capability type="mdev"><type id="nvidia-11"/>'
            f'<uuid>{UUID}</uuid><parent_addr>0000:06:00.0</parent_addr>'
            '<iommuGroup number="12"/><attr name="assign_adapter" value="5"/>'
            '</capability></device>',
            config.LibvirtConfigNodeDevice(mdev_information=info))

    def test_a_vdpa_device(self):
        cap = config.LibvirtConfigNodeDeviceVDPACap(dev_path='/dev/vhost-vdpa-0')
        self.assert_document(
            '<device><capability type="vdpa"><chardev>/dev/vhost-vdpa-0</chardev>'
            '</capability></device>',
            config.LibvirtConfigNodeDevice(vdpa_capability=cap))

    def test_a_device_that_can_be_mediated(self):
        self.assert_document(f'<device>{MDEV_TYPES_XML}</device>',
                             config.LibvirtConfigNodeDevice(
                                 mdev_capability=_mdev_types()))


class OtherKindsTestCase(base.DocumentTestCase):

    def _check(self, cap, kind, inner):
        self.assert_document(
            f'<device><capability type="{kind}">{inner}</capability></device>',
            config.LibvirtConfigNodeDevice(capabilities=[cap]))

    def test_device_nodes(self):
        self.assert_document(
            '<device><name>sda</name><devnode type="dev">/dev/sda</devnode>'
            '<devnode type="link">/dev/disk/by-id/a</devnode>'
            '<parent wwnn="a" wwpn="b" fabric_wwn="c"/></device>',
            config.LibvirtConfigNodeDevice(
                name='sda', devnodes=[{'path': '/dev/sda', 'type': 'dev'},
                                      {'path': '/dev/disk/by-id/a', 'type': 'link'}],
                parent_wwnn='a', parent_wwpn='b', parent_fabric_wwn='c'))

    def test_system(self):
        cap = config.LibvirtConfigNodeDeviceSystemCap(
            product='p', hardware_vendor='v', hardware_version='1',
            hardware_serial='s', hardware_uuid=UUID, firmware_vendor='f',
            firmware_version='2', firmware_release_date='03/02/2009')
        self._check(cap, 'system',
                    '<product>p</product><hardware><vendor>v</vendor>'
                    '<version>1</version><serial>s</serial>'
                    f'<uuid>{UUID}</uuid></hardware><firmware><vendor>f</vendor>'
                    '<version>2</version><release_date>03/02/2009</release_date>'
                    '</firmware>')

    def test_usb(self):
        device = config.LibvirtConfigNodeDeviceUSBDeviceCap(
            bus=3, device=4, product='p', product_id='0x1', vendor='v',
            vendor_id='0x2')
        self._check(device, 'usb_device',
                    '<bus>3</bus><device>4</device><product id="0x1">p</product>'
                    '<vendor id="0x2">v</vendor>')
        interface = config.LibvirtConfigNodeDeviceUSBInterfaceCap(
            number=0, usb_class=3, subclass=1, protocol=2, description='d')
        self._check(interface, 'usb',
                    '<number>0</number><class>3</class><subclass>1</subclass>'
                    '<protocol>2</protocol><description>d</description>')

    def test_scsi(self):
        host = config.LibvirtConfigNodeDeviceSCSIHostCap(
            host=5, unique_id=1, wwnn='a', wwpn='b', fabric_wwn='c', max_vports=127,
            vports=2)
        self._check(host, 'scsi_host',
                    '<host>5</host><unique_id>1</unique_id>'
                    '<capability type="fc_host"><wwnn>a</wwnn><wwpn>b</wwpn>'
                    '<fabric_wwn>c</fabric_wwn></capability>'
                    '<capability type="vport_ops"><max_vports>127</max_vports>'
                    '<vports>2</vports></capability>')
        target = config.LibvirtConfigNodeDeviceSCSITargetCap(
            target='target1:0:0', rport='rport-0:0-0', wwpn='a')
        self._check(target, 'scsi_target',
                    '<target>target1:0:0</target><capability type="fc_remote_port">'
                    '<rport>rport-0:0-0</rport><wwpn>a</wwpn></capability>')
        lun = config.LibvirtConfigNodeDeviceSCSICap(host=1, bus=2, target=3, lun=4,
                                                    scsi_type='disk')
        self._check(lun, 'scsi', '<host>1</host><bus>2</bus><target>3</target>'
                                 '<lun>4</lun><type>disk</type>')
        generic = config.LibvirtConfigNodeDeviceSCSIGenericCap(dev_path='/dev/sg0')
        self._check(generic, 'scsi_generic', '<char>/dev/sg0</char>')

    def test_fixed_storage(self):
        cap = config.LibvirtConfigNodeDeviceStorageCap(
            block='/dev/sda', bus='scsi', drive_type='disk', model='m', vendor='v',
            serial='s', size=1024, logical_block_size=512, num_blocks=2)
        self._check(cap, 'storage',
                    '<block>/dev/sda</block><bus>scsi</bus>'
                    '<drive_type>disk</drive_type><model>m</model><vendor>v</vendor>'
                    '<serial>s</serial><size>1024</size>'
                    '<logical_block_size>512</logical_block_size>'
                    '<num_blocks>2</num_blocks>')

    def test_removable_storage(self):
        cap = config.LibvirtConfigNodeDeviceStorageCap(
            media_available=1, media_size=2048, media_label='l', media_block_size=2048,
            media_num_blocks=1, hotpluggable=True)
        self._check(cap, 'storage',
                    '<capability type="removable"><media_available>1</media_available>'
                    '<media_size>2048</media_size><media_label>l</media_label>'
                    '<logical_block_size>2048</logical_block_size>'
                    '<num_blocks>1</num_blocks></capability>'
                    '<capability type="hotpluggable"/>')

    def test_drm(self):
        self._check(config.LibvirtConfigNodeDeviceDRMCap(drm_type='render'), 'drm',
                    '<type>render</type>')

    def test_channels_of_s390(self):
        ccw = config.LibvirtConfigNodeDeviceCCWCap(cssid='0x00', ssid='0x0',
                                                   devno='0x0009')
        inner = '<cssid>0x00</cssid><ssid>0x0</ssid><devno>0x0009</devno>'
        self._check(ccw, 'ccw', inner)
        css = config.LibvirtConfigNodeDeviceCSSCap(
            cssid='0x00', ssid='0x0', devno='0x0009', channel_cssid='0x01',
            channel_ssid='0x1', channel_devno='0x000a',
            mdev_capability=[_mdev_types()])
        self._check(css, 'css',
                    f'{inner}<channel_dev_addr><cssid>0x01</cssid><ssid>0x1</ssid>'
                    f'<devno>0x000a</devno></channel_dev_addr>{MDEV_TYPES_XML}')

    def test_adjunct_processors(self):
        self._check(config.LibvirtConfigNodeDeviceAPCardCap(adapter='0x00'), 'ap_card',
                    '<ap-adapter>0x00</ap-adapter>')
        queue = config.LibvirtConfigNodeDeviceAPQueueCap(adapter='0x00',
                                                         domain='0x001f')
        self._check(queue, 'ap_queue',
                    '<ap-adapter>0x00</ap-adapter><ap-domain>0x001f</ap-domain>')
        matrix = config.LibvirtConfigNodeDeviceAPMatrixCap(
            mdev_capability=[_mdev_types()])
        self._check(matrix, 'ap_matrix', MDEV_TYPES_XML)
