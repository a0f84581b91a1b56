# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The config drives of instances, as files beside their disks."""

import collections.abc
import dataclasses
import os
from typing import TYPE_CHECKING, Any

from oslo_log import log as logging

from nova.api.metadata import base as instance_metadata
from nova.virt import configdrive
from nova.virt.libvirt.storage import errors
from nova.virt.libvirt.storage import files
from nova.virt.libvirt.storage import instancedir

if TYPE_CHECKING:
    from nova import objects

LOG = logging.getLogger(__name__)

_PREFIX = 'disk.config'
_MODE = 0o600


@dataclasses.dataclass(frozen=True)
class Injected:
    """What a guest is to be told that its instance does not say.

    :param files: path and content each.
    """

    network_info: Any = None
    files: collections.abc.Sequence[tuple[str, bytes]] = ()
    admin_password: str | None = None


NOTHING = Injected()


def is_config_drive(name: str) -> bool:
    """Tell whether a disk with that name is a config drive."""
    return name.startswith(_PREFIX)


class ConfigDisks:
    """Makes the config drives of instances; they go with the instance's folder."""

    def __init__(self, dirs: instancedir.InstanceDirs) -> None:
        self._dirs = dirs

    def create(self, instance: 'objects.Instance',
               disk_info: collections.abc.Mapping[str, Any],
               injected: Injected) -> None:
        """Make the config drive that an instance is to have, unless it is there.

        It appears complete.  After a failure it is not there.

        :raises exception.InstanceDeployFailure: if it cannot be written.
        """
        for name in filter(is_config_drive, disk_info['mapping']):
            path = self._dirs.path(instance.uuid, name)
            if not os.path.exists(path):
                self._write(instance, path, injected)

    @staticmethod
    def _write(instance: 'objects.Instance', path: str, injected: Injected) -> None:
        secret = ({'admin_pass': injected.admin_password}
                  if injected.admin_password else {})
        metadata = instance_metadata.InstanceMetadata(
            instance, content=injected.files, extra_md=secret,
            network_info=injected.network_info)
        with errors.deploying(os.path.basename(path)), \
                files.appearing(path, _MODE) as part, \
                configdrive.ConfigDriveBuilder(metadata) as builder:
            builder.make_drive(part)
        LOG.info('Config drive made', instance=instance)
