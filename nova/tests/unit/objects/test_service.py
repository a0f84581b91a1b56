# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
from nova import context as nova_context
from nova import exception
from nova import objects
from nova.tests.fixtures import database
from nova.tests.unit import base


class ServiceTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())
        self.context = nova_context.get_admin_context()
        self.service = self.make()

    def make(self) -> 'objects.Service':
        made = objects.Service(self.context, host='here', binary='nova-compute',
                               topic='compute')
        made.create()
        return made

    def test_found_by_host_and_uuid(self) -> None:
        for found in (
            objects.Service.get_by_compute_host(self.context, 'here'),
            objects.Service.get_by_uuid(self.context, self.service.uuid),
        ):
            self.assertEqual(
                (self.service.id, 'here', 'nova-compute', False, None, 0),
                (found.id, found.host, found.binary, found.disabled,
                 found.disabled_reason, found.report_count))
            self.assertEqual(set(), found.obj_what_changed())

    def test_changes_are_kept(self) -> None:
        self.service.disabled, self.service.disabled_reason = True, 'new disks'
        self.service.save()
        found = objects.Service.get_by_uuid(self.context, self.service.uuid)
        self.assertEqual((True, 'new disks'),
                         (found.disabled, found.disabled_reason))

    def test_each_is_recorded_once(self) -> None:
        error = self.assertRaises(exception.ServiceBinaryExists, self.make)
        self.assertIn('here', str(error))
        self.assertRaises(exception.ObjectActionError, self.service.create)

    def test_missing(self) -> None:
        self.assertRaises(exception.ComputeHostNotFound,
                          objects.Service.get_by_compute_host, self.context, 'other')
        self.assertRaises(exception.ServiceNotFound,
                          objects.Service.get_by_uuid, self.context, 'other')
