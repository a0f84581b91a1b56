# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomaincaps.html"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import KIB
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.convert import amount
from nova.virt.libvirt.schema.domaincapscpu import CPU_MODES
from nova.virt.libvirt.schema.domaincapsdevices import LibvirtConfigDomainCapsDevices
from nova.virt.libvirt.schema.mapping import Alias
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Plain
from nova.virt.libvirt.schema.mapping import Spanned
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import Values


class LibvirtConfigDomainCapsOS(LibvirtConfigObject):
    """Firmware that domains can have."""

    root_name = 'os'

    supported = Attr('@supported', YESNO, default=False)
    firmware_types = Values('enum[name=firmware]/value')

    loader_supported = Attr('loader/@supported', YESNO)
    loader_paths = Values('loader/value')
    loader_types = Values('loader/enum[name=type]/value')
    loader_readonly = Values('loader/enum[name=readonly]/value')
    loader_secure = Values('loader/enum[name=secure]/value')

    @property
    def uefi_autoconfig_supported(self) -> bool | None:
        """Whether libvirt finds UEFI firmware by itself; None when it does not say."""
        return self._said('efi' in self.firmware_types)

    @property
    def uefi_supported(self) -> bool | None:
        """Whether UEFI firmware is there at all; None when libvirt does not say."""
        return self._said('efi' in self.firmware_types or bool(self.loader_paths))

    @property
    def secure_boot_supported(self) -> bool | None:
        """Whether the firmware can enforce secure boot; None when it is not said."""
        return self._said('yes' in self.loader_secure)

    def _said(self, found: bool) -> bool | None:
        is_silent = not self.firmware_types and self.loader_supported is None
        return None if is_silent and not found else found


class LibvirtConfigDomainCapsFeatureSev(LibvirtConfigObject):
    """``<sev supported='yes'><maxGuests>59</maxGuests>...``"""

    root_name = 'sev'

    supported = Attr('@supported', YESNO, default=False)
    cbitpos = Text('cbitpos', INT)
    reduced_phys_bits = Text('reducedPhysBits', INT)
    max_guests = Text('maxGuests', INT)
    max_es_guests = Text('maxESGuests', INT)
    cpu0_id = Text('cpu0Id')


class LibvirtConfigDomainCapsFeatureTDX(LibvirtConfigObject):
    """``<tdx supported='yes'/>``"""

    root_name = 'tdx'

    supported = Attr('@supported', YESNO, default=False)


class LibvirtConfigDomainCapsFeatureLaunchSecurity(LibvirtConfigObject):
    """``<launchSecurity supported='yes'><enum name='sectype'>...``"""

    root_name = 'launchSecurity'

    supported = Attr('@supported', YESNO, default=False)
    sectype_values = Values('enum[name=sectype]/value')

    @property
    def sectypes(self) -> list[str] | None:
        """The kinds of launch security, or None when libvirt does not say."""
        return self.sectype_values or None

    @sectypes.setter
    def sectypes(self, value: list[str] | None) -> None:
        self.sectype_values = value or []


class LibvirtConfigDomainCapsSGXSection(LibvirtConfigObject):
    """``<section node='0' size='262144' unit='KiB'/>``"""

    root_name = 'section'

    node = Attr('@node', INT)
    #: KiB
    size = Spanned('.', amount('size', base='KiB'))


class LibvirtConfigDomainCapsFeatureSGX(LibvirtConfigObject):
    """``<sgx supported='yes'><flc>yes</flc>...``"""

    root_name = 'sgx'

    supported = Attr('@supported', YESNO, default=False)
    flc = Text('flc', YESNO)
    sgx1 = Text('sgx1', YESNO)
    sgx2 = Text('sgx2', YESNO)
    #: KiB
    section_size = Text('section_size', KIB)
    sections = Children('sections', LibvirtConfigDomainCapsSGXSection)


class LibvirtConfigDomainCapsFeatureHyperV(LibvirtConfigObject):
    """``<hyperv supported='yes'><enum name='features'>...``"""

    root_name = 'hyperv'

    supported = Attr('@supported', YESNO, default=False)
    features = Values('enum[name=features]/value')

    spinlocks = Text('defaults/spinlocks', INT)
    stimer_direct = Text('defaults/stimer_direct')
    tlbflush_direct = Text('defaults/tlbflush_direct')
    tlbflush_extended = Text('defaults/tlbflush_extended')
    vendor_id = Text('defaults/vendor_id')


class LibvirtConfigDomainCapsFeatures(LibvirtConfigObject):
    """Features that domains can have."""

    root_name = 'features'

    gic_supported = Attr('gic/@supported', YESNO)
    gic_versions = Values('gic/enum[name=version]/value')
    vmcoreinfo_supported = Attr('vmcoreinfo/@supported', YESNO)
    genid_supported = Attr('genid/@supported', YESNO)
    backing_store_input_supported = Attr('backingStoreInput/@supported', YESNO)
    backup_supported = Attr('backup/@supported', YESNO)
    async_teardown_supported = Attr('async-teardown/@supported', YESNO)
    s390_pv_supported = Attr('s390-pv/@supported', YESNO)
    ps2_supported = Attr('ps2/@supported', YESNO)

    features = Children('', LibvirtConfigDomainCapsFeatureSev,
                        LibvirtConfigDomainCapsFeatureTDX,
                        LibvirtConfigDomainCapsFeatureSGX,
                        LibvirtConfigDomainCapsFeatureHyperV,
                        LibvirtConfigDomainCapsFeatureLaunchSecurity)


class LibvirtConfigDomainCaps(LibvirtConfigObject):
    """What a domain of one architecture, machine type and hypervisor can be."""

    root_name = 'domainCapabilities'

    path = Text('path')
    domain = Text('domain')
    machine_type = Text('machine')
    #: The name that was asked for, where it is an alias.
    machine_type_alias = Plain()
    arch = Text('arch')
    max_vcpus = Attr('vcpu/@max', INT)
    iothreads_supported = Attr('iothreads/@supported', YESNO)

    os = Child(LibvirtConfigDomainCapsOS)
    cpu_modes = Children('cpu', *CPU_MODES)

    memory_backing_supported = Attr('memoryBacking/@supported', YESNO)
    memory_backing_sources = Values('memoryBacking/enum[name=sourceType]/value')

    devices = Child(LibvirtConfigDomainCapsDevices)
    features = Child(LibvirtConfigDomainCapsFeatures)

    _machine = Alias('machine_type')
    _alias = Alias('machine_type_alias')
    _os = Alias('os')
    _devices = Alias('devices')
    _features = Alias('features')
