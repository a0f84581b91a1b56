# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomaincaps.html"""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Plain
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
    def uefi_autoconfig_supported(self) -> bool:
        """Whether libvirt finds UEFI firmware by itself."""
        return 'efi' in self.firmware_types

    @property
    def uefi_supported(self) -> bool:
        """Whether UEFI firmware is there at all."""
        return self.uefi_autoconfig_supported or bool(self.loader_paths)

    @property
    def secure_boot_supported(self) -> bool:
        """Whether the firmware can enforce secure boot."""
        return 'yes' in self.loader_secure


class LibvirtConfigDomainCapsDiskBuses(LibvirtConfigObject):
    """``<disk supported='yes'><enum name='bus'><value>virtio</value>...``"""

    root_name = 'disk'

    supported = Attr('@supported', YESNO, default=False)
    disk_devices = Values('enum[name=diskDevice]/value', into=set)
    buses = Values('enum[name=bus]/value', into=set)
    models = Values('enum[name=model]/value', into=set)


class LibvirtConfigDomainCapsVideoModels(LibvirtConfigObject):
    """``<video supported='yes'><enum name='modelType'><value>vga</value>...``"""

    root_name = 'video'

    supported = Attr('@supported', YESNO, default=False)
    models = Values('enum[name=modelType]/value', into=set)


class LibvirtConfigDomainCapsTpm(LibvirtConfigObject):
    """``<tpm supported='yes'><enum name='model'><value>tpm-crb</value>...``"""

    root_name = 'tpm'

    supported = Attr('@supported', YESNO, default=False)
    models = Values('enum[name=model]/value')
    backend_models = Values('enum[name=backendModel]/value')
    backend_versions = Values('enum[name=backendVersion]/value')


class LibvirtConfigDomainCapsDevices(LibvirtConfigObject):
    """Devices that domains can have."""

    root_name = 'devices'

    devices = Children('', LibvirtConfigDomainCapsDiskBuses,
                       LibvirtConfigDomainCapsVideoModels, LibvirtConfigDomainCapsTpm)

    def _only(self, kind: type[Any]) -> Any:
        return next((each for each in self.devices if isinstance(each, kind)), None)

    @property
    def disk(self) -> LibvirtConfigDomainCapsDiskBuses | None:
        """What disks can be; None when libvirt does not say."""
        return self._only(LibvirtConfigDomainCapsDiskBuses)  # type: ignore[no-any-return]

    @property
    def video(self) -> LibvirtConfigDomainCapsVideoModels | None:
        """What video devices can be; None when libvirt does not say."""
        return self._only(LibvirtConfigDomainCapsVideoModels)  # type: ignore[no-any-return]

    @property
    def tpm(self) -> LibvirtConfigDomainCapsTpm | None:
        """What TPMs can be; None when libvirt does not say."""
        return self._only(LibvirtConfigDomainCapsTpm)  # type: ignore[no-any-return]


class LibvirtConfigDomainCapsFeatureSev(LibvirtConfigObject):
    """``<sev supported='yes'><maxGuests>59</maxGuests>...``"""

    root_name = 'sev'

    supported = Attr('@supported', YESNO, default=False)
    cbitpos = Text('cbitpos', INT)
    reduced_phys_bits = Text('reducedPhysBits', INT)
    max_guests = Text('maxGuests', INT)
    max_es_guests = Text('maxESGuests', INT)


class LibvirtConfigDomainCapsFeatureTDX(LibvirtConfigObject):
    """``<tdx supported='yes'/>``"""

    root_name = 'tdx'

    supported = Attr('@supported', YESNO, default=False)


class LibvirtConfigDomainCapsFeatureLaunchSecurity(LibvirtConfigObject):
    """``<launchSecurity supported='yes'><enum name='sectype'>...``"""

    root_name = 'launchSecurity'

    supported = Attr('@supported', YESNO, default=False)
    sectypes = Values('enum[name=sectype]/value')


class LibvirtConfigDomainCapsFeatures(LibvirtConfigObject):
    """Features that domains can have."""

    root_name = 'features'

    features = Children('', LibvirtConfigDomainCapsFeatureSev,
                        LibvirtConfigDomainCapsFeatureTDX,
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

    os = Child(LibvirtConfigDomainCapsOS)
    devices = Child(LibvirtConfigDomainCapsDevices)
    features = Child(LibvirtConfigDomainCapsFeatures)
