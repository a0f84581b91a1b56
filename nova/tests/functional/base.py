# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The base of tests with a nova-compute of their own."""

from collections.abc import Callable
import traceback
from typing import Any

import libvirt
import requests
import testtools
from testtools import content

from nova.network import model
from nova.tests.functional import hypervisor
from nova.tests.functional import images
from nova.tests.functional import node as node_lib

_REFUSAL_TIMEOUT_S = 60


class FunctionalTestCase(testtools.TestCase):
    """Give nodes; a failed test shows their logs, domains and consoles."""

    def setUp(self) -> None:
        super().setUp()
        # errors are exceptions here; libvirt would print each on stderr as well
        libvirt.registerErrorHandler(lambda *_: None, None)
        self._require_libvirt()
        images.tiny()

    def make_node(self, *arguments: Any, **keywords: Any) -> node_lib.Node:
        """Make a node that is not started yet."""
        node: node_lib.Node = self.useFixture(node_lib.Node(*arguments, **keywords))
        self.addOnException(lambda _: self._attach(node))
        return node

    def start_node(self, *arguments: Any, **keywords: Any) -> node_lib.Node:
        node = self.make_node(*arguments, **keywords)
        node.start()
        return node

    def check_each(self, *checks: Callable[[], None]) -> None:
        """Run all the checks that share a node; one that fails hides no other."""
        failed = {}
        for check in checks:
            try:
                check()
            except (AssertionError, requests.RequestException):
                failed[check.__name__] = traceback.format_exc()
        self.assertEqual({}, failed, '\n'.join(failed.values()))

    def assert_does_not_start(self, node: node_lib.Node, *said: str) -> None:
        """Check that a node ends at once, and that its last line says why."""
        status = node.launch().wait(_REFUSAL_TIMEOUT_S)

        self.assertNotEqual(0, status)
        last_line = node.log.read_text().strip().splitlines()[-1]
        for text in said:
            self.assertIn(text, last_line)

    def _attach(self, node: node_lib.Node) -> None:
        for name, text in node.diagnostics().items():
            self.addDetail(name, content.text_content(text))

    def _require_libvirt(self) -> None:
        uri = node_lib.default_uri()
        try:
            libvirt.open(uri).close()
        except libvirt.libvirtError as error:
            self.skipTest(f'{uri} does not answer: {error}')


class NetworkTestCase(FunctionalTestCase):
    """Give bridges, and guests on them of a driver in this process."""

    def setUp(self) -> None:
        reason = hypervisor.why_not()
        if reason:
            self.skipTest(reason)
        super().setUp()
        self.bridge = self.useFixture(hypervisor.Bridge())
        self.hypervisor = self.useFixture(hypervisor.Hypervisor())
        self.addOnException(self._attach_consoles)

    def boot(self, *vifs: model.VIF) -> list[hypervisor.Server]:
        """Start a guest for each VIF, and configure its card."""
        servers = [self.hypervisor.start(vif) for vif in vifs]
        for server in servers:
            server.shell.wait_until_up()
            server.configure()
        return servers

    def _attach_consoles(self, _error: Any) -> None:
        for name, text in self.hypervisor.diagnostics().items():
            self.addDetail(name, content.text_content(text))
