# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
from typing import Any

from nova import exception
from nova.tests.unit import base
from nova.virt.libvirt.volume import drivers
from nova.virt.libvirt.volume import volume

DISK = {'dev': 'vdb', 'bus': 'virtio', 'type': 'disk'}


class VolumeTestCase(base.TestCase):

    def config_of(self, kind: str, settings: volume.VolumeSettings | None = None,
               multiattach: bool = False, **data: Any) -> Any:
        connection = {'driver_volume_type': kind, 'serial': 'v', 'data': data,
                      'multiattach': multiattach}
        driver = drivers.get_volume_driver(
            connection, settings or volume.VolumeSettings())
        return driver.get_config(connection, DISK)

    def test_unknown_type(self) -> None:
        error = self.assertRaises(
            exception.VolumeDriverNotFound, self.config_of, 'acme')

        self.assertIn('acme', str(error))

    def test_unknown_access_mode(self) -> None:
        error = self.assertRaises(
            exception.InvalidVolumeAccessMode, self.config_of, 'iscsi',
            device_path='/dev/x', access_mode='rwx')

        self.assertIn('rwx', str(error))

    def test_sources(self) -> None:
        for kind, source_type, io in (
                ('iscsi', 'block', 'native'), ('iser', 'block', 'native'),
                ('fibre_channel', 'block', 'native'), ('nvmeof', 'block', 'native'),
                ('local', 'block', None), ('lightos', 'block', None),
                ('nfs', 'file', 'native'), ('gpfs', 'file', None),
                ('vzstorage', 'file', 'native'), ('smbfs', 'file', None)):
            conf = self.config_of(kind, device_path='/dev/x')
            self.assertEqual((source_type, '/dev/x', io),
                             (conf.source_type, conf.source_path, conf.driver_io), kind)

    def test_qemu_may_choose_how_to_wait(self) -> None:
        settings = volume.VolumeSettings(use_default_aio_mode=True)

        self.assertIsNone(
            self.config_of('iscsi', settings, device_path='/dev/x').driver_io)

    def test_formats_of_files(self) -> None:
        for kind, kept in (('nfs', 'qcow2'), ('gpfs', 'raw'), ('iscsi', 'raw')):
            conf = self.config_of(kind, device_path='/x', format='qcow2')
            self.assertEqual(kept, conf.driver_format, kind)

    def test_quobyte_is_in_the_mount_of_its_export(self) -> None:
        settings = volume.VolumeSettings(quobyte_mounts='/mnt/q')

        paths = {
            self.config_of('quobyte', settings, export=export, name='n').source_path
            for export in ('quobyte://h/v', 'h/v')}

        self.assertEqual(1, len(paths))
        self.assertRegex(paths.pop(), '^/mnt/q/[0-9a-f]{32}/n$')

    def test_ceph_by_the_volumes_user_or_the_hosts(self) -> None:
        own = {'auth_enabled': True, 'auth_username': 'cinder', 'secret_uuid': 'c'}
        host = volume.VolumeSettings(rbd_user='nova', rbd_secret_uuid='n')
        for settings, data, user, secret in (
                (None, own, 'cinder', 'c'), (host, own, 'cinder', 'c'),
                (host, {**own, 'secret_uuid': None}, 'cinder', 'n'),
                (host, {}, 'nova', 'n'), (None, {}, None, None)):
            conf = self.config_of('rbd', settings, name='p/v', secret_type='ceph',
                                  **data)
            self.assertEqual((user, secret),
                             (conf.auth_username, conf.auth_secret_uuid))

    def test_only_a_promise_of_discarding_counts(self) -> None:
        for said, discard in ((True, 'unmap'), ('true', None), (False, None)):
            conf = self.config_of('iscsi', device_path='/dev/x', discard=said)
            self.assertEqual(discard, conf.driver_discard)
