# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Base classes: a contract is a mixin, which one class per back end completes."""

from typing import Any
import uuid

import fixtures
import libvirt
import testtools

from nova import exception
from nova.tests.contract import backends
from nova.tests.fixtures.libvirt.hypervisor import FakeHypervisor
from nova.virt.libvirt import errors
from nova.virt.libvirt import eventloop

DOMAIN = """
<domain type='{virt_type}'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='MiB'>32</memory>
  <vcpu>2</vcpu>
  <os><type>hvm</type></os>
</domain>
"""


class BackendTestCase(testtools.TestCase):
    """A test on one back end, whose domains are gone when it ends."""

    backend: backends.Backend
    opener: backends.Opener
    #: Why this test is to fail here, if it is.
    _differs = ''
    #: What is behind the fake; None elsewhere.
    hypervisor: FakeHypervisor | None = None
    #: Calls without which there is nothing to test.
    requires: tuple[str, ...] = ()

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.FakeLogger(level=None))
        # Connections with events and keepalive need the loop before they open.
        eventloop.LOOP.acquire()
        self.addCleanup(eventloop.LOOP.release)
        self._find_backend()
        self.need_calls(*self.requires)
        self.conn = self.opener(self.backend.uri, [[], lambda *_: -1, None], 0)
        self.addCleanup(self.conn.close)
        self.uuid = str(uuid.uuid4())
        self.name = f'contract-{self.uuid[:8]}'
        self.xml = self.domain_xml()
        self.addCleanup(self.remove_domain)

    def _find_backend(self) -> None:
        raise NotImplementedError

    def domain_xml(self, **changes: str) -> str:
        """Return the XML of this test's domain."""
        values = {'virt_type': self.backend.virt_type, 'name': self.name,
                  'uuid': self.uuid, **changes}
        return DOMAIN.format(**values)

    def remove_domain(self) -> None:
        """Remove this test's domain, whatever it does."""
        for call in ('destroy', 'managedSaveRemove', 'undefine'):
            try:
                getattr(self.conn.lookupByUUIDString(self.uuid), call)()
            except libvirt.libvirtError as error:
                if errors.is_no_domain(error):
                    return

    def need_calls(self, *names: str) -> None:
        """Skip the test where the table says that the back end lacks a call."""
        lacking = sorted(set(names) & self.backend.missing)
        if lacking:
            self.skipTest(f'{self.backend.name} lacks {", ".join(lacking)}')

    def need(self, behaviour: str) -> None:
        """Expect the test to fail where the table says that the back end differs."""
        if behaviour in self.backend.lacks:
            self._differs = behaviour

    def _run_test_method(self, result: Any) -> Any:
        """Run the test; where it needs what the back end lacks, prove that it does."""
        try:
            found = super()._run_test_method(result)
        except (self.failureException, libvirt.libvirtError,
                exception.NovaException):
            if self._differs:
                self.skipTest(f'{self.backend.name} differs: {self._differs}')
            raise
        if self._differs:
            self.fail(f'{self.backend.name} does not differ: {self._differs}')
        return found

    def define(self) -> Any:
        """Define this test's domain."""
        return self.conn.defineXML(self.xml)

    def start(self, flags: int = 0) -> Any:
        """Define and start this test's domain."""
        domain = self.define()
        domain.createWithFlags(flags)
        return domain

    def failure(self, call: Any, *args: Any) -> libvirt.libvirtError:
        """Return the error that a call ends with."""
        return self.assertRaises(libvirt.libvirtError, call, *args)


class OnFake(BackendTestCase):
    def _find_backend(self) -> None:
        self.backend = backends.FAKE
        fake = self.useFixture(backends.FakeOpener())
        self.opener, self.hypervisor = fake.open, fake.hypervisor


class OnTestDriver(BackendTestCase):
    def _find_backend(self) -> None:
        self.backend = backends.TEST
        self.opener = self.useFixture(backends.RealOpener()).open


class OnQemu(BackendTestCase):
    def _find_backend(self) -> None:
        found, reason = backends.find_qemu()
        if found is None:
            self.skipTest(f'no usable QEMU: {reason}')
        self.backend = found
        self.opener = self.useFixture(backends.RealOpener()).open
