# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What libosinfo says about the devices of an operating system on a PC."""

from typing import TYPE_CHECKING

from oslo_log import log as logging

from nova import exception
from nova.virt.libvirt import osdatabase
from nova.virt.libvirt.designer import guestos

if TYPE_CHECKING:
    from nova import objects

LOG = logging.getLogger(__name__)

_DATABASE = osdatabase.OSDatabase()
_PC = guestos.Board('x86_64', 'pc')


class OsInfo:
    """The devices of one system; those of an unknown one are None.

    :param os_name: as in ``os_distro`` of an image.
    """

    def __init__(self, os_name: str | None) -> None:
        self._guest_os: guestos.GuestOS | None = None
        if not os_name:
            return
        try:
            self._guest_os = _DATABASE.find(os_name).on(_PC.arch)
        except exception.OsInfoNotFound as error:
            LOG.info('%s', error)

    @property
    def network_model(self) -> str | None:
        """The model of NIC that it supports."""
        choice = guestos.vif_model(self._guest_os, _PC)
        return choice.value if choice else None

    @property
    def disk_model(self) -> str | None:
        """The disk bus that it supports."""
        choice = guestos.disk_bus(self._guest_os, _PC)
        return choice.value if choice else None


class HardwareProperties:
    """The devices that an image asks for, or else those that its system supports."""

    def __init__(self, image_meta: 'objects.ImageMeta') -> None:
        self._properties = image_meta.properties
        self._os_info = OsInfo(self._properties.get('os_distro'))

    @property
    def network_model(self) -> str | None:
        """The model of NIC."""
        asked: str | None = self._properties.get('hw_vif_model')
        return asked or self._os_info.network_model

    @property
    def disk_model(self) -> str | None:
        """The disk bus."""
        asked: str | None = self._properties.get('hw_disk_bus')
        return asked or self._os_info.disk_model
