# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every call of libvirt that the product makes, who offers it, and what it answers.

The arguments are such that a call does little, or is refused: a domain is shut off, a
document is of another kind, an object is not there.  The fake answers as QEMU does.
"""

import enum
from typing import Any, NamedTuple

import libvirt

from nova.virt.libvirt import connection


class Stand(enum.Enum):
    """What stands for an argument that each test makes for itself."""

    DOMAIN = enum.auto()
    STREAM = enum.auto()


class Call(NamedTuple):
    """A call and its answer."""

    #: The error of QEMU and of the fake; None for none.
    code: int | None
    args: tuple[Any, ...]
    #: Which part of libvirt it is of.
    part: int | None


_OK = None
_ARGUMENT = libvirt.VIR_ERR_INVALID_ARG
_STATE = libvirt.VIR_ERR_OPERATION_INVALID
_XML = libvirt.VIR_ERR_XML_ERROR
_LIVE = libvirt.VIR_DOMAIN_AFFECT_LIVE
_PEER_TO_PEER = libvirt.VIR_MIGRATE_LIVE | libvirt.VIR_MIGRATE_PEER2PEER
_COPY = "<disk type='file'><source file='/nowhere/copy'/></disk>"
_CPU = '<cpu><arch>x86_64</arch><model>qemu64</model></cpu>'


_PARTS = {
    _STATE: libvirt.VIR_FROM_DOMAIN, _XML: libvirt.VIR_FROM_XML,
    libvirt.VIR_ERR_NO_NETWORK: libvirt.VIR_FROM_NETWORK,
    libvirt.VIR_ERR_NO_NODE_DEVICE: libvirt.VIR_FROM_NODEDEV,
    libvirt.VIR_ERR_NO_NWFILTER: libvirt.VIR_FROM_NWFILTER,
    libvirt.VIR_ERR_NO_SECRET: libvirt.VIR_FROM_SECRET,
}


def _call(code: int | None, *args: Any, part: int | None = None) -> Call:
    if code is not None and part is None:
        part = _PARTS.get(code, libvirt.VIR_FROM_QEMU)
    return Call(code, args, part)


def _nothing(*_args: Any) -> None:
    """Do nothing."""


#: Calls that the client library answers by itself: they work wherever libvirt does,
#: and on objects that are gone.
HANDLES = frozenset({
    'ID', 'UUID', 'UUIDString', 'connect', 'getName', 'getType', 'isAlive',
    'isEncrypted', 'isSecure', 'name', 'newStream', 'usageID', 'usageType',
})
#: Calls of a stream that something is read from.
STREAM = frozenset({'finish', 'recvAll'})
#: Calls of a connection, with arguments.
CONNECTION: dict[str, Call] = {
    'baselineCPU': _call(_OK, [_CPU], 0),
    'compareCPU': _call(_OK, _CPU, 0),
    'compareHypervisorCPU': _call(_OK, None, None, None, None, _CPU, 0),
    'defineXML': _call(_XML, '<x/>'),
    'domainEventRegisterAny': _call(
        _OK, None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, _nothing, None),
    'domainEventDeregisterAny': _call(_ARGUMENT, 12345, part=libvirt.VIR_FROM_NONE),
    'domainListGetStats': _call(
        _OK, [Stand.DOMAIN], libvirt.VIR_DOMAIN_STATS_STATE, 0),
    'getAllDomainStats': _call(_OK, libvirt.VIR_DOMAIN_STATS_STATE, 0),
    'getCPUMap': _call(_OK, 0),
    'getCPUModelNames': _call(_OK, 'x86_64', 0),
    'getCPUStats': _call(_OK, -1, 0),
    'getCapabilities': _call(_OK),
    'getDomainCapabilities': _call(_OK, None, None, None, None, 0),
    'getHostname': _call(_OK),
    'getInfo': _call(_OK),
    'getLibVersion': _call(_OK),
    'getMemoryStats': _call(_OK, -1, 0),
    'getVersion': _call(_OK),
    'listAllDevices': _call(_OK, 0),
    'listAllDomains': _call(_OK, 0),
    'listAllNetworks': _call(_OK, 0),
    'listNWFilters': _call(_OK),
    'lookupByUUIDString': _call(
        libvirt.VIR_ERR_NO_DOMAIN, '00000000-0000-4000-8000-000000000000'),
    'networkLookupByName': _call(libvirt.VIR_ERR_NO_NETWORK, 'none'),
    'nodeDeviceCreateXML': _call(_XML, '<x/>', 0),
    'nodeDeviceDefineXML': _call(_XML, '<x/>', 0),
    'nodeDeviceEventRegisterAny': _call(
        _OK, None, libvirt.VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE, _nothing, None),
    'nodeDeviceEventDeregisterAny': _call(_ARGUMENT, 12345, part=libvirt.VIR_FROM_NONE),
    'nodeDeviceLookupByName': _call(libvirt.VIR_ERR_NO_NODE_DEVICE, 'none'),
    'nwfilterDefineXML': _call(_XML, '<x/>'),
    'nwfilterLookupByName': _call(libvirt.VIR_ERR_NO_NWFILTER, 'none'),
    'registerCloseCallback': _call(_OK, _nothing, None),
    'unregisterCloseCallback': _call(_OK),
    'secretDefineXML': _call(_XML, '<x/>', 0),
    'secretLookupByUUIDString': _call(
        libvirt.VIR_ERR_NO_SECRET, '5b3ee6a1-0000-4000-8000-000000000001'),
    'secretLookupByUsage': _call(
        libvirt.VIR_ERR_NO_SECRET, libvirt.VIR_SECRET_USAGE_TYPE_VOLUME, 'none'),
    'setKeepAlive': _call(
        _OK, connection.KeepAlive().interval_s, connection.KeepAlive().count),
}
#: Calls of a domain that is defined and shut off.
DOMAIN: dict[str, Call] = {
    'abortJob': _call(_STATE),
    'agentSetResponseTimeout': _call(_OK, 5, 0),
    'attachDeviceFlags': _call(_STATE, '<x/>', _LIVE),
    'blockCommit': _call(_ARGUMENT, 'vda', None, None, 0, 0),
    'blockCopy': _call(_STATE, 'vda', _COPY, None, 0),
    'blockJobAbort': _call(_STATE, 'vda', 0),
    'blockJobInfo': _call(_STATE, 'vda', 0),
    'blockPull': _call(_STATE, 'vda', 0, 0),
    'blockRebase': _call(_STATE, 'vda', None, 0, 0),
    'blockResize': _call(_STATE, 'vda', 1024, 0),
    'blockStats': _call(_STATE, 'vda'),
    'controlInfo': _call(_STATE, 0),
    'coreDumpWithFormat': _call(_STATE, '/nowhere/core', 0, 0),
    'detachDeviceFlags': _call(_STATE, '<x/>', _LIVE),
    'fsFreeze': _call(_STATE, None, 0),
    'getTime': _call(_STATE, 0),
    'fsThaw': _call(_STATE, None, 0),
    'hasManagedSaveImage': _call(_OK, 0),
    'info': _call(_OK),
    'injectNMI': _call(_STATE, 0),
    'isActive': _call(_OK),
    'isPersistent': _call(_OK),
    'jobStats': _call(_STATE, 0),
    'managedSave': _call(_STATE, 0),
    'managedSaveRemove': _call(libvirt.VIR_ERR_SYSTEM_ERROR, 0),
    'maxMemory': _call(_OK),
    'migrateSetMaxDowntime': _call(_STATE, 100, 0),
    'migrateStartPostCopy': _call(_STATE, 0),
    'migrateToURI3': _call(_STATE, 'qemu+tcp://nowhere/system', {}, _PEER_TO_PEER),
    'pinEmulator': _call(_STATE, (True,), _LIVE),
    'pinIOThread': _call(_STATE, 1, (True,), _LIVE),
    'pinVcpuFlags': _call(_STATE, 0, (True,), _LIVE),
    'reboot': _call(_STATE, 0),
    'reset': _call(_STATE, 0),
    'resume': _call(_STATE),
    'screenshot': _call(_STATE, Stand.STREAM, 0, 0),
    'setBlkioParameters': _call(_STATE, {'weight': 100}, _LIVE),
    'setBlockIoTune': _call(_STATE, 'vda', {'total_iops_sec': 1}, _LIVE),
    'setMemoryFlags': _call(_STATE, 1024, _LIVE),
    'setMetadata': _call(_OK, libvirt.VIR_DOMAIN_METADATA_TITLE, 'x', None, None, 0),
    # libvirt asks what the running QEMU can do before it asks whether one runs.
    'setTime': _call(
        libvirt.VIR_ERR_OPERATION_UNSUPPORTED, {'seconds': 1, 'nseconds': 0}, 0),
    'setUserPassword': _call(_STATE, 'user', 'x', 0),
    'setVcpusFlags': _call(_STATE, 1, _LIVE),
    'shutdown': _call(_STATE, part=libvirt.VIR_FROM_QEMU),
    'shutdownFlags': _call(_STATE, 0, part=libvirt.VIR_FROM_QEMU),
    'snapshotCreateXML': _call(_XML, '<x/>', 0),
    'snapshotListNames': _call(_OK, 0),
    'snapshotLookupByName': _call(libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT, 'none', 0),
    'state': _call(_OK, 0),
    'suspend': _call(_STATE),
    'updateDeviceFlags': _call(_STATE, '<x/>', _LIVE),
    'vcpus': _call(_STATE, part=libvirt.VIR_FROM_QEMU),
    'vcpusFlags': _call(_OK, 0),
    'XMLDesc': _call(_OK, 0),
    'createWithFlags': _call(_OK, 0),
    'destroy': _call(_OK),
    'undefineFlags': _call(_OK, 0),
}
#: What libvirt's test driver lacks.
TEST_DRIVER_LACKS = frozenset({
    'abortJob', 'agentSetResponseTimeout', 'attachDeviceFlags', 'blockCommit',
    'blockCopy', 'blockJobAbort', 'blockJobInfo', 'blockPull', 'blockRebase',
    'blockResize', 'compareCPU', 'compareHypervisorCPU', 'detachDeviceFlags',
    'getDomainCapabilities', 'getMemoryStats', 'jobStats', 'listNWFilters',
    'migrateSetMaxDowntime', 'migrateStartPostCopy', 'migrateToURI3',
    'nodeDeviceDefineXML', 'nwfilterDefineXML', 'nwfilterLookupByName',
    'secretDefineXML', 'secretLookupByUUIDString', 'secretLookupByUsage',
    'setKeepAlive', 'updateDeviceFlags',
})
_GONE = {
    'network': libvirt.VIR_ERR_NO_NETWORK, 'nwfilter': libvirt.VIR_ERR_NO_NWFILTER,
    'secret': libvirt.VIR_ERR_NO_SECRET, 'snapshot': libvirt.VIR_ERR_NO_DOMAIN,
}


def _gone(kind: str, *names: str, **arguments: tuple[Any, ...]) -> dict[str, Call]:
    """Return calls of an object that is not there any more."""
    found = {name: () for name in names} | arguments
    return {name: _call(_GONE[kind], *args) for name, args in found.items()}


#: Calls of other objects than domains: the root of the devices of a host, and those
#: that are gone.
OTHERS: dict[str, dict[str, Call]] = {
    'network': _gone(
        'network', 'autostart', 'bridgeName', 'create', 'destroy', 'isActive',
        'isPersistent', 'undefine', DHCPLeases=(None, 0), XMLDesc=(0,),
        setAutostart=(0,),
        update=(libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST,
                libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST, -1, '<host/>', 0)),
    'nwfilter': _gone('nwfilter', 'undefine', XMLDesc=(0,)),
    'secret': _gone('secret', 'undefine', XMLDesc=(0,), value=(0,),
                    setValue=(b'x', 0)),
    'snapshot': _gone('snapshot', delete=(0,), getXMLDesc=(0,)),
    'device': {
        'autostart': _call(_OK), 'isActive': _call(_OK), 'listCaps': _call(_OK),
        'parent': _call(_OK), 'XMLDesc': _call(_OK, 0),
        'create': _call(_STATE, 0, part=libvirt.VIR_FROM_NODEDEV),
        'setAutostart': _call(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, 1,
                              part=libvirt.VIR_FROM_NODEDEV),
    },
}
#: What the test driver lacks of these, beside the kinds that it cannot make.
TEST_DRIVER_LACKS_OF_OTHERS = frozenset({
    'network.DHCPLeases', 'device.autostart', 'device.create', 'device.isActive',
    'device.setAutostart',
})
#: By which call an object is made; who lacks it has none.
MAKERS = {'network': 'listAllNetworks', 'nwfilter': 'nwfilterDefineXML',
          'secret': 'secretDefineXML', 'snapshot': 'snapshotCreateXML',
          'device': 'nodeDeviceLookupByName'}
