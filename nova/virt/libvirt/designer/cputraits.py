# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPU features that a flavor requires by the names of traits."""

from nova import objects

_PREFIX = 'trait:HW_CPU_X86_'

#: Traits whose name is not that of libvirt's feature in capitals.
_FEATURE_OF_TRAIT = {
    'SSE41': 'sse4.1', 'SSE42': 'sse4.2', 'SSE4A': 'sse4a', 'AESNI': 'aes',
    'MPX': 'mpx', 'CLMUL': 'pclmulqdq', 'SHA': 'sha-ni', 'F16C': 'f16c',
    'AVX512VPOPCNTDQ': 'avx512-vpopcntdq', 'AVX512VNNI': 'avx512vnni',
    '3DNOW': '3dnow', 'PDPE1GB': 'pdpe1gb', 'STIBP': 'stibp', 'ASF': 'asf',
    'AVX512BITALG': 'avx512-bitalg', 'AVX512GFNI': 'gfni', 'AVX512VAES': 'vaes',
    'AVX512VBMI2': 'avx512vbmi2', 'AVX512VPCLMULQDQ': 'vpclmulqdq',
    'INTEL_MD_CLEAR': 'md-clear', 'INTEL_PCID': 'pcid', 'INTEL_SPEC_CTRL': 'spec-ctrl',
    'INTEL_VMX': 'vmx', 'VMX': 'vmx', 'AMD_SVM': 'svm', 'SVM': 'svm',
    'AMD_IBPB': 'ibpb', 'AMD_NO_SSB': 'amd-no-ssb', 'AMD_SSBD': 'amd-ssbd',
    'AMD_VIRT_SSBD': 'virt-ssbd', 'SGX': 'sgx', 'TSX': 'rtm',
}


def required_features(flavor: 'objects.Flavor') -> set[str]:
    """Return libvirt's names of the CPU features that a flavor requires."""
    traits = (key.removeprefix(_PREFIX) for key, value in flavor.extra_specs.items()
              if key.startswith(_PREFIX) and value == 'required')
    return {_FEATURE_OF_TRAIT.get(trait, trait.lower()) for trait in traits}
