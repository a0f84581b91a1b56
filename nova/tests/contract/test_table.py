# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The table of calls is right on each back end, and none is left out."""

import ast
from collections.abc import Iterator
import pathlib
import re
from typing import Any

import libvirt
import testtools

from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.contract import objects
from nova.tests.contract import table
from nova.tests.fixtures.libvirt import access
import nova.virt.libvirt

#: How a call is refused that nobody has written; migration has an error of its own.
_REFUSALS = (libvirt.VIR_ERR_NO_SUPPORT, libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED)
#: Calls that make things other than domains.
_MAKERS = frozenset({'nodeDeviceCreateXML', 'nodeDeviceDefineXML', 'nwfilterDefineXML',
                     'secretDefineXML'})
#: What the driver calls the objects of libvirt, or the calls that return them.
_HOLDERS = frozenset({
    'conn', 'connect', 'dev', 'dom', 'domain', '_domain', '_get_connection', 'handle',
    'network', 'nodeDeviceLookupByName', 'raw', 'secret', 'snapshotLookupByName',
    'stream',
})
#: What is given the names of the calls that it makes.
_NAMED = frozenset({'Callbacks'})
#: The code of an error and the part of libvirt that it is of.
Answer = tuple[int | None, int | None]


class TableContract(base.BackendTestCase):
    """What each call of the table answers, whatever is behind it."""

    def setUp(self) -> None:
        super().setUp()
        self.domain = self.define()

    def answers(self, calls: dict[str, table.Call],
                target: Any) -> dict[str, Answer]:
        return {name: self.answer(getattr(target, name), call.args)
                for name, call in calls.items()}

    def answer(self, method: Any, args: Any) -> Answer:
        try:
            method(*map(self.made, args))
        except libvirt.libvirtError as error:
            return error.get_error_code(), error.get_error_domain()
        return None, None

    def made(self, argument: Any) -> Any:
        if isinstance(argument, list):
            return list(map(self.made, argument))
        stands = {table.Stand.DOMAIN: lambda: self.domain,
                  table.Stand.STREAM: lambda: self.conn.newStream(0)}
        stand = stands.get(argument) if isinstance(argument, table.Stand) else None
        return argument if stand is None else stand()

    def assert_right(self, calls: dict[str, table.Call], target: Any) -> None:
        found = self.answers(calls, target)
        for name, (code, _part) in found.items():
            offered = name not in self.backend.missing
            self.assertEqual(offered, code not in _REFUSALS, f'{name}: {code}')
        if self.backend is not backends.TEST:
            wrong = {name: answer for name, answer in found.items()
                     if answer != (calls[name].code, calls[name].part)}
            self.assertEqual({}, wrong)

    def test_calls_of_a_connection(self) -> None:
        self.assert_right(table.CONNECTION, self.conn)

    def test_calls_of_a_domain_that_is_off(self) -> None:
        self.assert_right(table.DOMAIN, self.domain)

    def test_calls_of_other_objects(self) -> None:
        for kind, target in self.others().items():
            found = self.answers(table.OTHERS[kind], target)
            for name, (code, _part) in found.items():
                offered = f'{kind}.{name}' not in self.backend.missing
                self.assertEqual(offered, code not in _REFUSALS,
                                 f'{kind}.{name}: {code}')
            if self.backend is not backends.TEST:
                calls = table.OTHERS[kind]
                self.assertEqual({name: (calls[name].code, calls[name].part)
                                  for name in calls}, found, kind)

    def others(self) -> dict[str, Any]:
        if self.hypervisor is not None:
            self.hypervisor.nodedevices.plug(objects.ROOT)
        return objects.make(self.conn, self.domain, self.backend.missing)

    def test_calls_of_handles(self) -> None:
        for target in (self.conn, self.domain, *self.others().values()):
            for name in table.HANDLES:
                if hasattr(target, name):
                    getattr(target, name)()

    def test_calls_of_a_stream(self) -> None:
        for name in table.STREAM:
            args = (lambda *_: None, None) if name == 'recvAll' else ()
            code, _part = self.answer(getattr(self.conn.newStream(0), name), args)
            self.assertEqual(libvirt.VIR_ERR_NO_SUPPORT, code, name)
        video = "<devices><video><model type='vga'/></video></devices></domain>"
        self.domain = self.conn.defineXML(self.xml.replace('</domain>', video))
        self.domain.create()
        stream = self.conn.newStream(0)
        self.domain.screenshot(stream, 0, 0)
        read: list[bytes] = []
        stream.recvAll(lambda _stream, data, _opaque: read.append(data), None)
        stream.finish()
        self.assertNotEqual(b'', b''.join(read))

    def test_connection_that_may_only_read(self) -> None:
        conn = self.opener(self.backend.uri, [[], None, None], libvirt.VIR_CONNECT_RO)
        self.addCleanup(conn.close)
        self.domain = conn.lookupByUUIDString(self.uuid)
        found = {**self.answers(table.CONNECTION, conn),
                 **self.answers(table.DOMAIN, self.domain)}
        refused = {name for name, (code, _part) in found.items()
                   if code == libvirt.VIR_ERR_OPERATION_DENIED}
        # The binding asks for the present weights first, which may fail by itself.
        refused.discard('setBlkioParameters')
        expected = (access.READ_WRITE | _MAKERS) & set(found) - {'setBlkioParameters'}
        self.assertEqual(expected, refused)


class TestTableOnFake(TableContract, base.OnFake):
    pass


class TestTableOnTestDriver(TableContract, base.OnTestDriver):
    pass


class TestTableOnQemu(TableContract, base.OnQemu):
    pass


del TableContract  # incomplete: not to be collected by itself


class WholeTableTest(testtools.TestCase):
    """Every call of the product is in the table, and nothing else."""

    def test_no_call_is_left_out(self) -> None:
        listed = set(table.CONNECTION) | set(table.DOMAIN) | table.HANDLES
        others = {name for calls in table.OTHERS.values() for name in calls}
        self.assertEqual(set(), set(_used()) - listed - others - table.STREAM)

    def test_no_call_of_the_fake_is_left_out(self) -> None:
        for kind, fake in objects.CLASSES.items():
            calls = {name for name in dir(fake) if name[0] != '_'} - table.HANDLES
            self.assertEqual(set(table.OTHERS[kind]), calls, kind)

    def test_nothing_is_listed_that_is_not_called(self) -> None:
        used = set(_used())
        for listed in (table.CONNECTION, table.DOMAIN, table.STREAM):
            self.assertEqual(set(), set(listed) - used)

    def test_what_the_test_driver_lacks_is_in_the_table(self) -> None:
        listed = set(table.CONNECTION) | set(table.DOMAIN)
        self.assertEqual(set(), table.TEST_DRIVER_LACKS - listed)
        others = {f'{kind}.{name}' for kind, calls in table.OTHERS.items()
                  for name in calls}
        self.assertEqual(set(), table.TEST_DRIVER_LACKS_OF_OTHERS - others)


def _used() -> Iterator[str]:
    """Find the methods of libvirt's objects that the driver names."""
    methods = {
        name for kind in (
            libvirt.virConnect, libvirt.virDomain, libvirt.virDomainSnapshot,
            libvirt.virNWFilter, libvirt.virNetwork, libvirt.virNodeDevice,
            libvirt.virSecret, libvirt.virStream)
        for name in vars(kind) if not name.startswith('_')
    }
    folder = pathlib.Path(nova.virt.libvirt.__file__).parent
    for path in folder.glob('*.py'):  # nothing below asks libvirt
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in _NAMED:
                yield from _literals(node.args)
            elif (isinstance(node, ast.Attribute) and node.attr in methods
                    and _name(node.value) in _HOLDERS):
                yield node.attr


def _literals(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _name(node: ast.expr) -> str:
    """Return the last word of what a method is taken of."""
    text = ast.unparse(node)
    return re.split(r'\W+', text.rpartition('(')[0] or text)[-1]
