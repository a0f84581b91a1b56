# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which operating system an instance runs, found when it is built.

What was found is remembered with the instance: a guest keeps its devices when the
database is updated, comes or goes.
"""

import dataclasses
import platform
from typing import TYPE_CHECKING, Any

from oslo_log import log as logging

from nova import exception
from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import machine
from nova.virt.libvirt import osdatabase
from nova.virt.libvirt.designer import guestos
from nova.virt.libvirt.designer import machines

if TYPE_CHECKING:
    from nova import objects

LOG = logging.getLogger(__name__)

#: Where an instance remembers what its devices were chosen by.
KEY = 'guest_os'
#: A property of images that Nova's objects leave out.
_OS_VERSION = 'image_os_version'


class GuestSystems:
    """Finds the systems of instances.

    :param virt_type: [libvirt] virt_type
    """

    def __init__(self, database: osdatabase.OSDatabase, virt_type: str,
                 host_arch: str | None = None) -> None:
        self._database = database
        self._virt_type = virt_type
        self._host_arch = host_arch or platform.machine()

    def find(self, instance: 'objects.Instance',
             image_meta: 'objects.ImageMeta') -> guestos.GuestOS | None:
        """Return what is known of the system that an image names, if anything is."""
        name = image_meta.properties.get('os_distro')
        if not name or self._virt_type not in machines.FULLY_VIRTUAL:
            return None
        version = instance.system_metadata.get(_OS_VERSION)
        try:
            entry = self._database.find(name, version)
        except exception.OsInfoNotFound as error:
            LOG.debug('%s', error, instance=instance)
            return None
        return entry.on(machine.get_arch(image_meta, self._host_arch))

    def settle(self, instance: 'objects.Instance',
               image_meta: 'objects.ImageMeta') -> guestos.GuestOS | None:
        """Find it, and remember it with the instance for as long as that lives."""
        found = self.find(instance, image_meta)
        remembered = {name: value for name, value in instance.system_metadata.items()
                      if name != KEY}
        if found is not None:
            remembered[KEY] = found.to_text()
        if remembered != instance.system_metadata:
            instance.system_metadata = remembered
        return found


def remembered(instance: 'objects.Instance') -> guestos.GuestOS | None:
    """Return what the devices of an instance were chosen by, if by anything."""
    text = instance.system_metadata.get(KEY)
    return guestos.GuestOS.from_text(text) if text else None


def disk_settings(settings: blockinfo.BlockInfoSettings,
                  image_meta: 'objects.ImageMeta',
                  guest_os: guestos.GuestOS | None) -> blockinfo.BlockInfoSettings:
    """Return the settings for the disks of a guest with this system."""
    if guest_os is None:
        return settings
    board = guestos.Board.of(image_meta, settings.host_arch, settings.machine_types)
    return dataclasses.replace(settings, **guestos.chosen(
        usual_disk_bus=guestos.disk_bus(guest_os, board)))


def vif_settings(instance: 'objects.Instance', image_meta: 'objects.ImageMeta',
                 ) -> dict[str, Any]:
    """Return the usual model of an instance's further NICs."""
    board = guestos.Board.of(image_meta, platform.machine())
    return guestos.chosen(
        usual_model=guestos.vif_model(remembered(instance), board))
