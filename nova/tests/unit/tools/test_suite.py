# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The closing line of ./run_tests says what happened."""

import testtools

from tools.newcomer import suite

_STESTR = '''
======
Totals
======
Ran: 12 tests in 1.5 sec.
 - Passed: 9
 - Skipped: 2
 - Expected Fail: 0
 - Unexpected Success: 0
 - Failed: {failed}
Sum of execute time for each test: 3.0 sec.
'''


class TotalsTest(testtools.TestCase):

    def test_good_run(self) -> None:
        self.assertEqual((9, 0, 2), suite.parse_totals(_STESTR.format(failed=0), 0))

    def test_failed_tests(self) -> None:
        self.assertEqual((9, 1, 2), suite.parse_totals(_STESTR.format(failed=1), 1))

    def test_runs_of_both_back_ends_are_summed(self) -> None:
        output = _STESTR.format(failed=1) + _STESTR.format(failed=0)
        self.assertEqual((18, 1, 4), suite.parse_totals(output, 1))

    def test_runner_that_failed_without_a_test(self) -> None:
        self.assertEqual((9, 1, 2), suite.parse_totals(_STESTR.format(failed=0), 1))

    def test_check_without_tests(self) -> None:
        self.assertEqual((1, 0, 0), suite.parse_totals('all clean', 0))
        self.assertEqual((0, 1, 0), suite.parse_totals('not installed', 2))

    def test_last_line(self) -> None:
        results = [
            suite.Result('py3', passed=9, failed=1, skipped=2, seconds=1.0),
            suite.Result('pep8', passed=1, failed=0, skipped=0, seconds=1.0),
        ]
        last = suite.summary(results).splitlines()[-1]
        self.assertEqual('10 passed, 1 failed, 2 skipped', last)
