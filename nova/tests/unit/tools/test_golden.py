# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import contextlib
import io
import pathlib
import shutil

from nova.tests.golden import facts
from nova.tests.unit import base
from tools.golden import __main__ as golden

FOLDER = pathlib.Path(facts.__file__).parent.parent / 'fixtures' / 'golden'


class GoldenTestCase(base.TestCase):

    def run_on(self, expected: pathlib.Path, *names: str) -> tuple[int, list[str]]:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = golden.main(['--scenarios', str(FOLDER / 'scenarios'),
                                '--expected', str(expected), *names])
        return code, output.getvalue().splitlines()

    def test_identical(self) -> None:
        names = ('base-qemu-defaults', 'err-vtpm-no-secret')

        self.assertEqual(
            (0, [*(f'{name}: identical' for name in names),
                 '1 identical of 1, 1 right errors of 1']),
            self.run_on(FOLDER / 'expected', *names))

    def test_paths_that_differ(self) -> None:
        expected = pathlib.Path(self.state_path)
        name = 'base-qemu-defaults'
        for suffix in ('xml', 'effects.json'):
            shutil.copy(FOLDER / 'expected' / f'{name}.{suffix}', expected)
        xml = expected / f'{name}.xml'
        xml.write_text(xml.read_text().replace('<vcpu>2<', '<vcpu>3<'))

        code, lines = self.run_on(expected, name)

        self.assertEqual(1, code)
        self.assertEqual([
            f'{name}: differs',
            "    /domain/vcpu[1] text(): expected '3', got '2'",
            '0 identical of 1, 0 right errors of 0'], lines)
