# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#filesystems"""

from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import by


class LibvirtConfigGuestFilesys(LibvirtConfigGuestDevice):
    """A directory, image or device of the host in the guest."""

    root_name = 'filesystem'
    keyed_by = ('source_type', 'driver_type')

    source_type = Attr('@type', default='mount')
    accessmode = Attr('@accessmode')

    # A mount has a driver only when the default does not do.
    driver_type = Attr(by(file='driver/@type', block='driver/@type',
                          virtiofs='driver/@type', path='driver/@type',
                          handle='driver/@type'), default='loop')
    driver_format = Attr(by(file='driver/@format', block='driver/@format'),
                         default='raw')

    source_dir = Attr(by(mount='source/@dir'))
    source_file = Attr(by(file='source/@file'))
    source_dev = Attr(by(block='source/@dev'))

    target_dir = Attr('target/@dir', default='/')
