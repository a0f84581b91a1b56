# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is refused of arguments: missing texts, other types, flags that nobody knows.

Each call of the fake is tried on objects that are gone, so that none does anything.
"""

from collections.abc import Iterator
import inspect
from typing import Any

import libvirt

from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.contract import objects
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.tests.fixtures.libvirt import takes

_NULL = (libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_NO_SUPPORT,
         libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED)
#: What the binding looks at by itself, with words of its own.
_OF_THE_BINDING = frozenset({'arch'})
#: What is good enough to have the other arguments looked at.
_GIVEN: dict[str, Any] = {
    'cb': lambda *_: None, 'cpumap': (True,), 'mac': None, 'mountpoints': None,
    'nvcpus': 1, 'memory': 1024, 'opaque': None, 'dom': None, 'dev': None,
    'type': libvirt.VIR_DOMAIN_METADATA_TITLE, 'metadata': 'x',
    'time': {'seconds': 1, 'nseconds': 0}, 'uri': None, 'key': None, 'value': b'x',
    'xmlCPUs': ['<cpu/>'],
}
#: The same, by the call.
_PARAMS = {'TuningCalls.setBlkioParameters': {'weight': 100},
           'LimitCalls.setBlockIoTune': {'total_iops_sec': 1}}
_NOWHERE = 'qemu+tcp://[::1]:1/system'
#: The binding takes no more for some calls.
_BITS = 31
#: Calls without arguments, or that end what the others need.
_LEFT_OUT = frozenset({'FakeConnection.close', 'FakeConnection.setKeepAlive'})
#: Calls whose flags are looked at only on an object that is there.
_LATE = {'FakeDomain.attachDeviceFlags', 'FakeDomain.detachDeviceFlags',
         'MetadataCalls.metadata', 'SnapshotCalls.snapshotCreateXML',
         'PinCalls.vcpuPinInfo', 'JobCalls.migrateToURI3', 'FakeSnapshot.delete'}


class ArgumentsContract(base.BackendTestCase):
    """What is refused before anything is looked at, whatever refuses."""

    def setUp(self) -> None:
        super().setUp()
        self.domain = self.define()
        self.objects: dict[type, Any] = {fakelibvirt.FakeConnection: self.conn,
                                         fakelibvirt.FakeDomain: self.domain}
        if self.hypervisor is not None:
            self.hypervisor.nodedevices.plug(objects.ROOT)
        made = objects.make(self.conn, self.domain, self.backend.missing)
        self.objects |= {objects.CLASSES[kind]: each for kind, each in made.items()}

    def calls(self) -> Iterator[tuple[str, Any, list[inspect.Parameter]]]:
        """Return what is called how in the table of flags, and with what."""
        for kind, target in self.objects.items():
            for name, fake in inspect.getmembers(kind, inspect.isfunction):
                where = fake.__qualname__
                if name[0] != '_' and where not in _LEFT_OUT:
                    yield (where, getattr(target, name),
                           list(inspect.signature(fake).parameters.values())[1:])

    def given(self, where: str, parameters: list[inspect.Parameter]) -> dict[str, Any]:
        return {each.name: _PARAMS.get(where, {}) if each.name == 'params'
                else self.one(each) for each in parameters}

    def one(self, parameter: inspect.Parameter) -> Any:
        made = {'doms': lambda: [self.domain], 'stream': lambda: self.conn.newStream(0)}
        if parameter.name in made:
            return made[parameter.name]()
        return _GIVEN.get(parameter.name, 0 if parameter.annotation is int else '<x/>')

    def code(self, method: Any, args: dict[str, Any]) -> tuple[int | None, str]:
        """Return the code of a call's error, and what it says."""
        try:
            method(*args.values())
        except libvirt.libvirtError as error:
            return error.get_error_code(), str(error)
        return None, ''

    def test_what_is_of_another_type(self) -> None:
        for where, method, parameters in self.calls():
            for each in parameters:
                if each.annotation not in (int, str, str | None):
                    continue
                args = {**self.given(where, parameters), each.name: object()}
                with self.raised(where, each.name):
                    method(*args.values())

    def raised(self, where: str, name: str) -> Any:
        return _Expected(self, TypeError, f'{where}: {name}')

    def test_text_that_is_missing(self) -> None:
        for where, method, parameters in self.calls():
            for each in parameters:
                if each.annotation is not str or each.name in _OF_THE_BINDING:
                    continue
                found = self.code(
                    method, {**self.given(where, parameters), each.name: None})
                self.assertIn(found[0], _NULL, f'{where}: {each.name}: {found}')

    def test_flags(self) -> None:
        self.need(backends.TAKES_FLAGS_OF_QEMU)
        wrong, seen = {}, set()
        for where, method, parameters in self.calls():
            if where in takes.FLAGS and where not in _LATE:
                found = self.taken(method, self.given(where, parameters))
                seen.add(where)
                expected = takes.FLAGS[where] & (1 << _BITS) - 1
                if found != expected:
                    wrong[where] = f'{found:#x}, not {expected:#x}'
        self.assertEqual(({}, set(takes.FLAGS) - _LATE), (wrong, seen))

    def taken(self, method: Any, args: dict[str, Any]) -> int:
        """Return the flags that a call does not refuse."""
        return sum(1 << bit for bit in range(_BITS) if 'unsupported flags' not in
                   self.code(method, {**args, 'flags': 1 << bit})[1])

    def test_flags_of_what_is_there(self) -> None:
        self.need(backends.TAKES_FLAGS_OF_QEMU)
        domain = self.define()
        found = {
            'FakeDomain.attachDeviceFlags': self.taken(
                domain.attachDeviceFlags, {'xml': '<x/>'}),
            'FakeDomain.detachDeviceFlags': self.taken(
                domain.detachDeviceFlags, {'xml': '<x/>'}),
            'MetadataCalls.metadata': self.taken(
                domain.metadata, {'type': libvirt.VIR_DOMAIN_METADATA_TITLE,
                                  'uri': None}),
            'FakeSnapshot.delete': self.taken(objects.past_snapshot(domain).delete, {}),
            'SnapshotCalls.snapshotCreateXML': self.taken(
                domain.snapshotCreateXML, {'xmlDesc': '<x/>'}),
            'PinCalls.vcpuPinInfo': self.taken(domain.vcpuPinInfo, {}),
            'JobCalls.migrateToURI3': self.taken(
                lambda flags: domain.migrateToURI3(
                    _NOWHERE, {}, flags | libvirt.VIR_MIGRATE_PEER2PEER), {}),
        }
        self.assertEqual({where: takes.FLAGS[where] for where in found}, found)


class _Expected:
    """Tells of which call it was that an error was expected."""

    def __init__(self, test: Any, kind: type[Exception], what: str) -> None:
        self._test, self._kind, self._what = test, kind, what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, _traceback: Any) -> bool:
        self._test.assertIs(self._kind, kind, f'{self._what}: {error}')
        return True


class TestArgumentsOnFake(ArgumentsContract, base.OnFake):
    pass


class TestArgumentsOnTestDriver(ArgumentsContract, base.OnTestDriver):
    pass


class TestArgumentsOnQemu(ArgumentsContract, base.OnQemu):
    pass


del ArgumentsContract  # incomplete: not to be collected by itself
