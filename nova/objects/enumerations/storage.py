# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Block devices, images and shares."""

from nova.objects.enumerations import base


class BlockDeviceDestinationType(base.BaseNovaEnum):
    LOCAL = 'local'
    VOLUME = 'volume'


class BlockDeviceEncryptionFormatType(base.BaseNovaEnum):
    PLAIN = 'plain'
    LUKS = 'luks'
    LUKSV2 = 'luksv2'


class BlockDeviceSourceType(base.BaseNovaEnum):
    BLANK = 'blank'
    IMAGE = 'image'
    SNAPSHOT = 'snapshot'
    VOLUME = 'volume'


class BlockDeviceType(base.BaseNovaEnum):
    CDROM = 'cdrom'
    DISK = 'disk'
    FLOPPY = 'floppy'
    FS = 'fs'
    LUN = 'lun'


class ConfigDrivePolicy(base.BaseNovaEnum):
    OPTIONAL = 'optional'
    MANDATORY = 'mandatory'


class DiskConfig(base.BaseNovaEnum):
    MANUAL = 'MANUAL'
    AUTO = 'AUTO'


class DiskFormat(base.BaseNovaEnum):
    RBD = 'rbd'
    LVM = 'lvm'
    QCOW2 = 'qcow2'
    RAW = 'raw'
    PLOOP = 'ploop'
    VHD = 'vhd'
    VMDK = 'vmdk'
    VDI = 'vdi'
    ISO = 'iso'


class ImageSignatureHashType(base.BaseNovaEnum):
    SHA224 = 'SHA-224'
    SHA256 = 'SHA-256'
    SHA384 = 'SHA-384'
    SHA512 = 'SHA-512'


class ImageSignatureKeyType(base.BaseNovaEnum):
    DSA = 'DSA'
    ECC_SECP384R1 = 'ECC_SECP384R1'
    ECC_SECP521R1 = 'ECC_SECP521R1'
    ECC_SECT409K1 = 'ECC_SECT409K1'
    ECC_SECT409R1 = 'ECC_SECT409R1'
    ECC_SECT571K1 = 'ECC_SECT571K1'
    ECC_SECT571R1 = 'ECC_SECT571R1'
    RSA_PSS = 'RSA-PSS'


class ShareMappingProto(base.BaseNovaEnum):
    NFS = 'NFS'
    CEPHFS = 'CEPHFS'


class ShareMappingStatus(base.BaseNovaEnum):
    ATTACHING = 'attaching'
    DETACHING = 'detaching'
    ACTIVE = 'active'
    INACTIVE = 'inactive'
    ERROR = 'error'
