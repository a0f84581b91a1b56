# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import os
import signal
import subprocess
import sys
import threading

from alembic import autogenerate
from alembic.runtime import migration as alembic_migration
import sqlalchemy as sa

from nova.db import engine
from nova.db import errors
from nova.db import migration
from nova.db import models
from nova.tests.unit import base

#: Kills itself when the second table of the upgrade is to be made.
KILLED_UPGRADE = """
import os, signal, sys
import nova.conf
nova.conf.CONF([], project='nova', default_config_files=[])
nova.conf.CONF.set_override('state_path', sys.argv[1])
from nova.db import migration
from alembic import op
real, made = op.create_table, []
def create_table(*args, **kwargs):
    if made:
        os.kill(os.getpid(), signal.SIGKILL)
    made.append(real(*args, **kwargs))
op.create_table = create_table
migration.db_sync()
"""


class MigrationTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(engine.reset)
        self.path = os.path.join(self.state_path, 'nova.sqlite')

    def tables(self) -> list[str]:
        return sorted(sa.inspect(engine.get().engine).get_table_names())

    def schema(self) -> list[tuple[str, str]]:
        query = sa.text('SELECT name, sql FROM sqlite_master ORDER BY name')
        with engine.get().reader() as session:
            return [(row.name, row.sql) for row in session.execute(query)]

    def execute(self, statement: str) -> None:
        with engine.get().write_connection() as connection:
            connection.execute(sa.text(statement))

    def test_upgrade_from_nothing_gives_the_models(self) -> None:
        migration.db_sync()
        with engine.get().engine.connect() as connection:
            context = alembic_migration.MigrationContext.configure(
                connection, opts={'compare_type': True,
                                  'compare_server_default': True})
            found = autogenerate.compare_metadata(context, models.Base.metadata)
        self.assertEqual([], found)

    def test_upgrade_keeps_cascades_and_numbers(self) -> None:
        """What autogenerate does not compare: ON DELETE and AUTOINCREMENT."""
        migration.db_sync()
        migrated = [_normal(item) for item in self.schema()
                    if 'alembic' not in item[0]]
        self.flags(group='database', connection='sqlite://')
        with engine.get().write_connection() as connection:
            models.Base.metadata.create_all(connection)
        made = [_normal(item) for item in self.schema()]
        self.assertEqual(made, migrated)

    def test_second_upgrade_changes_nothing(self) -> None:
        migration.db_sync()
        before = self.schema()
        migration.db_sync()
        self.assertEqual(before, self.schema())
        self.assertEqual(migration.head_version(), migration.db_version())

    def test_version_of_nothing(self) -> None:
        self.assertIsNone(migration.db_version())

    def test_newer_schema_is_refused_and_left_alone(self) -> None:
        migration.db_sync()
        self.execute("UPDATE alembic_version SET version_num = '9999'")
        before = self.schema()
        error = self.assertRaises(errors.DatabaseTooNew, migration.db_sync)
        self.assertIn('9999', str(error))
        self.assertIn(self.path, str(error))
        self.assertEqual(before, self.schema())

    def test_tables_of_something_else_are_refused(self) -> None:
        self.execute('CREATE TABLE instances (x INTEGER)')
        error = self.assertRaises(errors.DatabaseNotOurs, migration.db_sync)
        self.assertIn('instances', str(error))
        self.assertEqual(['instances'], self.tables())

    def test_what_is_no_database_is_refused_and_left_alone(self) -> None:
        content = b'This is a letter.' * 100
        with open(self.path, 'wb') as file:
            file.write(content)
        error = self.assertRaises(errors.DatabaseUnusable, migration.db_sync)
        self.assertIn(self.path, str(error))
        self.assertIn('not a database', str(error))
        engine.reset()
        with open(self.path, 'rb') as file:
            self.assertEqual(content, file.read())

    def test_place_that_cannot_be_written(self) -> None:
        self.flags(group='database', connection='sqlite:////dev/null/x.sqlite')
        error = self.assertRaises(errors.DatabaseUnusable, migration.db_sync)
        self.assertIn('/dev/null', str(error))

    def test_url_that_is_none(self) -> None:
        self.flags(group='database', connection='secret words')
        error = self.assertRaises(errors.DatabaseUnusable, migration.db_sync)
        self.assertIn('[database] connection', str(error))

    def test_unknown_kind_of_database_hides_the_password(self) -> None:
        self.flags(group='database', connection='nosuch://nova:secret@host/nova')
        error = self.assertRaises(errors.DatabaseUnusable, migration.db_sync)
        self.assertIn('nosuch', str(error))
        self.assertNotIn('secret', str(error))

    def test_killed_in_the_middle_leaves_nothing(self) -> None:
        process = subprocess.run(
            [sys.executable, '-W', 'ignore', '-c', KILLED_UPGRADE, self.state_path],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(-signal.SIGKILL, process.returncode, process.stderr)
        self.assertEqual([], self.tables())
        migration.db_sync()
        self.assertIn('instances', self.tables())

    def test_many_at_once(self) -> None:
        failures = []

        def upgrade() -> None:
            try:
                migration.db_sync()
            except errors.DatabaseUnusable as error:
                failures.append(error)

        threads = [threading.Thread(target=upgrade) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual([], failures)
        self.assertEqual(migration.head_version(), migration.db_version())


def _normal(item: tuple[str, str]) -> tuple[str, str]:
    name, sql = item
    return name, ' '.join((sql or '').replace('"', '').split())
