# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Snapshots, notes, migrations, dumps and requests that cannot be."""

import libvirt

from nova.tests.contract.refusals.refusal import Refusal
from nova.tests.contract.refusals.refusal import State
from nova.tests.contract.refusals.refusal import invalid
from nova.tests.contract.refusals.refusal import unfit

_LIVE = libvirt.VIR_DOMAIN_AFFECT_LIVE
_CONFIG = libvirt.VIR_DOMAIN_AFFECT_CONFIG
_DOMAIN, _QEMU = libvirt.VIR_FROM_DOMAIN, libvirt.VIR_FROM_QEMU
_SNAPSHOT = libvirt.VIR_FROM_DOMAIN_SNAPSHOT
_INTERNAL = libvirt.VIR_ERR_INTERNAL_ERROR
_XML = libvirt.VIR_ERR_XML_ERROR
_UNSUPPORTED = libvirt.VIR_ERR_CONFIG_UNSUPPORTED
_STATE = libvirt.VIR_ERR_OPERATION_INVALID
_DISK_ONLY = libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY
_REDEFINE = libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE
_P2P = libvirt.VIR_MIGRATE_PEER2PEER
_NOWHERE = 'qemu+tcp://[::1]:1/system'
_ELEMENT = libvirt.VIR_DOMAIN_METADATA_ELEMENT
_TITLE = libvirt.VIR_DOMAIN_METADATA_TITLE
_NO_METADATA = libvirt.VIR_ERR_NO_DOMAIN_METADATA


def _document(*disks: str, more: str = '', name: str = 'one') -> str:
    inside = ''.join(f'<disk {disk}/>' for disk in disks)
    return (f'<domainsnapshot><name>{name}</name>{more}<disks>{inside}</disks>'
            '</domainsnapshot>')


_PAST = '<creationTime>1</creationTime>'
SNAPSHOTS: tuple[Refusal, ...] = tuple(
    Refusal('snapshotCreateXML', (xml, flags), code, part, state)
    for xml, flags, code, part, state in (
        ('<x', 0, libvirt.VIR_ERR_XML_DETAIL, _SNAPSHOT, State.EITHER),
        ('<x/>', 0, _XML, libvirt.VIR_FROM_XML, State.EITHER),
        (_document("name='vdz'"), _DISK_ONLY, _UNSUPPORTED, _SNAPSHOT, State.EITHER),
        (_document("name='vda'", "name='vda'"), _DISK_ONLY, _UNSUPPORTED, _SNAPSHOT,
         State.EITHER),
        (_document("snapshot='no'"), _DISK_ONLY, _INTERNAL, _SNAPSHOT, State.EITHER),
        (_document("name='vda' snapshot='x'"), _DISK_ONLY, _XML, libvirt.VIR_FROM_XML,
         State.EITHER),
        (_document("name='vda' snapshot='no'"), _DISK_ONLY, _UNSUPPORTED, _QEMU,
         State.OFF),
        (_document("name='vda' snapshot='internal'"), _DISK_ONLY, _UNSUPPORTED, _QEMU,
         State.RUNNING),
        (_document(more="<memory snapshot='x'/>"), 0, _XML, libvirt.VIR_FROM_XML,
         State.EITHER),
        (_document(more="<memory snapshot='external'/>"), 0, _XML, _SNAPSHOT,
         State.EITHER),
        (_document(more="<memory snapshot='internal'/>"), _DISK_ONLY, _XML, _SNAPSHOT,
         State.EITHER),
        (_document(name='a/b'), 0, libvirt.VIR_ERR_XML_DETAIL, _QEMU, State.EITHER),
        (_document(), libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE,
         libvirt.VIR_ERR_INVALID_ARG, _QEMU, State.EITHER),
        (_document(), libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT,
         libvirt.VIR_ERR_INVALID_ARG, _SNAPSHOT, State.EITHER),
        (_document(), libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_LIVE,
         libvirt.VIR_ERR_OPERATION_UNSUPPORTED, _QEMU, State.EITHER),
        (_document(), libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_HALT, _STATE, _QEMU,
         State.TRANSIENT),
        (_document(), _REDEFINE, _INTERNAL, _SNAPSHOT, State.EITHER),
        (_document(more=_PAST), _REDEFINE, _XML, _SNAPSHOT, State.EITHER),
        (_document(more=f'{_PAST}<state>x</state>'), _REDEFINE, _UNSUPPORTED, _SNAPSHOT,
         State.EITHER),
        (_document(more=f'{_PAST}<state>shutoff</state>'), _REDEFINE, _INTERNAL,
         _SNAPSHOT, State.EITHER),
    ))
METADATA: tuple[Refusal, ...] = (
    invalid('setMetadata', _ELEMENT, '<x/>', 'x', None, _CONFIG),
    invalid('setMetadata', _ELEMENT, '<x/>', None, 'http://x', _CONFIG),
    Refusal('setMetadata', (_ELEMENT, '<x/>', '1 x', 'http://x', _CONFIG), _INTERNAL,
            libvirt.VIR_FROM_XML),
    invalid('setMetadata', _TITLE, 'a\nb', None, None, _CONFIG),
    invalid('setMetadata', _TITLE, 'a', 'key', None, _CONFIG),
    invalid('setMetadata', 99, 'a', None, None, _CONFIG),
    invalid('metadata', _ELEMENT, None, 0),
    invalid('metadata', _TITLE, 'http://x', 0),
    invalid('metadata', 99, None, 0),
    invalid('metadata', _TITLE, None, _LIVE | _CONFIG),
    Refusal('metadata', (_TITLE, None, 0), _NO_METADATA, _DOMAIN),
    Refusal('metadata', (_ELEMENT, 'http://x', 0), _NO_METADATA, _DOMAIN),
    Refusal('setMetadata', (_TITLE, 'x', None, None, _CONFIG), _STATE, _DOMAIN,
            State.TRANSIENT),
    Refusal('metadata', (_TITLE, None, _CONFIG), _STATE, _DOMAIN, State.TRANSIENT),
)
OTHERS: tuple[Refusal, ...] = (
    Refusal('migrateToURI3', (_NOWHERE, {}, 0), libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED,
            _DOMAIN),
    Refusal('migrateToURI3', (_NOWHERE, {'nothing': 1}, _P2P),
            libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, libvirt.VIR_FROM_NONE),
    Refusal('migrateToURI3', ('::::', {}, _P2P), _INTERNAL, libvirt.VIR_FROM_URI),
    invalid('migrateToURI3', None, {}, _P2P),
    invalid('migrateToURI3', 'qemu:///system', {}, _P2P),
    invalid('migrateToURI3', _NOWHERE, {}, _P2P | libvirt.VIR_MIGRATE_TUNNELLED
            | libvirt.VIR_MIGRATE_PARALLEL),
    invalid('migrateToURI3', _NOWHERE, {}, _P2P | libvirt.VIR_MIGRATE_NON_SHARED_DISK
            | libvirt.VIR_MIGRATE_NON_SHARED_INC),
    Refusal('migrateSetMaxDowntime', (1 << 40, 0), _INTERNAL, _QEMU, State.RUNNING),
    invalid('jobStats', libvirt.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED),
    invalid('coreDumpWithFormat', '/nowhere/core', 99, 0),
    invalid('coreDumpWithFormat', '/nowhere/core', 0,
            libvirt.VIR_DUMP_CRASH | libvirt.VIR_DUMP_LIVE),
    Refusal('coreDumpWithFormat', ('/nowhere/core', 0, 0), libvirt.VIR_ERR_SYSTEM_ERROR,
            _QEMU, State.RUNNING),
    unfit('agentSetResponseTimeout', -5, 0),
    invalid('managedSave',
            libvirt.VIR_DOMAIN_SAVE_RUNNING | libvirt.VIR_DOMAIN_SAVE_PAUSED),
    Refusal('undefineFlags', (libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
                              | libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM,),
            _STATE, _QEMU, State.OFF),
    *(Refusal(name, args, _STATE, _QEMU, State.TRANSIENT) for name, *args in (
        ('setAutostart', 1), ('managedSave', 0), ('undefine',), ('undefineFlags', 0))),
)
REFUSALS = (*SNAPSHOTS, *METADATA, *OTHERS)
