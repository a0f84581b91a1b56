# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The choice between greenlets and threads, made before all else."""

import os
import subprocess
import sys

from nova import monkey_patch
from nova.tests.unit import base


class ChosenBackendTestCase(base.TestCase):

    def _file(self, text: str) -> str:
        path = os.path.join(self.state_path, f'{len(os.listdir(self.state_path))}.conf')
        with open(path, 'w') as stream:
            stream.write(text)
        return path

    def test_unset_means_eventlet(self) -> None:
        self.assertEqual('eventlet', monkey_patch.chosen_backend([]))

    def test_auto_means_eventlet(self) -> None:
        path = self._file('[DEFAULT]\nconcurrency_backend = auto\n')
        self.assertEqual(
            'eventlet', monkey_patch.chosen_backend(['--config-file', path]))

    def test_file_chooses_threads(self) -> None:
        path = self._file('[DEFAULT]\nhost = a%b\nconcurrency_backend=threading\n')
        self.assertEqual(
            'threading', monkey_patch.chosen_backend([f'--config-file={path}', '-d']))

    def test_last_file_wins(self) -> None:
        first = self._file('[DEFAULT]\nconcurrency_backend = threading\n')
        last = self._file('[DEFAULT]\nconcurrency_backend = eventlet\n')
        self.assertEqual('eventlet', monkey_patch.chosen_backend(
            ['--config-file', first, '--config-file', last]))

    def test_file_that_does_not_set_it_keeps_what_was_set(self) -> None:
        first = self._file('[DEFAULT]\nconcurrency_backend = threading\n')
        last = self._file('[libvirt]\nvirt_type = qemu\n')
        self.assertEqual('threading', monkey_patch.chosen_backend(
            ['--config-file', first, '--config-file', last]))

    def test_unknown_value_is_named(self) -> None:
        path = self._file('[DEFAULT]\nconcurrency_backend = asyncio\n')
        error = self.assertRaises(
            ValueError, monkey_patch.chosen_backend, ['--config-file', path])
        self.assertIn("concurrency_backend: 'asyncio'", str(error))

    def test_broken_file_is_left_to_the_real_parser(self) -> None:
        path = self._file('no section\n')
        self.assertEqual(
            'eventlet', monkey_patch.chosen_backend(['--config-file', path]))


class PatchTestCase(base.TestCase):
    """Each in a process of its own: patching cannot be undone."""

    def _run(self, code: str) -> str:
        return subprocess.run(
            [sys.executable, '-W', 'ignore', '-c', code], check=True, text=True,
            capture_output=True, timeout=60).stdout.strip()

    def test_eventlet_patches(self) -> None:
        out = self._run(
            'from nova import monkey_patch\nmonkey_patch.patch()\n'
            'import eventlet.patcher as p\n'
            'print(p.is_monkey_patched("thread"), monkey_patch.is_patched())')
        self.assertEqual('True True', out)

    def test_threads_refuse_eventlet(self) -> None:
        out = self._run(
            'from nova import monkey_patch\nmonkey_patch.patch("threading")\n'
            'try:\n    import eventlet.tpool\n'
            'except ImportError as error:\n    print(error)\n'
            'print(monkey_patch.is_patched())')
        self.assertEqual(
            'eventlet: this process runs with native threads\nFalse', out)

    def test_other_backend_afterwards_is_refused(self) -> None:
        out = self._run(
            'from nova import monkey_patch\nmonkey_patch.patch("threading")\n'
            'try:\n    monkey_patch.patch("eventlet")\n'
            'except RuntimeError as error:\n    print(error)')
        self.assertEqual('this process already runs with threading', out)

    def test_who_computes_lets_others_in_soon(self) -> None:
        for backend in ('eventlet', 'threading'):
            out = self._run(
                f'from nova import monkey_patch\nmonkey_patch.patch("{backend}")\n'
                'import sys\nprint(round(sys.getswitchinterval(), 6))')
            self.assertEqual('0.0002', out)

    def test_pools_work_with_either(self) -> None:
        for backend in ('eventlet', 'threading'):
            out = self._run(
                f'from nova import monkey_patch\nmonkey_patch.patch("{backend}")\n'
                'from nova import thread_pool_factory as pools\n'
                'print(pools.spawn(pow, 2, 5).result())\n'
                'pools.shutdown_all_executors()')
            self.assertEqual('32', out, backend)
