# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The sample of the networks file is one, also with everything that it leaves out."""

import pathlib
import re

from nova.network import declared
from nova.tests.unit.network import test_allotment

_SAMPLE = pathlib.Path(__file__).parents[4] / 'etc/nova/networks.yaml.sample'


class SampleTest(test_allotment.NetworksTestCase):

    def test_every_field_is_right(self) -> None:
        text = _SAMPLE.read_text()
        whole = re.sub(r'^( +)# (?=[ a-z-])(?!A )', r'\1', text, flags=re.MULTILINE)
        for content in (text, whole):
            lan, nat = declared.load(self.configure(content))
            self.assertEqual(('br0', 'default'), (lan.bridge, nat.libvirt_network))
        self.assertEqual((1500, 1, 1), (
            lan.mtu, len(lan.security_group.rules), len(nat.subnets)))
