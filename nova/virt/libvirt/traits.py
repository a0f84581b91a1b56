# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Traits of the host's processor and of what it emulates, from its capabilities."""

from collections.abc import Iterable

import os_traits

from nova.virt.libvirt import config as vconfig

_X86 = 'HW_CPU_X86_'

#: Features whose trait is not called after them; some have two.
_TRAITS_OF = {
    '3dnow': ('3DNOW',), 'abm': ('ABM',), 'aes': ('AESNI',), 'bmi1': ('BMI',),
    'fma': ('FMA3',), 'gfni': ('AVX512GFNI',), 'ibpb': ('AMD_IBPB',),
    'amd-no-ssb': ('AMD_NO_SSB',), 'amd-ssbd': ('AMD_SSBD',),
    'amx-bf16': ('AMXBF16',), 'amx-int8': ('AMXINT8',), 'amx-tile': ('AMXTILE',),
    'avx512-vpopcntdq': ('AVX512VPOPCNTDQ',), 'md-clear': ('INTEL_MD_CLEAR',),
    'pcid': ('INTEL_PCID',), 'pclmuldq': ('CLMUL',), 'pni': ('SSE3',),
    'rtm': ('TSX',), 'hle': ('TSX',), 'sha-ni': ('SHA',),
    'spec-ctrl': ('INTEL_SPEC_CTRL',), 'ssbd': ('INTEL_SSBD',), 'sse4.1': ('SSE41',),
    'sse4.2': ('SSE42',), 'svm': ('SVM', 'AMD_SVM'), 'vaes': ('AVX512VAES',),
    'virt-ssbd': ('AMD_VIRT_SSBD',), 'vmx': ('VMX', 'INTEL_VMX'),
    'vpclmulqdq': ('AVX512VPCLMULQDQ',),
}


def cpu_traits(features: Iterable[str]) -> set[str]:
    """Return the traits of an x86 processor with these features, as libvirt's."""
    known = set(os_traits.get_traits(_X86))
    found = {_X86 + trait for feature in features
             for trait in _TRAITS_OF.get(feature, (feature.upper(),))}
    return found & known


def arch_traits(caps: vconfig.LibvirtConfigCaps) -> set[str]:
    """Return the traits of the host's architecture, and of those it can run."""
    arches = {guest.arch for guest in caps.guests}
    wanted = {f'COMPUTE_ARCH_{arch.upper()}' for arch in arches if arch}
    wanted.add(f'HW_ARCH_{(caps.host.cpu.arch or "").upper()}')
    return wanted & {*os_traits.get_traits('COMPUTE_ARCH_'),
                     *os_traits.get_traits('HW_ARCH_')}
