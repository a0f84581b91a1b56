# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Models and buses of the devices of a guest."""

from nova.objects.enumerations import base


class DiskBus(base.BaseNovaEnum):
    FDC = 'fdc'
    IDE = 'ide'
    SATA = 'sata'
    SCSI = 'scsi'
    USB = 'usb'
    VIRTIO = 'virtio'
    XEN = 'xen'
    LXC = 'lxc'
    UML = 'uml'


class InputBus(base.BaseNovaEnum):
    USB = 'usb'
    VIRTIO = 'virtio'


class PointerModelType(base.BaseNovaEnum):
    USBTABLET = 'usbtablet'


class RNGModel(base.BaseNovaEnum):
    VIRTIO = 'virtio'


class SCSIModel(base.CaselessEnum):
    """A SCSI controller; VMware's own spellings are understood."""

    ALIASES = {'lsilogicsas': 'lsisas1068', 'paravirtual': 'vmpvscsi'}

    BUSLOGIC = 'buslogic'
    IBMVSCSI = 'ibmvscsi'
    LSILOGIC = 'lsilogic'
    LSISAS1068 = 'lsisas1068'
    LSISAS1078 = 'lsisas1078'
    VIRTIO_SCSI = 'virtio-scsi'
    VMPVSCSI = 'vmpvscsi'


class SoundModelType(base.BaseNovaEnum):
    SB16 = 'sb16'
    ES1370 = 'es1370'
    PCSPK = 'pcspk'
    AC97 = 'ac97'
    ICH6 = 'ich6'
    ICH9 = 'ich9'
    USB = 'usb'
    VIRTIO = 'virtio'


class TPMModel(base.BaseNovaEnum):
    TPM_TIS = 'tpm-tis'
    TPM_CRB = 'tpm-crb'


class TPMVersion(base.BaseNovaEnum):
    V1_2 = '1.2'
    V2_0 = '2.0'


class USBControllerModelType(base.BaseNovaEnum):
    NONE = 'none'
    NEC_XHCI = 'nec-xhci'
    QEMU_XHCI = 'qemu-xhci'


class VIFModel(base.CaselessEnum):
    """A network card; VMware's own spellings are understood."""

    ALIASES = {
        'virtuale1000': 'e1000', 'virtuale1000e': 'e1000e',
        'virtualpcnet32': 'pcnet', 'virtualsriovethernetcard': 'sriov',
        'virtualvmxnet': 'vmxnet', 'virtualvmxnet3': 'vmxnet3',
    }

    VIRTIO = 'virtio'
    NE2K_PCI = 'ne2k_pci'
    PCNET = 'pcnet'
    RTL8139 = 'rtl8139'
    E1000 = 'e1000'
    E1000E = 'e1000e'
    NETFRONT = 'netfront'
    SPAPR_VLAN = 'spapr-vlan'
    LAN9118 = 'lan9118'
    SRIOV = 'sriov'
    VMXNET = 'vmxnet'
    VMXNET3 = 'vmxnet3'
    IGB = 'igb'


class VideoModel(base.BaseNovaEnum):
    CIRRUS = 'cirrus'
    QXL = 'qxl'
    VGA = 'vga'
    VMVGA = 'vmvga'
    XEN = 'xen'
    VIRTIO = 'virtio'
    GOP = 'gop'
    NONE = 'none'
    BOCHS = 'bochs'


class WatchdogAction(base.BaseNovaEnum):
    NONE = 'none'
    PAUSE = 'pause'
    POWEROFF = 'poweroff'
    RESET = 'reset'
    DISABLED = 'disabled'
