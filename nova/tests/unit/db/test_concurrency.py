# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import subprocess
import sys
import threading
import uuid

from nova import exception
from nova.db import api as db
from nova.db import engine
from nova.db import migration
from nova.tests.fixtures import database
from nova.tests.unit import base

#: Every greenlet creates a server, changes it ten times and removes every other.
GREENLETS = """
import sys, uuid
import eventlet
eventlet.monkey_patch()
import nova.conf
nova.conf.CONF([], project='nova', default_config_files=[])
nova.conf.CONF.set_override('state_path', sys.argv[1])
from nova.db import api as db
from nova.db import engine

def work(number):
    name = str(uuid.uuid4())
    db.instance_create({'uuid': name, 'progress': 0})
    for _ in range(10):
        now = db.instance_get_by_uuid(name).progress
        eventlet.sleep(0)
        db.instance_update(name, {'progress': now + 1}, {'progress': [now]})
    if number % 2:
        db.instance_destroy(name)

def ticker(ticks):
    while True:
        ticks.append(1)
        eventlet.sleep(0)

def hold():
    with engine.get().writer():
        for _ in range(20):
            eventlet.sleep(0)

ticks = []
eventlet.spawn(ticker, ticks)
pool = eventlet.GreenPool(60)
results = [pool.spawn(hold)] + [pool.spawn(work, n) for n in range(60)]
for result in results:
    result.wait()
rows = db.instance_get_by_filters({})
assert len(rows) == 30, len(rows)
assert {row.progress for row in rows} == {10}
assert len(ticks) > 60, len(ticks)
print('done')
"""


def run_all(targets: list) -> list[BaseException]:
    failures: list[BaseException] = []

    def guarded(target) -> None:
        try:
            target()
        except Exception as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(t,)) for t in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failures


class ThreadsTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())

    def test_every_write_of_every_thread_arrives(self) -> None:
        def work() -> None:
            name = str(uuid.uuid4())
            db.instance_create({'uuid': name, 'progress': 0})
            for step in range(10):
                db.instance_update(name, {'progress': step + 1})
            db.action_start({'instance_uuid': name, 'request_id': 'req-1'})

        self.assertEqual([], run_all([work] * 20))
        rows = db.instance_get_by_filters({})
        self.assertEqual([10] * 20, [row.progress for row in rows])
        self.assertEqual(20, len({row.id for row in rows}))

    def test_one_of_many_wins_the_task_state(self) -> None:
        name = str(uuid.uuid4())
        db.instance_create({'uuid': name})
        won = []

        def take(number: int) -> None:
            db.instance_update(name, {'task_state': f'task-{number}'},
                               {'task_state': [None]})
            won.append(f'task-{number}')

        failures = run_all([lambda n=n: take(n) for n in range(16)])
        self.assertEqual(15, len(failures))
        self.assertEqual({exception.UnexpectedTaskStateError},
                         {type(error) for error in failures})
        self.assertEqual(won, [db.instance_get_by_uuid(name).task_state])

    def test_different_columns_do_not_overwrite_each_other(self) -> None:
        name = str(uuid.uuid4())
        db.instance_create({'uuid': name})
        columns = ['host', 'node', 'hostname', 'display_name', 'vm_state',
                   'task_state', 'kernel_id', 'os_type']
        failures = run_all([
            lambda c=column: db.instance_update(name, {c: c}) for column in columns])
        self.assertEqual([], failures)
        row = db.instance_get_by_uuid(name)
        self.assertEqual(columns, [getattr(row, column) for column in columns])

    def test_only_one_of_many_deletes(self) -> None:
        name = str(uuid.uuid4())
        db.instance_create({'uuid': name})
        failures = run_all([lambda: db.instance_destroy(name)] * 8)
        self.assertEqual([exception.InstanceNotFound] * 7,
                         [type(error) for error in failures])

    def test_in_memory_too(self) -> None:
        self.flags(group='database', connection='sqlite://')
        self.useFixture(database.Database())

        def work() -> None:
            db.instance_create({'uuid': str(uuid.uuid4())})
            db.instance_get_by_filters({})

        self.assertEqual([], run_all([work] * 16))
        self.assertEqual(16, len(db.instance_get_by_filters({})))


class GreenletsTestCase(base.TestCase):
    """A greenlet that waits for the write lock stops nobody else."""

    def test_many_greenlets(self) -> None:
        self.addCleanup(engine.reset)
        migration.db_sync()
        process = subprocess.run(
            [sys.executable, '-W', 'ignore', '-c', GREENLETS, self.state_path],
            capture_output=True, text=True, timeout=120)
        self.assertEqual('done', process.stdout.strip(), process.stderr)


class ProcessesTestCase(base.TestCase):
    """A second process, for example a tool of the operator, can write too."""

    CODE = """
import sys, uuid
import nova.conf
nova.conf.CONF([], project='nova', default_config_files=[])
nova.conf.CONF.set_override('state_path', sys.argv[1])
from nova.db import api as db
name = str(uuid.uuid4())
db.instance_create({'uuid': name})
for step in range(200):
    db.instance_update(name, {'progress': step + 1})
"""

    def test_two_processes(self) -> None:
        self.addCleanup(engine.reset)
        migration.db_sync()
        command = [sys.executable, '-W', 'ignore', '-c', self.CODE, self.state_path]
        both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
                for _ in range(2)]
        outcomes = [(p.communicate(timeout=60)[1], p.returncode) for p in both]
        self.assertEqual([0, 0], [code for _, code in outcomes], outcomes)
        rows = db.instance_get_by_filters({})
        self.assertEqual([200, 200], [row.progress for row in rows])
