# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPU features that a flavor requires by the names of traits."""

from nova import objects

_PREFIX = 'trait:HW_CPU_X86_'

#: Traits that go by libvirt's name of the feature, in capitals.
_PLAIN = (
    '3DNOW', 'ABM', 'AVX', 'AVX2', 'AVX512BITALG', 'AVX512BW', 'AVX512CD', 'AVX512DQ',
    'AVX512ER', 'AVX512F', 'AVX512IFMA', 'AVX512PF', 'AVX512VBMI', 'AVX512VBMI2',
    'AVX512VL', 'AVX512VNNI', 'BMI2', 'F16C', 'FMA4', 'MMX', 'MPX', 'PDPE1GB', 'SGX',
    'SSE', 'SSE2', 'SSE4A', 'SSSE3', 'STIBP', 'SVM', 'TBM', 'VMX', 'XOP')

#: The others are no features of a model, such as the encryption of memory.
_FEATURES = {
    **{name: name.lower() for name in _PLAIN},
    'AESNI': 'aes', 'AMD_IBPB': 'ibpb', 'AMD_NO_SSB': 'amd-no-ssb',
    'AMD_SSBD': 'amd-ssbd', 'AMD_SVM': 'svm', 'AMD_VIRT_SSBD': 'virt-ssbd',
    'AMXBF16': 'amx-bf16', 'AMXINT8': 'amx-int8', 'AMXTILE': 'amx-tile',
    'AVX512GFNI': 'gfni', 'AVX512VAES': 'vaes', 'AVX512VPCLMULQDQ': 'vpclmulqdq',
    'AVX512VPOPCNTDQ': 'avx512-vpopcntdq', 'BMI': 'bmi1', 'CLMUL': 'pclmuldq',
    'FMA3': 'fma', 'INTEL_MD_CLEAR': 'md-clear', 'INTEL_PCID': 'pcid',
    'INTEL_SPEC_CTRL': 'spec-ctrl', 'INTEL_SSBD': 'ssbd', 'INTEL_VMX': 'vmx',
    'SHA': 'sha-ni', 'SSE3': 'pni', 'SSE41': 'sse4.1', 'SSE42': 'sse4.2', 'TSX': 'rtm',
}


def required_features(flavor: 'objects.Flavor') -> set[str]:
    """Return libvirt's names of the CPU features that a flavor requires.

    A trait that is no feature of a CPU model is for the scheduler alone.
    """
    traits = (key.removeprefix(_PREFIX) for key, value in flavor.extra_specs.items()
              if key.startswith(_PREFIX) and value == 'required')
    return {_FEATURES[trait] for trait in traits if trait in _FEATURES}
