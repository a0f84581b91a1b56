# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What machine a guest is."""

import platform

from nova import exception
from nova.objects.enumerations import base


class Architecture(base.CanonicalEnum):
    """A processor architecture, as uname and QEMU name it."""

    ALIASES = {'i386': 'i686', 'i486': 'i686', 'i586': 'i686', 'amd64': 'x86_64'}
    _error = exception.InvalidArchitectureName
    _error_key = 'arch'

    ALPHA = 'alpha'
    ARMV6 = 'armv6'
    ARMV7L = 'armv7l'
    ARMV7B = 'armv7b'
    AARCH64 = 'aarch64'
    CRIS = 'cris'
    I686 = 'i686'
    IA64 = 'ia64'
    LM32 = 'lm32'
    M68K = 'm68k'
    MICROBLAZE = 'microblaze'
    MICROBLAZEEL = 'microblazeel'
    MIPS = 'mips'
    MIPSEL = 'mipsel'
    MIPS64 = 'mips64'
    MIPS64EL = 'mips64el'
    OPENRISC = 'openrisc'
    PARISC = 'parisc'
    PARISC64 = 'parisc64'
    PPC = 'ppc'
    PPCLE = 'ppcle'
    PPC64 = 'ppc64'
    PPC64LE = 'ppc64le'
    PPCEMB = 'ppcemb'
    S390 = 's390'
    S390X = 's390x'
    SH4 = 'sh4'
    SH4EB = 'sh4eb'
    SPARC = 'sparc'
    SPARC64 = 'sparc64'
    UNICORE32 = 'unicore32'
    X86_64 = 'x86_64'
    XTENSA = 'xtensa'
    XTENSAEB = 'xtensaeb'

    @classmethod
    def from_host(cls) -> str:
        """Return the architecture of this host."""
        return cls.canonicalize(platform.machine()) or cls.X86_64


class HVType(base.CanonicalEnum):
    """A kind of hypervisor."""

    ALIASES = {'xapi': 'xen', 'powervm': 'phyp'}
    _error = exception.InvalidHypervisorVirtType
    _error_key = 'hv_type'

    BAREMETAL = 'baremetal'
    BHYVE = 'bhyve'
    DOCKER = 'docker'
    FAKE = 'fake'
    HYPERV = 'hyperv'
    IRONIC = 'ironic'
    KQEMU = 'kqemu'
    KVM = 'kvm'
    LXC = 'lxc'
    LXD = 'lxd'
    OPENVZ = 'openvz'
    PARALLELS = 'parallels'
    PHYP = 'phyp'
    QEMU = 'qemu'
    TEST = 'test'
    UML = 'uml'
    VBOX = 'vbox'
    VZ = 'vz'
    VMWARE = 'vmware'
    XEN = 'xen'
    ZVM = 'zvm'
    PRSM = 'prsm'


class VMMode(base.CanonicalEnum):
    """What the guest sees: a whole machine, a paravirtual one, a container."""

    ALIASES = {'pv': 'xen', 'hv': 'hvm', 'baremetal': 'hvm'}
    _error = exception.InvalidVirtualMachineMode
    _error_key = 'vmmode'

    HVM = 'hvm'
    XEN = 'xen'
    UML = 'uml'
    EXE = 'exe'


class OSType(base.CaselessEnum):
    LINUX = 'linux'
    WINDOWS = 'windows'


class FirmwareType(base.BaseNovaEnum):
    UEFI = 'uefi'
    BIOS = 'bios'


class SecureBoot(base.BaseNovaEnum):
    REQUIRED = 'required'
    DISABLED = 'disabled'
    OPTIONAL = 'optional'


class MemEncryptionModel(base.BaseNovaEnum):
    AMD_SEV = 'amd-sev'
    AMD_SEV_ES = 'amd-sev-es'
    AMD_SEV_SNP = 'amd-sev-snp'
    INTEL_TDX = 'intel-tdx'


class VIOMMUModel(base.BaseNovaEnum):
    INTEL = 'intel'
    SMMUV3 = 'smmuv3'
    VIRTIO = 'virtio'
    AUTO = 'auto'


class MaxPhyAddrMode(base.BaseNovaEnum):
    PASSTHROUGH = 'passthrough'
    EMULATE = 'emulate'


class HypervisorDriver(base.BaseNovaEnum):
    LIBVIRT = 'libvirt'
    XENAPI = 'xenapi'
    VMWAREAPI = 'vmwareapi'
    IRONIC = 'ironic'
    HYPERV = 'hyperv'
