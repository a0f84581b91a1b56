# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import os_traits

from nova.tests.unit import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import traits

CAPS = """<capabilities><host><cpu><arch>x86_64</arch></cpu></host>
<guest><os_type>hvm</os_type><arch name='x86_64'/></guest>
<guest><os_type>hvm</os_type><arch name='i686'/></guest>
<guest><os_type>hvm</os_type><arch name='aarch64'/></guest></capabilities>"""


class TraitsTestCase(base.TestCase):
    def test_features_with_and_without_a_trait(self) -> None:
        self.assertEqual(
            {'HW_CPU_X86_AVX2', 'HW_CPU_X86_SSE42', 'HW_CPU_X86_AESNI',
             'HW_CPU_X86_VMX', 'HW_CPU_X86_INTEL_VMX'},
            traits.cpu_traits(['avx2', 'sse4.2', 'aes', 'vmx', 'la57']))

    def test_every_trait_of_the_table_is_known(self) -> None:
        named = {f'HW_CPU_X86_{name}' for names in traits._TRAITS_OF.values()
                 for name in names}
        self.assertEqual(set(), named - set(os_traits.get_traits('HW_CPU_X86_')))

    def test_architectures(self) -> None:
        caps = vconfig.LibvirtConfigCaps()
        caps.parse_str(CAPS)
        self.assertEqual({'HW_ARCH_X86_64', 'COMPUTE_ARCH_X86_64',
                          'COMPUTE_ARCH_AARCH64'}, traits.arch_traits(caps))
