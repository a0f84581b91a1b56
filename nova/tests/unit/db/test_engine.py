# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import os
import stat

import sqlalchemy as sa

from nova import exception
from nova.db import api as db
from nova.db import engine
from nova.db import models
from nova.tests.fixtures import database
from nova.tests.unit import base

UUID = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b01'


def mode_of(path: str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


class FileTestCase(base.TestCase):
    """The database file belongs to its owner alone."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(engine.reset)
        self.path = os.path.join(self.state_path, 'nova.sqlite')

    def test_every_file_is_private(self) -> None:
        previous = os.umask(0)
        self.addCleanup(os.umask, previous)
        self.useFixture(database.Database())
        db.instance_create({'uuid': UUID})
        with engine.get().reader():
            files = sorted(os.listdir(self.state_path))
            self.assertEqual(
                ['nova.sqlite', 'nova.sqlite-shm', 'nova.sqlite-wal'], files)
            modes = {mode_of(os.path.join(self.state_path, f)) for f in files}
        self.assertEqual({0o600}, modes)

    def test_an_open_file_is_closed_to_others(self) -> None:
        with open(self.path, 'wb'):
            os.chmod(self.path, 0o644)
        engine.get()
        self.assertEqual(0o600, mode_of(self.path))

    def test_missing_folder_is_made(self) -> None:
        path = os.path.join(self.state_path, 'a', 'b.sqlite')
        self.flags(group='database', connection=f'sqlite:///{path}')
        engine.get()
        self.assertTrue(os.path.exists(path))

    def test_pragmas(self) -> None:
        with engine.get().reader() as session:
            values = {name: session.scalar(sa.text(f'PRAGMA {name}'))
                      for name in ('journal_mode', 'foreign_keys', 'synchronous')}
        self.assertEqual(
            {'journal_mode': 'wal', 'foreign_keys': 1, 'synchronous': 2}, values)


class DatabaseTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(engine.reset)

    def test_same_url_same_database(self) -> None:
        self.assertIs(engine.get(), engine.get())

    def test_another_url_another_database(self) -> None:
        first = engine.get()
        self.flags(group='database', connection='sqlite://')
        self.assertIsNot(first, engine.get())

    def test_password_is_not_shown(self) -> None:
        database = engine.Database('sqlite://')
        database.url = sa.make_url('postgresql://nova:secret@db/nova')
        self.assertNotIn('secret', database.display_url)

    def test_in_memory_keeps_its_tables(self) -> None:
        self.flags(group='database', connection='sqlite://')
        self.useFixture(database.Database())
        db.instance_create({'uuid': UUID})
        self.assertEqual(UUID, db.instance_get_by_uuid(UUID).uuid)

    def test_failed_block_writes_nothing(self) -> None:
        self.useFixture(database.Database())

        def fail() -> None:
            with engine.get().writer() as session:
                session.add(models.Instance(uuid=UUID))
                session.flush()
                raise ZeroDivisionError

        self.assertRaises(ZeroDivisionError, fail)
        self.assertRaises(
            exception.InstanceNotFound, db.instance_get_by_uuid, UUID)

    def test_reader_does_not_wait_for_a_writer(self) -> None:
        self.useFixture(database.Database())
        with engine.get().writer() as session:
            session.add(models.Instance(uuid=UUID))
            session.flush()
            self.assertEqual([], db.instance_get_by_filters({}))
        self.assertEqual(1, len(db.instance_get_by_filters({})))
