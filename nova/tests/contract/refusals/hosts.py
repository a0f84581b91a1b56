# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is asked of a host that it cannot know or do."""

import libvirt

from nova.tests.contract.refusals.refusal import Refusal
from nova.tests.contract.refusals.refusal import invalid
from nova.tests.contract.refusals.refusal import unfit

_CPU, _XML = libvirt.VIR_FROM_CPU, libvirt.VIR_FROM_XML
_QEMU, _NONE = libvirt.VIR_FROM_QEMU, libvirt.VIR_FROM_NONE
_BAD_XML, _NOT_XML = libvirt.VIR_ERR_XML_ERROR, libvirt.VIR_ERR_XML_DETAIL
_UNSUPPORTED = libvirt.VIR_ERR_CONFIG_UNSUPPORTED
_INTERNAL = libvirt.VIR_ERR_INTERNAL_ERROR
_FAIL = libvirt.VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE
_QEMU64 = '<cpu><arch>x86_64</arch><model>qemu64</model></cpu>'
_ODD_ARCH = '<cpu><arch>nothing</arch><model>qemu64</model></cpu>'
_ODD_MODEL = '<cpu><arch>x86_64</arch><model>nothing</model></cpu>'
_ODD_FEATURE = ("<cpu><arch>x86_64</arch><model>qemu64</model>"
                "<feature name='nothing'/></cpu>")

CPUS: tuple[Refusal, ...] = (
    unfit('getCPUModelNames', 'nothing', 0),
    unfit('getCPUModelNames', '', 0),
    Refusal('getCPUModelNames', ('riscv64', 0), libvirt.VIR_ERR_NO_SUPPORT, _CPU),
    invalid('baselineCPU', [], 0),
    invalid('baselineCPU', None, 0),
    *(Refusal(name, args, code, _CPU) for xml, code in (
        ('<cpu', _NOT_XML), ('<x/>', _BAD_XML), (_ODD_ARCH, _UNSUPPORTED),
        (_ODD_MODEL, _INTERNAL)) for name, args in (
            ('baselineCPU', ([xml], 0)), ('compareCPU', (xml, 0)),
            ('compareHypervisorCPU', (None, None, None, None, xml, 0)))),
    Refusal('baselineCPU', (['<cpu/>'], 0), _BAD_XML, _CPU),
    Refusal('baselineCPU', (['<cpu><arch>x86_64</arch></cpu>'], 0), _BAD_XML, _CPU),
    Refusal('compareCPU', (_ODD_FEATURE, 0), _INTERNAL, _CPU),
    Refusal('compareCPU', (_ODD_FEATURE, _FAIL), _INTERNAL, _CPU),
    unfit('compareHypervisorCPU', None, 'nothing', None, None, _QEMU64, 0),
    unfit('compareHypervisorCPU', None, 'x86_64', 'nothing', None, _QEMU64, 0),
    unfit('compareHypervisorCPU', None, 'x86_64', None, 'nothing', _QEMU64, 0),
)
FIGURES: tuple[Refusal, ...] = (
    invalid('getCPUStats', 999, 0, part=_NONE),
    invalid('getCPUStats', -2, 0),
    invalid('getMemoryStats', 999, 0, part=_NONE),
    invalid('getMemoryStats', -2, 0),
    Refusal('getCellsFreeMemory', (999, 1), _INTERNAL, _NONE),
    unfit('getDomainCapabilities', None, 'nothing', None, None, 0),
    unfit('getDomainCapabilities', None, 'x86_64', 'nothing', None, 0),
    unfit('getDomainCapabilities', None, 'x86_64', 'pc', 'nothing', 0),
    unfit('getDomainCapabilities', None, 'x86_64', 'pc', 'xen', 0),
    unfit('getDomainCapabilities', '/usr/bin/qemu-system-x86_64', 'aarch64', None,
          'qemu', 0),
    Refusal('getDomainCapabilities', ('/nowhere', 'x86_64', 'pc', 'qemu', 0),
            libvirt.VIR_ERR_SYSTEM_ERROR, _QEMU),
    Refusal('getDomainCapabilities', (None, 's390x', None, 'qemu', 0), _UNSUPPORTED,
            _QEMU),
)
OTHERS: tuple[Refusal, ...] = (
    invalid('lookupByID', -1),
    invalid('lookupByUUIDString', ''),
    invalid('lookupByUUIDString', 'xyz'),
    invalid('domainEventDeregisterAny', -1),
    invalid('nodeDeviceEventDeregisterAny', -1, part=libvirt.VIR_FROM_NODEDEV),
    Refusal('unregisterCloseCallback', (), libvirt.VIR_ERR_OPERATION_INVALID,
            libvirt.VIR_FROM_REMOTE),
    Refusal('defineXML', ('',), _NOT_XML, libvirt.VIR_FROM_DOMAIN),
    Refusal('createXML', ('<x/>', 0), _BAD_XML, _XML),
)
REFUSALS = (*CPUS, *FIGURES, *OTHERS)
#: What libvirt's test driver takes, or refuses with another code.
TEST_DRIVER_DIFFERS = frozenset({
    'getCPUStats(999, 0)', 'getCellsFreeMemory(999, 1)', 'unregisterCloseCallback()',
})
