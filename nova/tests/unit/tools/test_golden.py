# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import contextlib
import io
import json
import pathlib
import shutil

from nova.tests.golden import facts
from nova.tests.golden import scenario
from nova.tests.unit import base
from tools.golden import __main__ as golden

FOLDER = pathlib.Path(facts.__file__).parent.parent / 'fixtures' / 'golden'


class GoldenTestCase(base.TestCase):

    def run_on(self, expected: pathlib.Path, *names: str,
               scenarios: pathlib.Path = FOLDER / 'scenarios') -> tuple[int, list[str]]:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = golden.main(['--scenarios', str(scenarios),
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

    def test_files_that_are_missing_or_broken(self) -> None:
        scenarios = pathlib.Path(self.state_path) / 'scenarios'
        expected = pathlib.Path(self.state_path) / 'expected'
        whole = scenario.load(FOLDER / 'scenarios' / 'base-qemu-defaults.json', '').data
        for folder in (scenarios, expected):
            folder.mkdir()
        for name in ('alone', 'half', 'torn', 'twisted'):
            (scenarios / f'{name}.json').write_text(json.dumps(whole))
        for name in ('half', 'twisted', 'orphan', 'broken'):
            (expected / f'{name}.xml').write_text(
                '<domain>' if name == 'twisted' else '<domain/>')
        for name, text in (('torn', '{'), ('lost', '{}')):
            (expected / f'{name}.error').write_text(text)
        (scenarios / 'broken.json').write_text('[')

        code, lines = self.run_on(expected, scenarios=scenarios)

        self.assertEqual(1, code)
        self.assertEqual('0 identical of 5, 0 right errors of 2', lines[-1])
        reasons = {line.split(': ')[0]: reason.split(': ')[0].strip()
                   for line, reason in zip(lines, lines[1:], strict=False)
                   if line.endswith(': differs')}
        self.assertEqual({
            'alone': 'missing', 'broken': 'unreadable', 'half': 'missing',
            'lost': 'missing', 'orphan': 'missing', 'torn': 'unreadable',
            'twisted': 'unreadable'}, reasons)

    def test_nothing_to_compare(self) -> None:
        nothing = pathlib.Path(self.state_path)

        self.assertEqual((1, ['0 identical of 0, 0 right errors of 0']),
                         self.run_on(nothing, scenarios=nothing))
        self.assertEqual(1, self.run_on(FOLDER / 'expected', 'no-such-name')[0])
