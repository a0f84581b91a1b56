# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova import exception
from nova.tests.unit.virt.libvirt.schema import base
from nova.virt.libvirt import config

UUID = '70a7eb15-6c34-ee9c-bf57-69e8e5ff3fb2'


def _permissions():
    return config.LibvirtConfigStoragePermissions(mode='0744', owner=107, group=-1,
                                                  label='virt_image_t')


PERMISSIONS = ('<permissions><mode>0744</mode><owner>107</owner><group>-1</group>'
               '<label>virt_image_t</label></permissions>')


class PoolTestCase(base.DocumentTestCase):

    def test_a_folder(self):
        obj = config.LibvirtConfigStoragePool(
            type='dir', name='default', uuid=UUID, capacity=4096, allocation=1024,
            available=3072, cow_state=False,
            target=config.LibvirtConfigStoragePoolTarget(
                path='/var/lib/libvirt/images', permissions=_permissions()))
        self.assert_document(
            f'<pool type="dir"><name>default</name><uuid>{UUID}</uuid>'
            '<capacity>4096</capacity><allocation>1024</allocation>'
            '<available>3072</available><features><cow state="no"/></features>'
            f'<target><path>/var/lib/libvirt/images</path>{PERMISSIONS}</target>'
            '</pool>', obj)

    def test_every_source(self):
        adapter = config.LibvirtConfigStoragePoolAdapter(
            type='fc_host', name='scsi_host1', parent='scsi_host5', parent_wwnn='a',
            parent_wwpn='b', parent_fabric_wwn='c', managed=True, wwnn='d', wwpn='e',
            parent_unique_id=1, parent_pci_addr='0000:00:1f.2')
        device = config.LibvirtConfigStoragePoolDevice(
            path='/dev/sda', part_separator=True,
            free_extents=[config.LibvirtConfigStorageFreeExtent(start=0, end=512)])
        source = config.LibvirtConfigStoragePoolSource(
            host_names=['a', 'b'], host_ports=[3260], devices=[device], dir='/srv',
            adapter=adapter, name='rbd', initiator_iqn='iqn.2013-06.com.example',
            auth_type='ceph', auth_username='admin', auth_secret_uuid=UUID,
            auth_secret_usage='u', format='lvm2', protocol_version='4',
            vendor='Acme', product='model')
        self.assert_document(
            '<pool><source><host name="a" port="3260"/><host name="b"/>'
            '<device path="/dev/sda" part_separator="yes">'
            '<freeExtent start="0" end="512"/></device><dir path="/srv"/>'
            '<adapter type="fc_host" name="scsi_host1" parent="scsi_host5" '
            'parent_wwnn="a" parent_wwpn="b" parent_fabric_wwn="c" managed="yes" '
            'wwnn="d" wwpn="e"><parentaddr unique_id="1">'
            '<address domain="0x0000" bus="0x00" slot="0x1f" function="0x2"/>'
            '</parentaddr></adapter><name>rbd</name>'
            '<initiator><iqn name="iqn.2013-06.com.example"/></initiator>'
            f'<auth type="ceph" username="admin"><secret uuid="{UUID}" usage="u"/>'
            '</auth><format type="lvm2"/><protocol ver="4"/><vendor name="Acme"/>'
            '<product name="model"/></source></pool>',
            config.LibvirtConfigStoragePool(source=source))

    def test_options_of_drivers(self):
        obj = config.LibvirtConfigStoragePool(
            refresh_volume_allocation='capacity', mount_options=['nodev', 'nosuid'],
            rbd_options={'client_mount_timeout': '45'})
        self.assert_document(
            '<pool><refresh><volume allocation="capacity"/></refresh>'
            '<fs:mount_opts xmlns:fs="http://libvirt.org/schemas/storagepool/fs/1.0">'
            '<fs:option name="nodev"/><fs:option name="nosuid"/></fs:mount_opts>'
            '<rbd:config_opts '
            'xmlns:rbd="http://libvirt.org/schemas/storagepool/rbd/1.0">'
            '<rbd:option name="client_mount_timeout" value="45"/></rbd:config_opts>'
            '</pool>', obj)

    def test_amounts_are_bytes_whatever_the_unit(self):
        xml = '<pool><capacity unit="KiB">4</capacity></pool>'
        obj = self.parsed(config.LibvirtConfigStoragePool, xml)
        self.assertEqual(4096, obj.capacity)
        self.assertIn('<capacity unit="KiB">4</capacity>', obj.to_xml())
        obj.capacity = 8192
        self.assertIn('<capacity>8192</capacity>', obj.to_xml())

    def test_a_unit_that_does_not_exist(self):
        obj = config.LibvirtConfigStoragePool()
        ex = self.assertRaises(exception.InvalidInput, obj.parse_str,
                               '<pool><capacity unit="furlong">4</capacity></pool>')
        self.assertIn('LibvirtConfigStoragePool.capacity', str(ex))
        self.assertIn('furlong', str(ex))


class VolumeTestCase(base.DocumentTestCase):

    def test_an_image(self):
        encryption = config.LibvirtConfigGuestDiskEncryption(
            format='luks', secret=config.LibvirtConfigGuestDiskEncryptionSecret(
                type='passphrase', uuid=UUID))
        target = config.LibvirtConfigStorageVolumeTarget(
            path='/images/a.qcow2', format='qcow2', permissions=_permissions(),
            atime='1341933637.273190990', mtime='1341930622.047245868',
            ctime='1341930622.047245868', btime='1341930622', encryption=encryption,
            compat='1.1', nocow=True, cluster_size=65536, lazy_refcounts=True,
            extended_l2=True)
        backing = config.LibvirtConfigStorageVolumeBackingStore(
            path='/images/b.raw', format='raw', permissions=_permissions(),
            ctime='1', atime='2', mtime='3', btime='4')
        device = config.LibvirtConfigStorageVolumeDevice(
            path='/dev/sda1',
            extents=[config.LibvirtConfigStorageExtent(start=0, end=512)])
        obj = config.LibvirtConfigStorageVolume(
            type='file', name='a.qcow2', key='/images/a.qcow2', devices=[device],
            capacity=10, allocation=5, physical=6, target=target,
            backing_store=backing)
        self.assert_document(
            '<volume type="file"><name>a.qcow2</name><key>/images/a.qcow2</key>'
            '<source><device path="/dev/sda1"><extent start="0" end="512"/></device>'
            '</source><capacity>10</capacity><allocation>5</allocation>'
            '<physical>6</physical><target><path>/images/a.qcow2</path>'
            f'<format type="qcow2"/>{PERMISSIONS}<timestamps>'
            '<atime>1341933637.273190990</atime><mtime>1341930622.047245868</mtime>'
            '<ctime>1341930622.047245868</ctime><btime>1341930622</btime></timestamps>'
            f'<encryption format="luks"><secret type="passphrase" uuid="{UUID}"/>'
            '</encryption><compat>1.1</compat><nocow/><clusterSize>65536</clusterSize>'
            '<features><lazy_refcounts/><extended_l2/></features></target>'
            f'<backingStore><path>/images/b.raw</path><format type="raw"/>{PERMISSIONS}'
            '<timestamps><atime>2</atime><mtime>3</mtime><ctime>1</ctime>'
            '<btime>4</btime></timestamps></backingStore></volume>', obj)
