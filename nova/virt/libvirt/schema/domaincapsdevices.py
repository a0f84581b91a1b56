# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomaincaps.html#devices"""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Values

#: The order in which libvirt has them.
_TAGS = ('disk', 'graphics', 'video', 'hostdev', 'rng', 'filesystem', 'tpm', 'redirdev',
         'channel', 'crypto', 'interface', 'panic', 'console')


class DomainCapsDevice(LibvirtConfigObject):
    """A kind of device, and what it can be."""

    supported = Attr('@supported', YESNO, default=False)

    @property
    def rank(self) -> str:
        """What devices are sorted by."""
        return f'{_TAGS.index(self.root_name):02d}'

    # libvirt has each kind once.
    def __hash__(self) -> int:
        return hash(self.tag)


class LibvirtConfigDomainCapsDiskBuses(DomainCapsDevice):
    """``<disk supported='yes'><enum name='bus'><value>virtio</value>...``"""

    root_name = 'disk'

    disk_devices = Values('enum[name=diskDevice]/value', into=set)
    buses = Values('enum[name=bus]/value', into=set)
    models = Values('enum[name=model]/value', into=set)


class LibvirtConfigDomainCapsGraphics(DomainCapsDevice):
    """``<graphics supported='yes'><enum name='type'><value>vnc</value>...``"""

    root_name = 'graphics'

    types = Values('enum[name=type]/value', into=set)


class LibvirtConfigDomainCapsVideoModels(DomainCapsDevice):
    """``<video supported='yes'><enum name='modelType'><value>vga</value>...``"""

    root_name = 'video'

    models = Values('enum[name=modelType]/value', into=set)


class LibvirtConfigDomainCapsHostdev(DomainCapsDevice):
    """``<hostdev supported='yes'><enum name='mode'>...``"""

    root_name = 'hostdev'

    modes = Values('enum[name=mode]/value', into=set)
    startup_policies = Values('enum[name=startupPolicy]/value', into=set)
    subsys_types = Values('enum[name=subsysType]/value', into=set)
    caps_types = Values('enum[name=capsType]/value', into=set)
    pci_backends = Values('enum[name=pciBackend]/value', into=set)


class LibvirtConfigDomainCapsRng(DomainCapsDevice):
    """``<rng supported='yes'><enum name='model'><value>virtio</value>...``"""

    root_name = 'rng'

    models = Values('enum[name=model]/value', into=set)
    backend_models = Values('enum[name=backendModel]/value', into=set)


class LibvirtConfigDomainCapsFilesystem(DomainCapsDevice):
    """``<filesystem supported='yes'><enum name='driverType'>...``"""

    root_name = 'filesystem'

    driver_types = Values('enum[name=driverType]/value', into=set)


class LibvirtConfigDomainCapsTpm(DomainCapsDevice):
    """``<tpm supported='yes'><enum name='model'><value>tpm-crb</value>...``"""

    root_name = 'tpm'

    models = Values('enum[name=model]/value')
    backend_models = Values('enum[name=backendModel]/value')
    backend_version_values = Values('enum[name=backendVersion]/value')

    @property
    def backend_versions(self) -> list[str] | None:
        """The versions, or None when libvirt is too old to say."""
        return self.backend_version_values or None

    @backend_versions.setter
    def backend_versions(self, value: list[str] | None) -> None:
        self.backend_version_values = value or []


class LibvirtConfigDomainCapsRedirdev(DomainCapsDevice):
    """``<redirdev supported='yes'><enum name='bus'><value>usb</value>...``"""

    root_name = 'redirdev'

    buses = Values('enum[name=bus]/value', into=set)


class LibvirtConfigDomainCapsChannel(DomainCapsDevice):
    """``<channel supported='yes'><enum name='type'><value>pty</value>...``"""

    root_name = 'channel'

    types = Values('enum[name=type]/value', into=set)


class LibvirtConfigDomainCapsConsole(LibvirtConfigDomainCapsChannel):
    """``<console supported='yes'><enum name='type'><value>pty</value>...``"""

    root_name = 'console'


class LibvirtConfigDomainCapsCrypto(DomainCapsDevice):
    """``<crypto supported='yes'><enum name='model'><value>virtio</value>...``"""

    root_name = 'crypto'

    models = Values('enum[name=model]/value', into=set)
    types = Values('enum[name=type]/value', into=set)
    backend_models = Values('enum[name=backendModel]/value', into=set)


class LibvirtConfigDomainCapsInterface(DomainCapsDevice):
    """``<interface supported='yes'><enum name='backendType'>...``"""

    root_name = 'interface'

    backend_types = Values('enum[name=backendType]/value', into=set)


class LibvirtConfigDomainCapsPanic(DomainCapsDevice):
    """``<panic supported='yes'><enum name='model'><value>isa</value>...``"""

    root_name = 'panic'

    models = Values('enum[name=model]/value', into=set)


class LibvirtConfigDomainCapsDevices(LibvirtConfigObject):
    """Devices that domains can have."""

    root_name = 'devices'

    devices = Children(
        '', LibvirtConfigDomainCapsDiskBuses, LibvirtConfigDomainCapsGraphics,
        LibvirtConfigDomainCapsVideoModels, LibvirtConfigDomainCapsHostdev,
        LibvirtConfigDomainCapsRng, LibvirtConfigDomainCapsFilesystem,
        LibvirtConfigDomainCapsTpm, LibvirtConfigDomainCapsRedirdev,
        LibvirtConfigDomainCapsChannel, LibvirtConfigDomainCapsConsole,
        LibvirtConfigDomainCapsCrypto, LibvirtConfigDomainCapsInterface,
        LibvirtConfigDomainCapsPanic, into=set, sort_by='rank')

    def get(self, kind: type[Any]) -> Any:
        """Return what devices of a class can be; None when libvirt does not say."""
        return next((each for each in self.devices if isinstance(each, kind)), None)

    @property
    def disk(self) -> LibvirtConfigDomainCapsDiskBuses | None:
        """What disks can be; None when libvirt does not say."""
        return self.get(LibvirtConfigDomainCapsDiskBuses)  # type: ignore[no-any-return]

    @property
    def video(self) -> LibvirtConfigDomainCapsVideoModels | None:
        """What video devices can be; None when libvirt does not say."""
        return self.get(LibvirtConfigDomainCapsVideoModels)  # type: ignore[no-any-return]

    @property
    def tpm(self) -> LibvirtConfigDomainCapsTpm | None:
        """What TPMs can be; None when libvirt does not say."""
        return self.get(LibvirtConfigDomainCapsTpm)  # type: ignore[no-any-return]
