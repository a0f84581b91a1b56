# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#filesystems"""

from nova.virt.libvirt.schema.convert import BYTES
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.device import BootDevice
from nova.virt.libvirt.schema.device import VirtioDevice
from nova.virt.libvirt.schema.idmap import LibvirtConfigGuestGIDMap
from nova.virt.libvirt.schema.idmap import LibvirtConfigGuestUIDMap
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import by


class LibvirtConfigGuestFilesys(BootDevice, VirtioDevice):
    """A directory, image or device of the host in the guest."""

    root_name = 'filesystem'
    keyed_by = ('source_type', 'driver_type')

    source_type = Attr('@type', default='mount')
    accessmode = Attr('@accessmode')
    model = Attr('@model')
    multidevs = Attr('@multidevs')
    #: Octal permissions of what the guest creates.
    fmode = Attr('@fmode')
    dmode = Attr('@dmode')

    # A mount has a driver only when the default does not do.
    driver_type = Attr(by(file='driver/@type', block='driver/@type',
                          virtiofs='driver/@type', path='driver/@type',
                          handle='driver/@type'), default='loop')
    driver_format = Attr(by(file='driver/@format', block='driver/@format'),
                         default='raw')
    driver_wrpolicy = Attr('driver/@wrpolicy')
    driver_queue = Attr('driver/@queue', INT)

    # <binary>: virtiofsd
    binary_path = Attr('binary/@path')
    binary_xattr = Attr('binary/@xattr', ONOFF)
    binary_cache_mode = Attr('binary/cache/@mode')
    binary_sandbox_mode = Attr('binary/sandbox/@mode')
    binary_lock_posix = Attr('binary/lock/@posix', ONOFF)
    binary_lock_flock = Attr('binary/lock/@flock', ONOFF)
    binary_thread_pool_size = Attr('binary/thread_pool/@size', INT)
    binary_openfiles = Attr('binary/openfiles/@max', INT)

    source_dir = Attr(by(mount='source/@dir', bind='source/@dir'))
    source_file = Attr(by(file='source/@file'))
    source_dev = Attr(by(block='source/@dev'))
    #: The socket of a virtiofsd that runs already.
    source_socket = Attr(by(mount='source/@socket'))
    source_name = Attr(by(template='source/@name', volume='source/@name'))
    source_pool = Attr('source/@pool')
    source_volume = Attr('source/@volume')

    # type='ram'
    source_usage = Attr(by(ram='source/@usage'), INT)
    source_units = Attr(by(ram='source/@units'))

    target_dir = Attr('target/@dir', default='/')

    readonly = Flag('readonly')

    #: Bytes
    space_hard_limit = Text('space_hard_limit', BYTES)
    space_soft_limit = Text('space_soft_limit', BYTES)

    idmaps = Children('idmap', LibvirtConfigGuestUIDMap, LibvirtConfigGuestGIDMap)
