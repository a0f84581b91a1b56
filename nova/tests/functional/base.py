# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The base of tests with a nova-compute of their own."""

from typing import Any

import libvirt
import testtools
from testtools import content

from nova.tests.functional import images
from nova.tests.functional import node as node_lib


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

    def _attach(self, node: node_lib.Node) -> None:
        for name, text in node.diagnostics().items():
            self.addDetail(name, content.text_content(text))

    def _require_libvirt(self) -> None:
        uri = node_lib.default_uri()
        try:
            libvirt.open(uri).close()
        except libvirt.libvirtError as error:
            self.skipTest(f'{uri} does not answer: {error}')
