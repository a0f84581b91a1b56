# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatsecret.html"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.mapping import by


class LibvirtConfigSecret(LibvirtConfigObject):
    """What libvirt knows of a secret, except its value."""

    root_name = 'secret'
    keyed_by = 'usage_type'

    ephemeral = Attr('@ephemeral', YESNO, default=False)
    private = Attr('@private', YESNO, default=False)

    description = Text('description')
    uuid = Text('uuid')

    usage_type = Attr('usage/@type')
    usage_id = Text(by(volume='usage/volume', iscsi='usage/target', ceph='usage/name',
                       tls='usage/name', vtpm='usage/name'))
