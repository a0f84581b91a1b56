# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is written about the instance into its domain's ``<metadata>``."""

from collections.abc import Mapping
from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import DATETIME
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.mapping import NAMESPACES
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Text


class MetaNovaObject(LibvirtConfigObject):
    """An element in Nova's namespace."""

    ns_prefix = 'nova'
    ns_uri = NAMESPACES['nova']


class LibvirtConfigGuestMetaNovaFlavorExtraSpecs(MetaNovaObject):
    """``<nova:extraSpecs><nova:extraSpec name='hw:cpu_policy'>shared</nova:extraSpec>``

    Empty as well: it says that the flavor has none.
    """

    root_name = 'extraSpecs'

    extra_specs = Params('extraSpec', value='.', into=dict, empty=False)


class LibvirtConfigGuestMetaNovaFlavor(MetaNovaObject):
    """The flavor: MiB of memory and swap, GiB of disks."""

    root_name = 'flavor'

    name = Attr('@name')
    id = Attr('@id')
    memory = Text('memory', INT)
    disk = Text('disk', INT)
    swap = Text('swap', INT)
    ephemeral = Text('ephemeral', INT)
    vcpus = Text('vcpus', INT)
    extra_specs = Child(LibvirtConfigGuestMetaNovaFlavorExtraSpecs)


class LibvirtConfigGuestMetaImageProperties(MetaNovaObject):
    """``<nova:properties><nova:property name='hw_disk_bus'>scsi</nova:property>``"""

    root_name = 'properties'

    properties = Params('property', value='.', into=dict, empty=False)


class LibvirtConfigGuestMetaImage(MetaNovaObject):
    """The image that the guest was made from."""

    root_name = 'image'

    #: What of an image is written, and how it is called there.
    attrs = [('container_format', 'containerFormat'), ('disk_format', 'diskFormat'),
             ('min_disk', 'minDisk'), ('min_ram', 'minRam')]

    uuid = Attr('@uuid')
    container_format = Text('containerFormat')
    disk_format = Text('diskFormat')
    #: GiB
    min_disk = Text('minDisk')
    #: MiB
    min_ram = Text('minRam')
    properties = Child(LibvirtConfigGuestMetaImageProperties)

    @property
    def image_meta(self) -> dict[str, Any] | None:
        """Return the image as a dictionary in Glance's words; None for none of it."""
        meta = {name: value for name, _tag in self.attrs
                if (value := getattr(self, name)) is not None}
        if self.properties is not None:
            meta['properties'] = dict(self.properties.properties or {})
        return meta or None

    @image_meta.setter
    def image_meta(self, meta: Mapping[str, Any] | None) -> None:
        known = meta or {}
        for name, _tag in self.attrs:
            setattr(self, name, known.get(name))
        self.properties = None if meta is None else (
            LibvirtConfigGuestMetaImageProperties(
                properties=dict(known.get('properties') or {})))


class LibvirtConfigGuestMetaNovaOwner(MetaNovaObject):
    """``<nova:owner><nova:user uuid='...'>alice</nova:user>...``"""

    root_name = 'owner'

    userid = Attr('user/@uuid')
    username = Text('user')
    projectid = Attr('project/@uuid')
    projectname = Text('project')


class LibvirtConfigGuestMetaNovaIp(MetaNovaObject):
    """``<nova:ip type='fixed' address='10.0.0.5' ipVersion='4'/>``"""

    root_name = 'ip'

    ip_type = Attr('@type')
    address = Attr('@address')
    ip_version = Attr('@ipVersion')

    def __init__(self, ip_type: str | None = None, address: str | None = None,
                 ip_version: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ip_type = ip_type
        self.address = address
        self.ip_version = ip_version


class LibvirtConfigGuestMetaNovaPort(MetaNovaObject):
    """``<nova:port uuid='...'>`` with its addresses."""

    root_name = 'port'

    uuid = Attr('@uuid')
    ips = Children('', LibvirtConfigGuestMetaNovaIp, empty=False)

    def __init__(self, uuid: str | None = None,
                 ips: list[LibvirtConfigGuestMetaNovaIp] | None = None,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.uuid = uuid
        self.ips = ips


class LibvirtConfigGuestMetaNovaPorts(MetaNovaObject):
    """The ports of the guest."""

    root_name = 'ports'

    ports = Children('', LibvirtConfigGuestMetaNovaPort, empty=False)

    def __init__(self, ports: list[LibvirtConfigGuestMetaNovaPort] | None = None,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ports = ports


class LibvirtConfigGuestMetaNovaInstance(MetaNovaObject):
    """The instance as its users know it."""

    root_name = 'instance'

    package = Attr('package/@version')
    name = Text('name')
    #: Seconds since the epoch.
    creationTime = Text('creationTime', DATETIME)  # noqa: N815
    flavor = Child(LibvirtConfigGuestMetaNovaFlavor)
    image = Child(LibvirtConfigGuestMetaImage)
    owner = Child(LibvirtConfigGuestMetaNovaOwner)
    roottype = Attr('root/@type')
    rootid = Attr('root/@uuid')
    ports = Child(LibvirtConfigGuestMetaNovaPorts)


class LibvirtConfigGuestMetaOsinfo(LibvirtConfigObject):
    """``<libosinfo:libosinfo><libosinfo:os id='http://fedoraproject.org/...'/>``

    Which system is in the guest, as virt-manager and others note it.
    """

    root_name = 'libosinfo'
    ns_prefix = 'libosinfo'
    ns_uri = NAMESPACES['libosinfo']

    os_id = Attr('os/@id')
