# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a guest is told, version by version."""

import base64
import json
import os
from typing import Any

from nova import exception
from nova import objects
from nova.api.metadata import base as instance_metadata
from nova.tests.fixtures import instances
from nova.tests.unit import base

_USER_DATA = b'#!/bin/sh\n\xff\x00'


class MetadataTest(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.instance = instances.make(
            display_name='Web', hostname='web', metadata={'role': 'server'},
            launch_index=3, availability_zone='nova', project_id='p',
            user_data=base64.b64encode(_USER_DATA).decode())

    def files(self, **more: Any) -> dict[str, bytes]:
        """Return the files of the drive by path."""
        metadata = instance_metadata.InstanceMetadata(
            self.instance, network_info=[], **more)
        return dict(metadata.metadata_for_config_drive())

    def meta_data(self, version: str = 'latest', **more: Any) -> dict[str, Any]:
        """Return what meta_data.json says."""
        return json.loads(self.files(**more)[f'openstack/{version}/meta_data.json'])

    def test_everything(self) -> None:
        found = self.meta_data()
        self.assertEqual(512, len(base64.b64decode(found.pop('random_seed'))))
        self.assertEqual({
            'uuid': self.instance.uuid, 'name': 'Web', 'hostname': 'web.novalocal',
            'launch_index': 3, 'availability_zone': 'nova', 'project_id': 'p',
            'meta': {'role': 'server'}, 'devices': [], 'dedicated_cpus': []}, found)

    def test_which_files_came_when(self) -> None:
        by_folder: dict[str, set[str]] = {}
        for path in self.files():
            folder, _slash, name = path.rpartition('/')
            by_folder.setdefault(folder, set()).add(name)
        first = {'meta_data.json', 'user_data'}
        with_vendor = first | {'vendor_data.json'}
        with_network = with_vendor | {'network_data.json'}
        everything = with_network | {'vendor_data2.json'}
        ec2 = {'meta-data.json', 'user-data'}
        self.assertEqual({
            'ec2/2009-04-04': ec2, 'ec2/latest': ec2,
            'openstack/2012-08-10': first, 'openstack/2013-04-04': first,
            'openstack/2013-10-17': with_vendor, 'openstack/2015-10-15': with_network,
            'openstack/2016-06-30': with_network, 'openstack/2016-10-06': everything,
            'openstack/2017-02-22': everything, 'openstack/2018-08-27': everything,
            'openstack/2020-10-14': everything, 'openstack/latest': everything},
            by_folder)

    def test_which_fields_came_when(self) -> None:
        versions = ('2012-08-10', '2013-04-04', '2015-10-15', '2016-06-30',
                    '2020-10-14')
        known: set[str] = set(self.meta_data(versions[0]))
        for version, field in zip(versions[1:], (
                'random_seed', 'project_id', 'devices', 'dedicated_cpus'), strict=True):
            now = set(self.meta_data(version))
            self.assertEqual({field}, now - known, version)
            known = now

    def test_user_data_as_it_is(self) -> None:
        files = self.files()
        self.assertEqual(_USER_DATA, files['openstack/latest/user_data'])
        self.assertEqual(_USER_DATA, files['ec2/latest/user-data'])
        self.instance.user_data = None
        self.assertEqual([], [path for path in self.files() if 'user' in path])

    def test_keys(self) -> None:
        self.instance.key_name, self.instance.key_data = 'mine', 'ssh-ed25519 AAAA'
        found = self.meta_data()
        self.assertEqual({'mine': 'ssh-ed25519 AAAA'}, found['public_keys'])
        self.assertEqual([{'name': 'mine', 'type': 'ssh', 'data': 'ssh-ed25519 AAAA'}],
                         found['keys'])
        ec2 = json.loads(self.files()['ec2/latest/meta-data.json'])
        self.assertEqual({'0': {'_name': '0=mine', 'openssh-key': 'ssh-ed25519 AAAA'}},
                         ec2['public-keys'])

    def test_files_and_password(self) -> None:
        more = {'content': [('/etc/motd', b'hello')], 'extra_md': {'admin_pass': 'x'}}
        found = self.meta_data(**more)
        self.assertEqual(
            ('x', [{'path': '/etc/motd', 'content_path': '/content/0000'}]),
            (found['admin_pass'], found['files']))
        self.assertEqual(b'hello', self.files(**more)['openstack/content/0000'])

    def test_no_domain(self) -> None:
        self.flags(dhcp_domain='', group='api')
        self.assertEqual('web', self.meta_data()['hostname'])

    def test_devices(self) -> None:
        self.instance.device_metadata = objects.InstanceDeviceMetadata(devices=[
            objects.NetworkInterfaceMetadata(
                mac='fa:16:3e:00:00:01', vlan=7, vf_trusted=True, tags=['lan'],
                bus=objects.PCIDeviceBus(address='0000:00:03.0')),
            objects.DiskMetadata(
                serial='s', path='/dev/vdb', tags=['db'],
                bus=objects.SCSIDeviceBus(address='0:0:0:1'))])
        disk = {'type': 'disk', 'bus': 'scsi', 'address': '0:0:0:1', 'serial': 's',
                'path': '/dev/vdb', 'tags': ['db']}
        card = {'type': 'nic', 'bus': 'pci', 'address': '0000:00:03.0',
                'mac': 'fa:16:3e:00:00:01', 'tags': ['lan']}
        self.assertEqual([card, disk], self.meta_data('2016-06-30')['devices'])
        self.assertEqual([{**card, 'vlan': 7}, disk],
                         self.meta_data('2017-02-22')['devices'])
        self.assertEqual([{**card, 'vlan': 7, 'vf_trusted': True}, disk],
                         self.meta_data()['devices'])

    def test_ec2(self) -> None:
        found = json.loads(self.files()['ec2/2009-04-04/meta-data.json'])
        self.assertEqual({
            'ami-id': None, 'ami-launch-index': 3, 'instance-action': 'none',
            'block-device-mapping': {'ami': 'vda', 'root': '/dev/vda'},
            'hostname': 'web.novalocal', 'local-hostname': 'web.novalocal',
            'public-hostname': 'web.novalocal', 'instance-type': 'tiny',
            'instance-id': f'i-{self.instance.id:08x}', 'local-ipv4': '',
            'public-ipv4': '', 'placement': {'availability-zone': 'nova'},
            'reservation-id': 'r-12345678', 'security-groups': []}, found)

    def test_vendor_data(self) -> None:
        path = os.path.join(self.state_path, 'vendor.json')
        self.flags(vendordata_jsonfile_path=path, group='api')
        for text in ('', '[]'):
            with open(path, 'w', encoding='utf-8') as stream:
                stream.write(text)
            error = self.assertRaises(exception.InvalidConfiguration, self.files)
            self.assertIn(path, str(error))
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write('{"a": 1}')
        files = self.files()
        self.assertEqual(b'{"a": 1}', files['openstack/latest/vendor_data.json'])
        self.assertEqual(b'{"static": {"a": 1}}',
                         files['openstack/latest/vendor_data2.json'])
