# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The recorded guests that libvirt or QEMU refuse, and why: see doc/source/golden."""

#: Refused by the domain schema of libvirt 9.0.0: the element or attribute.
BY_SCHEMA = {
    'sev-snp-kernel': "launchSecurity type='sev-snp': libvirt 10.5",
    'tdx': "launchSecurity type='tdx': libvirt 11.6",
    'sound-virtio': "sound model='virtio': libvirt 10.4",
    'virt-lxc-defaults': 'os/cmdline beside init, of containers',
    'virt-lxc-idmaps': 'os/cmdline beside init, of containers',
    'watchdog-lxc': 'os/cmdline beside init, of containers',
    'virt-parallels-defaults': "domain type='parallels': libvirt calls it vz",
    'virt-parallels-exe': "domain type='parallels': libvirt calls it vz",
    'virt-parallels-vnc-vif': "domain type='parallels': libvirt calls it vz",
    'vol-fake': "disk type='network' without a source",
    'vol-qos-all': 'iotune with total and read or write limits at once',
    'vol-smbfs': "driver type='vhdx': none of libvirt's formats",
}

_OTHER_ARCH = 'a guest of another architecture: no such emulator on x86_64'
_SECURE_LOADER = 'loader secure= beside firmware=: allowed since libvirt 9.2'
_MACHINE = 'machine type pc-q35-8.2: newer than QEMU 7.2'
_CONTAINER = 'a container: QEMU has none'
_SPICE = 'redirdev of spicevmc without graphics of SPICE'
_NOT_READONLY = 'a read-only disk on a bus that has none'

#: Refused by libvirt 9.0.0 with QEMU 7.2 on x86_64 when they are defined.
BY_QEMU = {
    **dict.fromkeys((
        'aarch64-numa-hugepages', 'emulation-aarch64-on-x86-kvm',
        'emulation-aarch64-on-x86-qemu', 'emulation-s390x-on-x86-kvm',
        'machine-aarch64-input-virtio', 'machine-aarch64-virt',
        'machine-aarch64-windows', 'machine-ppc64le-no-usb-tablet', 'machine-s390x',
        'machine-s390x-configdrive', 'machine-s390x-serial'), _OTHER_ARCH),
    **dict.fromkeys((
        'mix-027', 'mix-034', 'mix-049', 'mix-055', 'mix-081',
        'uefi-existing-domain-loader-gone', 'uefi-secureboot-disabled-q35',
        'uefi-secureboot-optional-host-without'), _SECURE_LOADER),
    **dict.fromkeys((
        'machine-conf-bad-entry', 'mix-002', 'mix-037', 'mix-051'), _MACHINE),
    **dict.fromkeys((
        'virt-lxc-defaults', 'virt-lxc-idmaps', 'watchdog-lxc'), _CONTAINER),
    **dict.fromkeys((
        'q35-all-buses', 'usb-redirected-flavor', 'usb-redirected-ports'), _SPICE),
    **dict.fromkeys(('mix-004', 'mix-018', 'mix-030'), _NOT_READONLY),
    **dict.fromkeys(('virt-parallels-defaults', 'virt-parallels-vnc-vif'),
                    'virt type parallels: not of QEMU'),
    'virt-parallels-exe': 'os type exe: not of QEMU',
    'sev-snp-kernel': "launchSecurity type='sev-snp': libvirt 10.5",
    'tdx': "launchSecurity type='tdx': libvirt 11.6",
    'sound-virtio': "sound model='virtio': libvirt 10.4",
    'sev-flavor': 'SEV: this machine has none',
    'iommu-virtio-q35': 'iommu model virtio takes no attributes before libvirt 9.x',
    'machine-img-isapc': 'machine isapc has no PCI bus for the devices',
    'mix-019': 'an IDE controller on q35',
    'mix-041': 'a cdrom on the virtio bus',
    'mix-059': 'a shareable disk of format qcow2',
    'scsi-model-buslogic': 'SCSI controller buslogic: not of QEMU',
    'video-gop': 'video model gop: of bhyve',
    'vol-fake': "disk type='network' without a source",
    'vol-qos-all': 'iotune with total and read or write limits at once',
    'vol-smbfs': "driver type='vhdx': none of libvirt's formats",
}
