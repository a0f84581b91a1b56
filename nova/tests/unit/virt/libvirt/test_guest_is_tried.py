# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Each operation of a guest is named by a unit test and by a contract test.

It sees that a test names the operation of an object that is called as the guest's
part is; what the test then asserts is for a reader to judge.
"""

import ast
from collections.abc import Iterator
import pathlib

from nova.tests import contract
from nova.tests.unit import base
from nova.virt.libvirt import agent
from nova.virt.libvirt import blockdevice
from nova.virt.libvirt import domainsnapshots
from nova.virt.libvirt import guest
from nova.virt.libvirt import tuning

#: The classes, and how tests call what is one.
CLASSES = {
    guest.Guest: {'guest', 'Guest'}, tuning.Tuning: {'tuning'},
    agent.GuestAgent: {'agent'}, domainsnapshots.Snapshots: {'snapshots'},
    blockdevice.BlockDevice: {'device', 'disk'}, blockdevice.BlockJob: {'job'},
}
UNIT = pathlib.Path(__file__).parent
CONTRACT = pathlib.Path(contract.__file__).parent
#: Descriptions are tried by each recorded scenario, and the agent's calls by those of
#: Guest, or of others of the agent, that make them.
ELSEWHERE = {'Guest.get_guest_config', 'Guest.get_guest_xml',
             'GuestAgent.require_answer', 'GuestAgent.set_user_password'}


def operations() -> Iterator[tuple[type, str]]:
    for kind in CLASSES:
        yield from ((kind, name) for name in vars(kind) if not name.startswith('_'))


def named(folder: pathlib.Path) -> set[tuple[str, str]]:
    """Return the last name of each object in tests, and what is taken of it."""
    found = set()
    for path in folder.glob('*.py'):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Attribute):
                continue
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else (
                owner.id if isinstance(owner, ast.Name) else '')
            found.add((name, node.attr))
    return found


class EachIsTriedTestCase(base.TestCase):

    def missing(self, folder: pathlib.Path) -> set[str]:
        seen = named(folder)
        return {f'{kind.__name__}.{name}' for kind, name in operations()
                if not any((owner, name) in seen for owner in CLASSES[kind])}

    def test_unit(self) -> None:
        self.assertEqual(set(), self.missing(UNIT) - ELSEWHERE)

    def test_contract(self) -> None:
        self.assertEqual(set(), self.missing(CONTRACT) - ELSEWHERE)
