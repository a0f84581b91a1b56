# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Documents that describe no domain, and devices that no domain can have."""

from collections.abc import Iterator

import libvirt

_DOMAIN, _QEMU = libvirt.VIR_FROM_DOMAIN, libvirt.VIR_FROM_QEMU
#: What the reader of XML says, and what the reader of domains says.
_READER = (libvirt.VIR_ERR_XML_ERROR, libvirt.VIR_FROM_XML)
_XML = (libvirt.VIR_ERR_XML_ERROR, _DOMAIN)
_ODD = (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, _DOMAIN)
_ODD_FOR_QEMU = (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, _QEMU)
_ODD_CPU = (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, libvirt.VIR_FROM_CPU)
_INTERNAL = (libvirt.VIR_ERR_INTERNAL_ERROR, _DOMAIN)
_NUMBER = (libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_FROM_NONE)
_NO_TARGET = (libvirt.VIR_ERR_NO_TARGET, _DOMAIN)
_NO_SOURCE = (libvirt.VIR_ERR_NO_SOURCE, _DOMAIN)
#: Code and part of an error.
Kind = tuple[int, int]

_DOCUMENT = ("<domain type='{virt_type}'><name>{name}</name><uuid>{uuid}</uuid>"
             '{memory}{vcpu}{os}{more}<devices>{devices}</devices></domain>')
_PARTS = {'memory': '<memory>65536</memory>', 'vcpu': '<vcpu>2</vcpu>',
          'os': "<os><type arch='x86_64' machine='pc'>hvm</type></os>", 'more': '',
          'devices': ''}


def _disk(device: str = 'disk', bus: str = 'virtio', target: str = 'vdb',
          kind: str = 'file', driver: str = "type='raw'", more: str = '') -> str:
    return (f"<disk type='{kind}' device='{device}'><driver name='qemu' {driver}/>"
            f"<source file='/nowhere/{target}'/><target dev='{target}' bus='{bus}'/>"
            f'{more}</disk>')


def _card(mac: str = '52:54:00:99:99:99', kind: str = 'user',
          model: str = 'virtio') -> str:
    return (f"<interface type='{kind}'><mac address='{mac}'/><model type='{model}'/>"
            '</interface>')


_PLACE = "<address type='pci' domain='0' bus='0' slot='{}' function='0'/>"
_HOSTDEV = ("<hostdev mode='subsystem' type='pci' managed='yes'><source><address"
            " domain='0' bus='0xfe' slot='1' function='0'/></source></hostdev>")
#: Devices that are refused by themselves, also when they are to be attached.
DEVICES: tuple[tuple[str, Kind], ...] = (
    (_disk(device='nothing'), _READER),
    (_disk(bus='nothing'), _READER),
    (_disk(kind='nothing'), _READER),
    (_disk(driver="type='raw' cache='nothing'"), _READER),
    (_disk(driver="type='nothing'"), _ODD),
    (_disk(target='foo'), _XML),
    (_disk(device='lun'), _ODD),
    (_disk(device='floppy'), _INTERNAL),
    (_disk(more="<boot order='0'/>"), _READER),
    (_disk(more=_PLACE.format('0x99')), (libvirt.VIR_ERR_XML_ERROR,
                                         libvirt.VIR_FROM_NONE)),
    ("<disk type='file'><source file='/x'/></disk>", _NO_TARGET),
    ("<disk type='file'><source file='/x'/><target bus='virtio'/></disk>", _NO_TARGET),
    ("<disk type='file'><target dev='vdb'/></disk>", _NO_SOURCE),
    (_card(mac='zz'), _XML),
    (_card(mac='01:54:00:11:22:33'), _XML),
    (_card(kind='nothing'), _READER),
    *((_card(kind=kind), _XML) for kind in (
        'network', 'bridge', 'direct', 'vhostuser', 'hostdev')),
    (_card(model='a b'), (libvirt.VIR_ERR_INVALID_ARG, _DOMAIN)),
    ("<hostdev mode='subsystem' type='pci'/>", _XML),
    ("<hostdev mode='subsystem' type='nothing'><source/></hostdev>", _ODD),
    ("<hostdev mode='nothing' type='pci'><source/></hostdev>", _ODD),
    ("<controller type='nothing'/>", _READER),
    ("<input type='nothing' bus='usb'/>", _ODD),
    ("<channel type='nothing'/>", _ODD),
    ("<channel type='unix'/>", _XML),
    ("<watchdog model='nothing'/>", _ODD),
    ("<watchdog model='i6300esb' action='nothing'/>", _ODD),
    ("<rng model='nothing'><backend model='random'>/dev/random</backend></rng>", _ODD),
    ("<rng model='virtio'/>", _XML),
    ("<filesystem type='mount'><target dir='x'/></filesystem>", _NO_SOURCE),
    ("<filesystem type='mount'><source dir='/x'/></filesystem>", _NO_TARGET),
)
_SAME_PLACE = ''.join(_disk(target=target, more=_PLACE.format('0x09'))
                      for target in ('vdb', 'vdc'))
#: Devices that are refused beside each other, or that cannot be attached at all.
TOGETHER: tuple[tuple[str, Kind], ...] = (
    (_disk() + _disk(), _XML),
    (_disk() + _disk(bus='sata'), _XML),
    (_HOSTDEV * 2, _XML),
    ("<controller type='scsi' index='0'/>" * 2, _XML),
    ("<memballoon model='virtio'/>" * 2, _INTERNAL),
    (''.join(_disk(target=target, more="<boot order='1'/>")
             for target in ('vdb', 'vdc')), _ODD),
    (''.join(_disk(target=target, more="<alias name='ua-x'/>")
             for target in ('vdb', 'vdc')), _ODD),
    (_SAME_PLACE, _XML),
    ("<video><model type='nothing'/></video>", _ODD),
    ("<graphics type='nothing'/>", _READER),
    ("<serial type='nothing'/>", _ODD),
    ("<tpm model='nothing'><backend type='emulator'/></tpm>", _READER),
    ("<memballoon model='nothing'/>", _READER),
    ("<sound model='nothing'/>", _READER),
)
#: Other parts of the document.
PARTS: tuple[tuple[str, str, Kind], ...] = (
    ('os', '', _XML),
    ('os', '<os/>', _XML),
    ('os', '<os><type>nothing</type></os>', _ODD),
    ('os', "<os><type arch='nothing'>hvm</type></os>", _ODD),
    ('os', "<os firmware='nothing'><type machine='q35'>hvm</type></os>", _XML),
    ('os', "<os><type>hvm</type><boot dev='nothing'/></os>", _READER),
    ('memory', '', _XML),
    ('memory', '<memory>abc</memory>', _READER),
    ('memory', '<memory>-1</memory>', _READER),
    ('memory', '<memory>0</memory>', _XML),
    ('memory', "<memory unit='nothing'>64</memory>", _NUMBER),
    ('vcpu', '<vcpu>abc</vcpu>', _XML),
    ('vcpu', '<vcpu>0</vcpu>', _INTERNAL),
    ('vcpu', "<vcpu current='3'>2</vcpu>", _ODD),
    ('vcpu', '<vcpu>9999</vcpu>', _ODD_FOR_QEMU),
    ('vcpu', "<vcpu cpuset='abc'>2</vcpu>", _NUMBER),
    ('more', "<cpu mode='nothing'/>", _ODD_CPU),
    ('more', "<cpu mode='host-model'><feature name='aes' policy='nothing'/></cpu>",
     _ODD_CPU),
    ('more', "<cpu><topology sockets='3' cores='1' threads='1'/></cpu>", _ODD_FOR_QEMU),
    ('more', "<clock offset='nothing'/>", _ODD),
    ('more', '<on_poweroff>nothing</on_poweroff>', _ODD),
    ('more', "<numatune><memory mode='nothing' nodeset='0'/></numatune>", _ODD),
    ('more', "<cputune><vcpupin vcpu='0' cpuset='abc'/></cputune>", _NUMBER),
    ('more', '<cputune><period>1</period></cputune>', _ODD),
    ('more', '<iothreads>abc</iothreads>', _XML),
    ('more', '<features><nothing/></features>', _ODD),
    ('more', '<title>a\nb</title>', _XML),
    ('more', "<sysinfo type='nothing'/>", _READER),
    ('more', "<sysinfo type='smbios'><system><entry name='uuid'>"
     '22222222-2222-4333-8444-555555555555</entry></system></sysinfo>',
     (libvirt.VIR_ERR_XML_DETAIL, _DOMAIN)),
)
#: What libvirt takes, though it looks odd.
TAKEN: tuple[tuple[str, str], ...] = (
    ('more', '<nothing/>'),
    ('devices', '<nothing/>'),
    ('devices', _card() + _card()),
    ('devices', "<disk type='file' device='cdrom'><target dev='hdc'/></disk>"),
    ('devices', _HOSTDEV),
    ('memory', '<memory>65536</memory><currentMemory>131072</currentMemory>'),
    ('vcpu', ''),
)

#: What libvirt's test driver takes all the same.
TEST_DRIVER_TAKES = frozenset({
    _SAME_PLACE, *(text for _part, text, kind in PARTS if kind == _ODD_FOR_QEMU)})


def document(virt_type: str, name: str, uuid: str, **parts: str) -> str:
    """Return the document of a domain, with some of its parts put in place."""
    return _DOCUMENT.format(virt_type=virt_type, name=name, uuid=uuid,
                            **{**_PARTS, **parts})


def refused() -> Iterator[tuple[dict[str, str], Kind]]:
    """Return the parts of all documents that are refused."""
    for devices, kind in (*DEVICES, *TOGETHER):
        yield {'devices': devices}, kind
    for part, text, kind in PARTS:
        yield {part: text}, kind
