# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
from nova import context
from nova import objects
from nova.tests.fixtures import database
from nova.tests.unit import base
from nova.virt.libvirt import availability

LOST = 'libvirt closed the connection'


class AvailabilityTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())
        self.context = context.get_admin_context()
        self.service = objects.Service(
            self.context, host='here', binary='nova-compute')
        self.service.create()
        self.availability = availability.Availability('here')

    def now(self) -> tuple[bool, str | None]:
        found = objects.Service.get_by_uuid(self.context, self.service.uuid)
        return found.disabled, found.disabled_reason

    def test_disabled_while_libvirt_is_away(self) -> None:
        self.availability.changed(False, LOST)
        self.assertEqual((True, f'AUTO: {LOST}'), self.now())
        self.availability.changed(True, None)
        self.assertEqual((False, None), self.now())

    def test_enabled_by_a_new_start_after_a_crash(self) -> None:
        self.availability.changed(False, LOST)
        availability.Availability('here').changed(True, None)
        self.assertEqual((False, None), self.now())

    def test_what_an_operator_disabled_stays_so(self) -> None:
        for reason in ('new disks', None):
            self.service.disabled, self.service.disabled_reason = True, reason
            self.service.save()
            self.availability.changed(False, LOST)
            self.availability.changed(True, None)
            self.assertEqual((True, reason), self.now())

    def test_operator_decides_while_libvirt_is_away(self) -> None:
        self.availability.changed(False, LOST)
        self.service.disabled, self.service.disabled_reason = True, 'new disks'
        self.service.save()
        self.availability.changed(True, None)
        self.assertEqual((True, 'new disks'), self.now())

    def test_long_reason_is_cut(self) -> None:
        self.availability.changed(False, 'x' * 1000)
        self.assertEqual((True, 'AUTO: ' + 'x' * 249), self.now())

    def test_no_service_of_this_host(self) -> None:
        availability.Availability('other').changed(False, LOST)
        self.assertEqual((False, None), self.now())
