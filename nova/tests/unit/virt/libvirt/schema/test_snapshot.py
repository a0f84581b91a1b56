# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova.tests.unit.virt.libvirt.schema import base
from nova.virt.libvirt import config

UUID = '9d37b878-a7cc-9f9a-b78f-49b3abad25a8'


class SnapshotTestCase(base.DocumentTestCase):

    def test_what_to_take(self):
        obj = config.LibvirtConfigGuestSnapshot(name='before')
        obj.add_disk(config.LibvirtConfigGuestSnapshotDisk(
            name='vda', snapshot='external', source_type='file', driver_format='qcow2',
            source_path='/images/vda.before'))
        obj.add_disk(config.LibvirtConfigGuestSnapshotDisk(name='vdb', snapshot='no'))
        self.assert_document(
            '<domainsnapshot><name>before</name><disks>'
            '<disk name="vda" snapshot="external" type="file"><driver type="qcow2"/>'
            '<source file="/images/vda.before"/></disk>'
            '<disk name="vdb" snapshot="no"/></disks></domainsnapshot>', obj)

    def test_what_was_taken(self):
        domain = config.LibvirtConfigGuest()
        domain.parse_str(f'<domain><uuid>{UUID}</uuid></domain>')
        inactive = config.LibvirtConfigGuestInactive()
        inactive.parse_str(f'<inactiveDomain><uuid>{UUID}</uuid></inactiveDomain>')
        cpu = config.LibvirtConfigGuestCPU(mode='custom')
        obj = config.LibvirtConfigGuestSnapshot(
            name='s', description='d', state='running', parent_name='earlier',
            creation_time=1272917631, memory_snapshot='external',
            memory_file='/dev/HostVG/m', domain=domain, inactive_domain=inactive,
            revert_disks=[config.LibvirtConfigGuestSnapshotDisk(name='vda')],
            cookie_cpu=cpu, cookie_slirp_helper=True, active=1)
        self.assert_document(
            '<domainsnapshot><name>s</name><description>d</description>'
            '<state>running</state><parent><name>earlier</name></parent>'
            '<creationTime>1272917631</creationTime>'
            '<memory snapshot="external" file="/dev/HostVG/m"/>'
            '<revertDisks><disk name="vda"/></revertDisks>'
            f'<domain><uuid>{UUID}</uuid></domain>'
            f'<inactiveDomain><uuid>{UUID}</uuid></inactiveDomain>'
            '<cookie><cpu mode="custom" match="exact"/><slirpHelper/></cookie>'
            '<active>1</active></domainsnapshot>', obj)

    def test_a_disk_elsewhere(self):
        disk = config.LibvirtConfigGuestSnapshotDisk(
            name='vda', snapshot='external', source_type='network',
            metadata_cache_size=1048576, source_protocol='gluster',
            source_name='volume/image', source_hosts=['host', None],
            source_ports=['1234', None], source_transports=[None, 'unix'],
            source_sockets=[None, '/sock'])
        self.assert_document(
            '<disk name="vda" snapshot="external" type="network"><driver>'
            '<metadata_cache><max_size>1048576</max_size></metadata_cache></driver>'
            '<source protocol="gluster" name="volume/image">'
            '<host name="host" port="1234"/><host transport="unix" socket="/sock"/>'
            '</source></disk>', disk)

    def test_nothing_said_is_a_file(self):
        disk = self.parsed(config.LibvirtConfigGuestSnapshotDisk,
                           '<disk name="vda"><source file="/a"/></disk>')
        self.assertEqual('/a', disk.source_path)
        disk.source_path = '/b'
        self.assertIn('<source file="/b"/>', disk.to_xml())


class CheckpointTestCase(base.DocumentTestCase):

    def test_checkpoint(self):
        domain = config.LibvirtConfigGuest()
        domain.parse_str(f'<domain><uuid>{UUID}</uuid></domain>')
        obj = config.LibvirtConfigGuestCheckpoint(
            name='1525889631', description='d', parent_name='1525111885',
            creation_time=1525889631, domain=domain, active=1)
        obj.add_disk(config.LibvirtConfigGuestCheckpointDisk(
            name='vda', checkpoint='bitmap', bitmap='b', size=1048576))
        obj.add_disk(config.LibvirtConfigGuestCheckpointDisk(name='vdb',
                                                             checkpoint='no'))
        self.assert_document(
            '<domaincheckpoint><name>1525889631</name><description>d</description>'
            '<parent><name>1525111885</name></parent>'
            '<creationTime>1525889631</creationTime><disks>'
            '<disk name="vda" checkpoint="bitmap" bitmap="b" size="1048576"/>'
            '<disk name="vdb" checkpoint="no"/></disks>'
            f'<domain><uuid>{UUID}</uuid></domain><active>1</active>'
            '</domaincheckpoint>', obj)


class BackupTestCase(base.DocumentTestCase):

    def test_push(self):
        obj = config.LibvirtConfigGuestBackup(mode='push', id=3, incremental='earlier')
        encryption = config.LibvirtConfigGuestDiskEncryption(format='luks')
        seclabel = config.LibvirtConfigGuestDeviceSeclabel(model='dac', relabel=False)
        obj.add_disk(config.LibvirtConfigGuestBackupDisk(
            name='vda', backup=True, state='running', backupmode='incremental',
            incremental='earlier', type='file', index=2, driver_format='raw',
            target_path='/backup/vda', target_seclabels=[seclabel],
            target_encryption=encryption))
        obj.add_disk(config.LibvirtConfigGuestBackupDisk(
            name='vdb', type='block', target_path='/dev/sdb'))
        obj.add_disk(config.LibvirtConfigGuestBackupDisk(name='vdc', backup=False))
        self.assert_document(
            '<domainbackup mode="push" id="3"><incremental>earlier</incremental><disks>'
            '<disk name="vda" backup="yes" state="running" backupmode="incremental" '
            'incremental="earlier" type="file" index="2"><driver type="raw"/>'
            '<target file="/backup/vda"><seclabel model="dac" relabel="no"/>'
            '<encryption format="luks"/></target></disk>'
            '<disk name="vdb" type="block"><target dev="/dev/sdb"/></disk>'
            '<disk name="vdc" backup="no"/></disks></domainbackup>', obj)

    def test_pull(self):
        obj = config.LibvirtConfigGuestBackup(
            mode='pull', server_transport='tcp', server_tls=True,
            server_name='localhost', server_port=10809)
        encryption = config.LibvirtConfigGuestDiskEncryption(format='luks')
        seclabel = config.LibvirtConfigGuestDeviceSeclabel(model='selinux')
        obj.add_disk(config.LibvirtConfigGuestBackupDisk(
            name='vda', exportname='e', exportbitmap='b', type='block',
            scratch_path='/dev/sdc', scratch_seclabels=[seclabel],
            scratch_encryption=encryption))
        obj.add_disk(config.LibvirtConfigGuestBackupDisk(name='vdb',
                                                         scratch_path='/scratch'))
        self.assert_document(
            '<domainbackup mode="pull"><server transport="tcp" tls="yes" '
            'name="localhost" port="10809"/><disks>'
            '<disk name="vda" exportname="e" exportbitmap="b" type="block">'
            '<scratch dev="/dev/sdc"><seclabel model="selinux"/>'
            '<encryption format="luks"/></scratch></disk>'
            '<disk name="vdb"><scratch file="/scratch"/></disk></disks>'
            '</domainbackup>', obj)

    def test_pull_through_a_socket(self):
        self.assert_document(
            '<domainbackup mode="pull"><server transport="unix" socket="/run/nbd"/>'
            '</domainbackup>',
            config.LibvirtConfigGuestBackup(mode='pull', server_transport='unix',
                                            server_socket='/run/nbd'))


class SecretTestCase(base.DocumentTestCase):

    def _check(self, usage_type, tag):
        self.assert_document(
            '<secret ephemeral="no" private="yes"><description>d</description>'
            f'<uuid>{UUID}</uuid><usage type="{usage_type}"><{tag}>id</{tag}></usage>'
            '</secret>',
            config.LibvirtConfigSecret(private=True, description='d', uuid=UUID,
                                       usage_type=usage_type, usage_id='id'))

    def test_every_usage(self):
        for usage_type, tag in (('volume', 'volume'), ('iscsi', 'target'),
                                ('ceph', 'name'), ('tls', 'name'), ('vtpm', 'name')):
            self._check(usage_type, tag)
