# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Images in a local folder: each a file, described by a sidecar beside it.

Images appear and vanish as their files do.  Nothing outside the folder is ever
read: symbolic links that lead out of it are refused.
"""

from collections.abc import Iterator
import dataclasses
import datetime
import os
import stat
from typing import Any
import uuid

from oslo_log import log as logging

from nova.image import formats
from nova.image import sidecar

LOG = logging.getLogger(__name__)

_NAMESPACE = uuid.UUID('f6bd2a4b-7c3e-5a0e-9d0f-3f2f0c1b7e55')

# Files that somebody is still writing.
_UNFINISHED = ('.part', '.tmp', '.partial', '.swp', '~')

_Signature = tuple[int, ...]


class _Unusable(Exception):
    """A file that is no image; the message says why."""


@dataclasses.dataclass(frozen=True)
class LocalImage:
    """One image.

    :param path: the file itself, links resolved.
    :param size: bytes.
    :param signature: what changes whenever the file or its sidecar does.
    :param description: what the sidecar says, with defaults filled in.
    """

    path: str
    size: int
    modified: datetime.datetime
    signature: _Signature
    description: dict[str, Any]

    @property
    def id(self) -> str:
        """The image's id."""
        return str(self.description['id'])

    @property
    def name(self) -> str:
        """The image's name."""
        return str(self.description['name'])


class LocalStore:
    """The images of one folder.

    :param folder: need not exist; then there are no images.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        # By file name: images, or why there is none, as of a signature.
        self._known: dict[str, tuple[_Signature, LocalImage | None]] = {}

    @property
    def folder(self) -> str:
        """The folder's path."""
        return self._folder

    def get_all(self) -> list[LocalImage]:
        """Return all images, sorted by name.

        What cannot be used is left out, with one warning for each state that
        it is found in.
        """
        found: dict[str, LocalImage] = {}
        for name in self._names():
            image = self._image(name)
            if image is None:
                continue
            other = found.setdefault(image.id, image)
            if other is not image:
                LOG.warning('Image %s is left out: %s has its id %s too',
                            name, other.path, image.id)
        return sorted(found.values(), key=lambda image: (image.name, image.id))

    def get(self, image_id: str) -> LocalImage | None:
        """Return the image of an id, or None."""
        for image in self.get_all():
            if image.id == image_id:
                return image
        return None

    def _names(self) -> list[str]:
        try:
            names = sorted(os.listdir(self._folder))
        except FileNotFoundError:
            names = []
        except OSError as error:
            LOG.warning('The image folder cannot be read: %s', error)
            names = []
        self._forget_all_but(names)
        return [name for name in names if _may_be_image(name, names)]

    def _forget_all_but(self, names: list[str]) -> None:
        for gone in set(self._known) - set(names):
            self._known.pop(gone, None)

    def _image(self, name: str) -> LocalImage | None:
        path = os.path.join(self._folder, name)
        signature = tuple(_signature(path))
        known = self._known.get(name)
        if known is not None and known[0] == signature:
            return known[1]
        try:
            image = _load(self._folder, path, signature)
        except (_Unusable, OSError) as error:
            LOG.warning('Image %s is left out: %s', name, error)
            image = None
        self._known[name] = signature, image
        return image


def _may_be_image(name: str, names: list[str]) -> bool:
    if name.startswith('.') or name.endswith(_UNFINISHED):
        return False
    if name.endswith(sidecar.SUFFIXES):
        return False
    return formats.is_image_name(name) or any(
        name + suffix in names for suffix in sidecar.SUFFIXES)


def _signature(path: str) -> Iterator[int]:
    for part in (path, *(path + suffix for suffix in sidecar.SUFFIXES)):
        try:
            status = os.stat(part)
        except OSError:
            yield 0
            continue
        yield from (status.st_dev, status.st_ino, status.st_size,
                    status.st_mtime_ns, status.st_mode)


def _load(folder: str, path: str, signature: _Signature) -> LocalImage:
    real = _inside(folder, path)
    status = os.stat(real)
    if not stat.S_ISREG(status.st_mode):
        raise _Unusable('it is not a regular file')
    return LocalImage(
        path=real, size=status.st_size, signature=signature,
        modified=datetime.datetime.fromtimestamp(
            int(status.st_mtime), datetime.UTC),
        description=_describe(path, real, status))


def _inside(folder: str, path: str) -> str:
    root = os.path.realpath(folder)
    real = os.path.realpath(path)
    if os.path.commonpath((root, real)) != root:
        raise _Unusable('it is a link out of the folder')
    return real


def _describe(path: str, real: str, status: os.stat_result) -> dict[str, Any]:
    try:
        written = sidecar.path_of(path)
        said = sidecar.load(written) if written else {'properties': {}}
    except sidecar.SidecarError as error:
        raise _Unusable(f'its description cannot be used: {error}') from error
    disk_format, container_format = formats.guess(real)
    name = os.path.basename(path)
    described = {
        'id': _default_id(name, status),
        'name': os.path.splitext(name)[0],
        'disk_format': disk_format,
        'container_format': container_format,
        'min_disk': 0,
        'min_ram': 0,
        'visibility': 'public',
        'protected': False,
        'owner': None,
        'checksum': None,
        'tags': [],
        **said,
    }
    described['virtual_size'] = formats.virtual_size(
        real, described['disk_format'], status.st_size)
    return described


def _default_id(name: str, status: os.stat_result) -> str:
    # Other content is another image: a cached copy must not be taken for it.
    return str(uuid.uuid5(
        _NAMESPACE, f'{name}\0{status.st_size}\0{status.st_mtime_ns}'))
