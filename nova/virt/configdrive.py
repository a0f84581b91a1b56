# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Config drives: small disks that tell a guest what it is."""

import io
import os
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from nova import exception
import nova.conf
from nova.objects import fields

if TYPE_CHECKING:
    from nova import objects

CONF = nova.conf.CONF

#: What guests look for.
LABEL = 'config-2'

_MODE = 0o600
_FILE_MODE = 0o100444


class ConfigDriveBuilder:
    """Makes a config drive.

    :param instance_md: the metadata of the instance, if it is known already.
    """

    def __init__(self, instance_md: Any = None) -> None:
        self.mdfiles: list[tuple[str, bytes]] = []
        if instance_md is not None:
            self.add_instance_metadata(instance_md)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self.cleanup()

    def add_instance_metadata(self, instance_md: Any) -> None:
        """Put the metadata of an instance on the drive."""
        for path, content in instance_md.metadata_for_config_drive():
            self.mdfiles.append((path, content))

    def make_drive(self, path: str) -> None:
        """Write the drive to a file that its owner alone can read.

        After a failure, half a drive may be at the path.

        :raises exception.ConfigDriveUnknownFormat: for any but iso9660.
        """
        if CONF.config_drive_format != 'iso9660':
            raise exception.ConfigDriveUnknownFormat(format=CONF.config_drive_format)
        with open(path, 'wb', opener=_private) as file:
            self._write_iso9660(file)

    def _write_iso9660(self, file: io.BufferedWriter) -> None:
        # Only where a drive is made: it takes as long to load as all else here.
        import pycdlib

        disc = pycdlib.PyCdlib()
        # Level 4 keeps the names as they are; guests of all kinds read one of the
        # two extensions.
        disc.new(interchange_level=4, joliet=3, rock_ridge='1.09', vol_ident=LABEL)
        try:
            for folder in self._folders():
                disc.add_directory(f'/{folder}', rr_name=os.path.basename(folder),
                                   joliet_path=f'/{folder}')
            for path, content in self.mdfiles:
                disc.add_fp(io.BytesIO(content), len(content), f'/{path}',
                            rr_name=os.path.basename(path), joliet_path=f'/{path}',
                            file_mode=_FILE_MODE)
            disc.write_fp(file)
        finally:
            disc.close()

    def _folders(self) -> list[str]:
        """Return all folders, each after the one that it is in."""
        found: set[str] = set()
        for path, _content in self.mdfiles:
            folder = os.path.dirname(path)
            while folder:
                found.add(folder)
                folder = os.path.dirname(folder)
        return sorted(found)

    def cleanup(self) -> None:
        """Forget what was to go on the drive; there are no files to remove."""
        self.mdfiles.clear()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, _MODE)


def required_by(instance: 'objects.Instance') -> bool:
    """Tell whether an instance is to have a config drive."""
    wanted = instance.image_meta.properties.get('img_config_drive')
    return bool(instance.config_drive or CONF.force_config_drive
                or wanted == fields.ConfigDrivePolicy.MANDATORY)


def update_instance(instance: 'objects.Instance') -> None:
    """Let an instance know that it has a config drive where it has to have one.

    It keeps it when the configuration changes.
    """
    if not instance.config_drive and required_by(instance):
        instance.config_drive = 'True'
