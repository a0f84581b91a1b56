# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""An object of each kind that is not a domain, let go of where it can be."""

from collections.abc import Callable
from typing import Any
import uuid

import libvirt

from nova.tests.contract import table
from nova.tests.fixtures.libvirt import network
from nova.tests.fixtures.libvirt import nodedevice
from nova.tests.fixtures.libvirt import nwfilter
from nova.tests.fixtures.libvirt import secret
from nova.tests.fixtures.libvirt import snapshot

#: What the fake has for each kind.
CLASSES: dict[str, type] = {
    'network': network.FakeNetwork, 'nwfilter': nwfilter.FakeNWFilter,
    'secret': secret.FakeSecret, 'snapshot': snapshot.FakeSnapshot,
    'device': nodedevice.FakeNodeDevice,
}
#: The root of the devices, which every host has.
ROOT = "<device><name>computer</name><capability type='system'/></device>"
#: A snapshot that needs no disk, since it is there already.
_SNAPSHOT = ('<domainsnapshot><name>one</name><creationTime>1</creationTime>'
             '<state>shutoff</state>{domain}</domainsnapshot>')


def make(conn: Any, domain: Any, missing: frozenset[str]) -> dict[str, Any]:
    """Make an object of each kind that a back end has.

    :param domain: it is gone afterwards.
    :param missing: calls that the back end lacks.
    """
    makers: dict[str, Callable[[], Any]] = {
        'network': lambda: _network(conn), 'nwfilter': lambda: _nwfilter(conn),
        'secret': lambda: _secret(conn), 'snapshot': lambda: past_snapshot(domain),
        'device': lambda: conn.nodeDeviceLookupByName('computer'),
    }
    made = {kind: maker() for kind, maker in makers.items()
            if table.MAKERS[kind] not in missing}
    domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA)
    return made


def past_snapshot(domain: Any) -> Any:
    """Return a snapshot that is said to have been made before."""
    return domain.snapshotCreateXML(_SNAPSHOT.format(domain=domain.XMLDesc(0)),
                                    libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE)


def _network(conn: Any) -> Any:
    made = conn.networkDefineXML(f'<network><name>c-{uuid.uuid4()}</name></network>')
    made.undefine()
    return made


def _nwfilter(conn: Any) -> Any:
    made = conn.nwfilterDefineXML(f"<filter name='c-{uuid.uuid4()}'/>")
    made.undefine()
    return made


def _secret(conn: Any) -> Any:
    made = conn.secretDefineXML(f"<secret><usage type='volume'><volume>{uuid.uuid4()}"
                                '</volume></usage></secret>', 0)
    made.undefine()
    return made
