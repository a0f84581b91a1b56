# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What becomes of a scenario, and how that differs from what is expected of it."""

from collections.abc import Iterator
import dataclasses
import json
import pathlib
from typing import Any

from nova.tests.golden import facts
from nova.tests.golden import scenario
from nova.virt.libvirt import guest
from nova.virt.libvirt.designer import decisions


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A guest, or why there is none.

    :param phase: what the error was raised in, ``disk_info`` or ``guest_xml``.
    """

    xml: str | None = None
    effects: dict[str, Any] | None = None
    error: Exception | None = None
    phase: str | None = None


def of(loaded: scenario.Scenario) -> Outcome:
    """Describe the guest of a scenario."""
    phase = 'disk_info'
    try:
        disk_info = loaded.disk_info()
        phase = 'guest_xml'
        inputs = loaded.inputs(disk_info)
        xml = guest.Guest.get_guest_xml(inputs, loaded.host_facts, loaded.settings)
        decided = decisions.decide(inputs, loaded.host_facts, loaded.settings)
    except Exception as error:  # noqa: BLE001 - to be compared by its class
        return Outcome(error=error, phase=phase)
    return Outcome(xml, {'disk_info': disk_info, **dataclasses.asdict(decided)})


def differences(outcome: Outcome, loaded: scenario.Scenario,
                expected: pathlib.Path) -> list[str]:
    """Return one line for each difference.

    :param expected: path of what is expected, without a suffix.
    """
    error = pathlib.Path(f'{expected}.error')
    if error.exists():
        return _error_differences(outcome, json.loads(error.read_text()))
    if outcome.xml is None:
        return [f'{outcome.phase}: {type(outcome.error).__name__}: {outcome.error}']
    different = facts.differences(
        pathlib.Path(f'{expected}.xml').read_text(encoding='utf-8'), outcome.xml,
        {loaded.instances_path: scenario.INSTANCES_PLACEHOLDER})
    effects = pathlib.Path(f'{expected}.effects.json')
    return [*different, *_effect_differences(
        json.loads(effects.read_text()), outcome.effects or {}, 'effects')]


def _error_differences(outcome: Outcome, expected: dict[str, Any]) -> list[str]:
    if outcome.error is None:
        return [f'error: expected {expected["exception"]!r}, got a guest']
    names = [each.__name__ for each in type(outcome.error).__mro__]
    got = {'exception': names[0], 'phase': outcome.phase,
           'bases': names[1:names.index('BaseException')]}
    return [f'error/{key}: expected {expected[key]!r}, got {value!r}: {outcome.error}'
            for key, value in got.items() if key in expected and expected[key] != value]


def _effect_differences(expected: Any, got: Any, path: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in sorted(expected.keys() | got.keys()):
            yield from _effect_differences(
                expected.get(key), got.get(key), f'{path}/{key}')
    elif expected != _plain(got):
        yield f'{path}: expected {expected!r}, got {got!r}'


def _plain(value: Any) -> Any:
    """Return a value as JSON would have kept it."""
    return list(value) if isinstance(value, tuple) else value
