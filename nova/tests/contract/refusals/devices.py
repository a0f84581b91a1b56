# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices that are there already, or not at all."""

import libvirt

from nova.tests.contract.refusals.refusal import Refusal
from nova.tests.contract.refusals.refusal import State
from nova.tests.contract.refusals.refusal import off
from nova.tests.contract.refusals.refusal import unfit

_LIVE = libvirt.VIR_DOMAIN_AFFECT_LIVE
_CONFIG = libvirt.VIR_DOMAIN_AFFECT_CONFIG
_DOMAIN, _QEMU = libvirt.VIR_FROM_DOMAIN, libvirt.VIR_FROM_QEMU
_XML, _NOT_XML = libvirt.VIR_ERR_XML_ERROR, libvirt.VIR_ERR_XML_DETAIL
_MISSING = libvirt.VIR_ERR_DEVICE_MISSING
_STATE = libvirt.VIR_ERR_OPERATION_INVALID
_UNSUPPORTED = libvirt.VIR_ERR_CONFIG_UNSUPPORTED


def _disk(target: str, source: str = '/nowhere/x') -> str:
    return (f"<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
            f"<source file='{source}'/><target dev='{target}' bus='virtio'/></disk>")


def _card(kind: str = 'user', source: str = '') -> str:
    return (f"<interface type='{kind}'><mac address='52:54:00:99:99:99'/>{source}"
            "<model type='virtio'/></interface>")


_HOSTDEV = ("<hostdev mode='subsystem' type='pci' managed='yes'><source><address"
            " domain='0' bus='0xfe' slot='1' function='0'/></source></hostdev>")
_FOLDER = ("<filesystem type='mount'><source dir='/x'/><target dir='x'/>"
           '</filesystem>')
_CHANGES = ('attachDeviceFlags', 'detachDeviceFlags', 'updateDeviceFlags')

REFUSALS: tuple[Refusal, ...] = (
    *(Refusal(name, ('<disk', _CONFIG), _NOT_XML, _DOMAIN) for name in _CHANGES),
    *(Refusal(name, ('<x/>', _CONFIG), _UNSUPPORTED, _DOMAIN) for name in _CHANGES),
    *(off(name, _disk('vdb'), _LIVE) for name in _CHANGES),
    *(off(name, _disk('vdb'), _LIVE | _CONFIG) for name in _CHANGES),
    *(off(name, _disk('vdb')) for name in ('attachDevice', 'detachDevice')),
    *(Refusal(name, (_disk('vdb'), _CONFIG), _STATE, _DOMAIN, State.TRANSIENT)
      for name in _CHANGES),

    *(Refusal('attachDeviceFlags', (xml, _CONFIG),
              libvirt.VIR_ERR_OPERATION_UNSUPPORTED, _QEMU)
      for xml in ("<memballoon model='virtio'/>", "<graphics type='vnc'/>")),
    Refusal('attachDeviceFlags', (_disk('vda'), _CONFIG), _STATE, _QEMU),
    Refusal('attachDeviceFlags', (_disk('vda', '/etc/hostname'), _LIVE), _XML, _DOMAIN,
            State.RUNNING),
    Refusal('attachDeviceFlags',
            (_card('network', "<source network='nothing'/>"), _LIVE),
            libvirt.VIR_ERR_NO_NETWORK, libvirt.VIR_FROM_NETWORK, State.RUNNING),

    Refusal('detachDeviceFlags', (_disk('vdz'), _CONFIG), _MISSING, _QEMU),
    Refusal('detachDeviceFlags', (_disk('vdz'), _LIVE), _MISSING, _QEMU,
            State.RUNNING),
    Refusal('detachDeviceFlags', (_disk('vdz'), _LIVE | _CONFIG), _MISSING, _QEMU,
            State.RUNNING),
    Refusal('detachDeviceFlags', (_card(), _CONFIG), _MISSING, _DOMAIN),
    Refusal('detachDeviceFlags', (_card(), _LIVE), _MISSING, _DOMAIN, State.RUNNING),
    *(Refusal('detachDeviceFlags', (xml, _CONFIG), _MISSING, _QEMU)
      for xml in (_HOSTDEV, _FOLDER)),
    *(Refusal('detachDeviceFlags', (xml, _LIVE), _MISSING, _QEMU, State.RUNNING)
      for xml in (_HOSTDEV, _FOLDER)),

    unfit('updateDeviceFlags', _disk('vdz'), _CONFIG),
    Refusal('updateDeviceFlags', (_disk('vdz'), _LIVE), libvirt.VIR_ERR_INTERNAL_ERROR,
            _QEMU, State.RUNNING),
    Refusal('updateDeviceFlags', (_disk('vda'), _LIVE), _UNSUPPORTED, _QEMU,
            State.RUNNING),
    Refusal('updateDeviceFlags', (_card(), _CONFIG), _MISSING, _DOMAIN),
    Refusal('updateDeviceFlags', (_card(), _LIVE), _MISSING, _DOMAIN, State.RUNNING),
)
