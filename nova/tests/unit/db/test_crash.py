# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import signal
import subprocess
import sys
import textwrap

from nova import exception
from nova.db import api as db
from nova.db import engine
from nova.db import migration
from nova.tests.unit import base

UUID = '3f1b9c52-5d5a-4f7e-9a61-6f2d0a3c1b01'

PREAMBLE = """
import os, signal, sys
import nova.conf
nova.conf.CONF([], project='nova', default_config_files=[])
nova.conf.CONF.set_override('state_path', sys.argv[1])
from nova.db import api as db
from nova.db import engine
from nova.db import models
def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)
"""


class KilledTestCase(base.TestCase):
    """kill -9 leaves all of a transaction or nothing of it."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(engine.reset)
        migration.db_sync()
        db.instance_create({'uuid': UUID, 'vm_state': 'active'})
        db.action_start({'instance_uuid': UUID, 'request_id': 'req-1'})
        engine.reset()

    def run_until_killed(self, code: str) -> None:
        process = subprocess.run(
            [sys.executable, '-W', 'ignore', '-c',
             PREAMBLE + textwrap.dedent(code), self.state_path],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(-signal.SIGKILL, process.returncode, process.stderr)

    def test_in_the_middle_of_a_change(self) -> None:
        self.run_until_killed(f"""
            with engine.get().writer() as session:
                row = session.query(models.Instance).one()
                row.vm_state = 'error'
                session.add(models.InstanceFault(instance_uuid='{UUID}', code=500))
                session.flush()
                die()
            """)
        self.assertEqual('active', db.instance_get_by_uuid(UUID).vm_state)
        self.assertIsNone(db.fault_get_latest(UUID))

    def test_just_before_the_commit_of_a_delete(self) -> None:
        self.run_until_killed(f"""
            import sqlalchemy.event
            sqlalchemy.event.listen(engine.get().engine, 'commit', die)
            db.instance_destroy('{UUID}')
            """)
        self.assertEqual(UUID, db.instance_get_by_uuid(UUID).uuid)
        self.assertEqual(1, len(db.actions_get(UUID)))

    def test_just_after_a_commit(self) -> None:
        self.run_until_killed(f"""
            db.instance_destroy('{UUID}')
            die()
            """)
        self.assertRaises(
            exception.InstanceNotFound, db.instance_get_by_uuid, UUID)
        self.assertEqual([], db.actions_get(UUID))

    def test_writing_goes_on_after_it(self) -> None:
        self.run_until_killed("""
            with engine.get().writer() as session:
                session.query(models.Instance).delete()
                die()
            """)
        db.instance_update(UUID, {'vm_state': 'stopped'})
        self.assertEqual('stopped', db.instance_get_by_uuid(UUID).vm_state)
