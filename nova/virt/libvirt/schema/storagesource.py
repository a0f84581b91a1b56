# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Where the bytes of a disk are, and what it takes to get at them."""

from typing import Any, ClassVar

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import BYTES
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import PCI
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDeviceSeclabel
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Columns
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Spanned
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import by


class LibvirtConfigGuestDiskEncryptionSecret(LibvirtConfigObject):
    """``<secret type='passphrase' uuid='...'/>``"""

    root_name = 'diskencryptionsecret'
    tag_name = 'secret'

    type = Attr('@type')
    uuid = Attr('@uuid')
    usage = Attr('@usage')


class LibvirtConfigGuestDiskEncryption(LibvirtConfigObject):
    """https://libvirt.org/formatstorageencryption.html"""

    root_name = 'diskencryption'
    tag_name = 'encryption'

    format = Attr('@format')
    engine = Attr('@engine')
    secret = Child(LibvirtConfigGuestDiskEncryptionSecret)

    cipher_name = Attr('cipher/@name')
    cipher_size = Attr('cipher/@size', INT)
    cipher_mode = Attr('cipher/@mode')
    cipher_hash = Attr('cipher/@hash')

    ivgen_name = Attr('ivgen/@name')
    ivgen_hash = Attr('ivgen/@hash')


class LibvirtConfigGuestDiskAuth(LibvirtConfigObject):
    """``<auth username='myuser'><secret type='iscsi' usage='libvirtiscsi'/></auth>``"""

    root_name = 'auth'

    username = Attr('@username')
    secret_type = Attr('secret/@type')
    secret_uuid = Attr('secret/@uuid')
    secret_usage = Attr('secret/@usage')


class LibvirtConfigGuestDiskReservations(LibvirtConfigObject):
    """``<reservations managed='no'><source type='unix' path='...' mode='client'/>``"""

    root_name = 'reservations'

    managed = Attr('@managed', YESNO)
    source_type = Attr('source/@type')
    source_path = Attr('source/@path')
    source_mode = Attr('source/@mode')
    reconnect = Attr('source/reconnect/@enabled', YESNO)
    #: Seconds
    reconnect_timeout = Attr('source/reconnect/@timeout', INT)


class LibvirtConfigGuestDiskSourceSlice(LibvirtConfigObject):
    """``<slice type='storage' offset='12345' size='123'/>``, in bytes"""

    root_name = 'slice'

    type = Attr('@type', default='storage')
    offset = Attr('@offset', INT)
    size = Attr('@size', INT)


class StorageSource(LibvirtConfigObject):
    """The source that disks, what they back onto and their copies have alike.

    The classes themselves say which element has the path, in Nova's words.
    """

    keyed_by: ClassVar[str | tuple[str, ...]] = 'source_type'

    source_type = Attr('@type')

    source_startup_policy = Attr('source/@startupPolicy', last=True)
    #: What libvirt calls the source while the guest runs.
    source_index = Attr('source/@index', INT, last=True)
    #: Descriptors that were handed to libvirt under this name.
    source_fdgroup = Attr('source/@fdgroup', last=True)

    # type='volume'
    source_pool = Attr('source/@pool', last=True)
    source_volume = Attr('source/@volume', last=True)
    source_mode = Attr('source/@mode', last=True)

    # type='nvme', type='vhostuser', type='vhostvdpa'
    source_transport = Attr('source/@type', last=True)
    source_managed = Attr('source/@managed', YESNO, last=True)
    source_namespace = Attr('source/@namespace', INT, last=True)
    source_pci_address = Spanned('source/address', PCI, last=True)

    # type='network'
    source_protocol = Attr('source/@protocol', when=('network',), last=True)
    source_name = Attr('source/@name', when=('network',), last=True)
    source_query = Attr('source/@query', last=True)
    source_tls = Attr('source/@tls', YESNO, last=True)
    source_tls_hostname = Attr('source/@tlsHostname', last=True)
    source_hosts: list[Any]
    source_ports: list[Any]
    source_transports: list[Any]
    source_sockets: list[Any]
    _hosts = Columns('source/host', when=('network',), last=True,
                     source_hosts='@name', source_ports='@port',
                     source_transports='@transport', source_sockets='@socket',
                     optional=('source_transports', 'source_sockets'))
    source_initiator = Attr('source/initiator/iqn/@name', last=True)
    source_snapshot = Attr('source/snapshot/@name', last=True)
    source_config_file = Attr('source/config/@file', last=True)
    source_ssl_verify = Attr('source/ssl/@verify', YESNO, last=True)
    source_cookies = Params('source/cookies/cookie', value='.', into=dict, last=True)
    #: Bytes
    source_readahead = Attr('source/readahead/@size', INT, last=True)
    #: Seconds
    source_timeout = Attr('source/timeout/@seconds', INT, last=True)
    source_identity_user = Attr('source/identity/@user', last=True)
    source_identity_group = Attr('source/identity/@group', last=True)
    source_identity_username = Attr('source/identity/@username', last=True)
    source_identity_keyfile = Attr('source/identity/@keyfile', last=True)
    source_identity_agentsock = Attr('source/identity/@agentsock', last=True)
    source_known_hosts = Attr('source/knownHosts/@path', last=True)
    source_reconnect = Attr('source/reconnect/@enabled', YESNO, last=True)
    #: Seconds
    source_reconnect_timeout = Attr('source/reconnect/@timeout', INT, last=True)
    #: Seconds
    source_reconnect_delay = Attr('source/reconnect/@delay', INT, last=True)

    source_slices = Children('source/slices', LibvirtConfigGuestDiskSourceSlice,
                             last=True)
    source_seclabels = Children('source', LibvirtConfigGuestDeviceSeclabel, last=True)
    source_auth = Child(LibvirtConfigGuestDiskAuth, path='source', last=True)
    source_reservations = Child(LibvirtConfigGuestDiskReservations, path='source',
                                last=True)


class LibvirtConfigGuestDiskBackingStore(StorageSource):
    """``<backingStore type='file'><format type='raw'/><source file='...'/>...``

    One that is empty ends the chain.
    """

    root_name = 'backingStore'

    source_type = Attr('@type')
    index = Attr('@index', INT)

    driver_format = Attr('format/@type')
    #: Bytes
    metadata_cache_size = Text('format/metadata_cache/max_size', BYTES)

    source_file = Attr(by(file='source/@file', block='source/@dev', dir='source/@dir',
                          vhostuser='source/@path', vhostvdpa='source/@dev'))
    source_encryption = Child(LibvirtConfigGuestDiskEncryption, path='source')

    driver_name = Attr('driver/@name')

    backing_store = Child('self')


class LibvirtConfigGuestDiskDataStore(StorageSource):
    """``<dataStore type='file'><format type='raw'/><source file='...'/>``: qcow2's"""

    root_name = 'dataStore'

    driver_format = Attr('format/@type')
    source_path = Attr(by(file='source/@file', block='source/@dev', dir='source/@dir',
                          vhostuser='source/@path', vhostvdpa='source/@dev'))


class LibvirtConfigGuestDiskMirror(StorageSource):
    """The copy that a running block job writes; libvirt fills it."""

    root_name = 'diskmirror'
    tag_name = 'mirror'

    source_type = Attr('@type')
    job = Attr('@job')
    ready = Attr('@ready')
    #: The target in the words of libvirt before 1.2.6, which it still writes.
    file = Attr('@file')
    format = Attr('@format')

    driver_format = Attr('format/@type')
    #: Bytes
    metadata_cache_size = Text('format/metadata_cache/max_size', BYTES)

    source_path = Attr(by(file='source/@file', block='source/@dev', dir='source/@dir',
                          vhostuser='source/@path', vhostvdpa='source/@dev'))
    source_encryption = Child(LibvirtConfigGuestDiskEncryption, path='source')

    backing_store = Child(LibvirtConfigGuestDiskBackingStore)


class LibvirtConfigGuestNVRAMSource(LibvirtConfigObject):
    """``<source file='/var/lib/libvirt/nvram/guest.fd'/>`` in ``<os><nvram>``

    Which attribute has the path is decided by the type of ``<nvram>``.
    """

    root_name = 'source'

    file = Attr('@file')
    dev = Attr('@dev')
    protocol = Attr('@protocol')
    name = Attr('@name')
    index = Attr('@index', INT)

    source_hosts: list[Any]
    source_ports: list[Any]
    source_transports: list[Any]
    source_sockets: list[Any]
    _hosts = Columns('host', source_hosts='@name', source_ports='@port',
                     source_transports='@transport', source_sockets='@socket',
                     optional=('source_transports', 'source_sockets'))

    auth = Child(LibvirtConfigGuestDiskAuth)
    encryption = Child(LibvirtConfigGuestDiskEncryption)
    seclabels = Children('', LibvirtConfigGuestDeviceSeclabel)
