# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the contract tests run on, and what each of these back ends cannot do."""

from collections.abc import Callable
import dataclasses
from typing import Any

import fixtures
import libvirt

from nova.tests.contract import table
from nova.tests.fixtures import libvirt as fakelibvirt

#: Differences of behaviour that libvirt's test driver has, by name.
STARTS_PAUSED = 'createWithFlags starts paused'
FORGETS_DEFINITION = 'undefining a running domain makes it transient'
REFUSES_BY_STATE = 'a wrong state is an invalid operation'
REPORTS_RESUME = 'events tell of more than the start'
DEFINES_NETWORKS_APART = 'a network that runs keeps its definition apart'
TELLS_WHY = 'the state has a reason'
TAKES_FLAGS_OF_QEMU = 'each call takes the flags that QEMU takes'
HAS_SCREENS = 'a picture is of a screen that is there'
TELLS_STATISTICS = 'all groups of statistics are told'
IGNORES_REQUESTS = 'a guest without a system ignores requests'
LIMITS_ALONE = 'a limit needs no burst'
WATCHES_CLOSING = 'a connection has one callback for its end'


@dataclasses.dataclass(frozen=True)
class Backend:
    """One implementation of libvirt's API."""

    name: str
    uri: str
    #: Type of its domains.
    virt_type: str
    #: Calls of the table that it does not offer.
    missing: frozenset[str] = frozenset()
    #: Behaviour that it does not show.
    lacks: frozenset[str] = frozenset()


FAKE = Backend('fakelibvirt', 'qemu:///fake', 'qemu')
TEST = Backend(
    'the test driver', 'test:///default', 'test',
    missing=table.TEST_DRIVER_LACKS | table.TEST_DRIVER_LACKS_OF_OTHERS,
    lacks=frozenset({STARTS_PAUSED, FORGETS_DEFINITION, REFUSES_BY_STATE,
                     REPORTS_RESUME, TELLS_WHY, DEFINES_NETWORKS_APART,
                     TAKES_FLAGS_OF_QEMU, WATCHES_CLOSING, HAS_SCREENS,
                     TELLS_STATISTICS, IGNORES_REQUESTS, LIMITS_ALONE}))
SYSTEM = Backend('QEMU', 'qemu:///system', 'qemu')
SESSION = Backend('QEMU', 'qemu:///session', 'qemu')

Opener = Callable[[str, list[Any], int], Any]


def find_qemu() -> tuple[Backend | None, str]:
    """Return the QEMU that can be used here; without one, None and the reason."""
    reasons = []
    for backend in (SYSTEM, SESSION):
        try:
            connection_ = libvirt.open(backend.uri)
            connection_.getDomainCapabilities(None, None, None, 'qemu', 0)
        except libvirt.libvirtError as error:
            reasons.append(f'{backend.uri}: {error}')
            continue
        connection_.close()
        return backend, ''
    return None, '; '.join(reasons)


class FakeOpener(fixtures.Fixture):
    """Opens connections to a fake libvirt of its own."""

    def _setUp(self) -> None:
        fake = self.useFixture(fakelibvirt.FakeLibvirt())
        self.open: Opener = fake.open
        self.hypervisor = fake.hypervisor


class RealOpener(fixtures.Fixture):
    """Opens connections with libvirt-python."""

    def _setUp(self) -> None:
        self.open: Opener = libvirt.openAuth
