# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What cannot be done is refused, with libvirt's code and in the name of its part."""

from typing import Any

import libvirt

from nova.tests.contract import backends
from nova.tests.contract import base
from nova.tests.contract import guests
from nova.tests.contract.refusals import acts
from nova.tests.contract.refusals import devices
from nova.tests.contract.refusals import disks
from nova.tests.contract.refusals import documents
from nova.tests.contract.refusals import hosts
from nova.tests.contract.refusals import tuning
from nova.tests.contract.refusals.refusal import Refusal
from nova.tests.contract.refusals.refusal import State
from nova.virt.libvirt import errors

_CONFIG = libvirt.VIR_DOMAIN_AFFECT_CONFIG
_OF_GUESTS = (*tuning.REFUSALS, *disks.REFUSALS, *devices.REFUSALS, *acts.REFUSALS)


class _Refuses:
    """Tries calls that are to be refused."""

    conn: Any

    def assert_refused(self: Any, target: Any, refusals: tuple[Refusal, ...]) -> None:
        """Try all calls, and tell of those that end in another way."""
        differ = {}
        for each in refusals:
            found = self.ends(getattr(target, each.name), each.args)
            if found[:2] != (each.code, each.part):
                differ[str(each)] = found
        self.assertEqual({}, differ)

    def ends(self, method: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return code and part of the error that a call ends with."""
        try:
            return None, None, method(*args)
        except libvirt.libvirtError as error:
            return error.get_error_code(), error.get_error_domain(), str(error)


class GuestRefusalsContract(_Refuses, guests.GuestContract):
    """What is refused of a guest, whatever is behind it."""

    def setUp(self) -> None:
        super().setUp()
        self.domain = self.conn.lookupByUUIDString(self.uuid)

    def of(self, state: State) -> tuple[Refusal, ...]:
        return tuple(each for each in _OF_GUESTS if each.state & state)

    def test_of_a_guest_that_is_off(self) -> None:
        before = self.domain.XMLDesc(0)
        self.assert_refused(self.domain, self.of(State.OFF))
        self.assertEqual((before, 0, 1, 0), self.what_is_left())

    def test_of_a_guest_that_runs(self) -> None:
        self.domain.create()
        before = self.domain.XMLDesc(0)
        self.assert_refused(self.domain, self.of(State.RUNNING))
        self.assertEqual((before, 1, 1, 0), self.what_is_left())

    def test_of_a_guest_without_definition(self) -> None:
        self.domain.create()
        self.domain.undefine()
        before = self.domain.XMLDesc(0)
        self.assert_refused(self.domain, self.of(State.TRANSIENT))
        self.assertEqual((before, 1, 0, 0), self.what_is_left())

    def test_devices(self) -> None:
        differ = {}
        for xml, kind in documents.DEVICES:
            found = self.ends(self.domain.attachDeviceFlags, (xml, _CONFIG))
            if found[:2] != kind:
                differ[xml] = found
        self.assertEqual({}, differ)

    def what_is_left(self) -> tuple[str, int, int, int]:
        """Return what no call may have changed that was refused."""
        return (self.domain.XMLDesc(0), self.domain.isActive(),
                self.domain.isPersistent(), self.domain.snapshotNum(0))


class HostRefusalsContract(_Refuses, base.BackendTestCase):
    """What is refused of a host, whatever is behind it."""

    def test_of_a_host(self) -> None:
        self.assert_refused(self.conn, hosts.REFUSALS)

    def test_documents(self) -> None:
        differ = {}
        for parts, kind in documents.refused():
            found = self.ends(self.conn.defineXML, (self.document(**parts),))
            if self.takes(*parts.values()):
                found[2].undefine()
            elif found[:2] != kind:
                differ[str(parts)] = found
        self.assertEqual({}, differ)
        self.assertTrue(errors.is_no_domain(
            self.failure(self.conn.lookupByUUIDString, self.uuid)))

    def takes(self, text: str) -> bool:
        """Whether the back end takes what others refuse."""
        return (self.backend is backends.TEST
                and text in documents.TEST_DRIVER_TAKES)

    def document(self, **parts: str) -> str:
        return documents.document(
            self.backend.virt_type, self.name, self.uuid, **parts)

    def test_odd_documents_that_are_taken(self) -> None:
        for part, text in documents.TAKEN:
            self.conn.defineXML(self.document(**{part: text})).undefine()

    def test_families_of_events_that_there_are_not(self) -> None:
        for register in (self.conn.domainEventRegisterAny,
                         self.conn.nodeDeviceEventRegisterAny):
            for family in (-1, 999):
                self.failure(register, None, family, lambda *_: None, None)

    def test_second_close_callback(self) -> None:
        self.need(backends.WATCHES_CLOSING)
        self.conn.registerCloseCallback(lambda *_: None, None)
        self.addCleanup(self.conn.unregisterCloseCallback)
        error = self.failure(self.conn.registerCloseCallback, lambda *_: None, None)
        self.assertEqual(
            (libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_FROM_REMOTE),
            (error.get_error_code(), error.get_error_domain()))

    def test_callbacks(self) -> None:
        def hear(domain: Any, family: int) -> int:
            return self.conn.domainEventRegisterAny(
                domain, family, lambda *_: None, None)
        domain = self.define()
        lifecycle = libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE
        numbers = [hear(None, lifecycle), hear(domain, lifecycle),
                   hear(None, libvirt.VIR_DOMAIN_EVENT_ID_REBOOT)]
        twice = [self.failure(hear, each, lifecycle).get_error_code()
                 for each in (None, domain)]
        self.conn.domainEventDeregisterAny(numbers[1])
        numbers.append(hear(domain, lifecycle))
        for number in (numbers[0], *numbers[2:]):
            self.conn.domainEventDeregisterAny(number)

        # All connections to the test driver count together.
        first = numbers[0] if self.backend is backends.TEST else 0
        self.assertEqual(
            (list(range(first, first + 4)), [libvirt.VIR_ERR_INVALID_ARG] * 2),
            (numbers, twice))


class TestGuestRefusalsOnFake(GuestRefusalsContract, base.OnFake):
    pass


class TestGuestRefusalsOnQemu(GuestRefusalsContract, base.OnQemu):
    pass


class TestHostRefusalsOnFake(HostRefusalsContract, base.OnFake):
    pass


class TestHostRefusalsOnTestDriver(HostRefusalsContract, base.OnTestDriver):

    def assert_refused(self, target: Any, refusals: tuple[Refusal, ...]) -> None:
        """Try all calls; the parts of the test driver are its own."""
        differ = set()
        for each in refusals:
            if each.name in self.backend.missing:
                continue
            if self.ends(getattr(target, each.name), each.args)[0] != each.code:
                differ.add(str(each))
        self.assertEqual(hosts.TEST_DRIVER_DIFFERS, differ)


class TestHostRefusalsOnQemu(HostRefusalsContract, base.OnQemu):
    pass


del GuestRefusalsContract, HostRefusalsContract  # incomplete by themselves
