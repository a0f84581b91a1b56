# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Images, looked up and fetched: the interface that Nova has for Glance."""

from collections.abc import Iterator
import errno
import os
import stat
from typing import Any, BinaryIO
import uuid

from oslo_log import log as logging

from nova import exception
from nova import utils
import nova.conf
from nova.i18n import _
from nova.image import copy
from nova.image import local

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

#: One store for each folder, so that descriptions are read once.
_stores: dict[str, local.LocalStore] = {}


def _store() -> local.LocalStore:
    folder = CONF.standalone.images_path
    return _stores.setdefault(folder, local.LocalStore(folder))


class API:
    """Images of the folder ``[standalone] images_path``."""

    def get(self, context: Any, image_id: str, include_locations: bool = False,
            show_deleted: bool = True) -> dict[str, Any]:
        """Return what is known about an image.

        :param include_locations: whether to say where the file is.
        :param show_deleted: for the interface; what is deleted is gone.
        :raises exception.ImageNotFound: if there is none of that id.
        """
        image = _find(image_id)
        described = _describe(image)
        if include_locations:
            described['direct_url'] = f'file://{image.path}'
            described['locations'] = [
                {'url': described['direct_url'], 'metadata': {}}]
        return described

    def get_all(self, context: Any, **kwargs: Any) -> list[dict[str, Any]]:
        """Return what is known about every image.

        :param filters: keys and values that an image must have.
        """
        filters = kwargs.get('filters') or {}
        described = [_describe(image) for image in _store().get_all()]
        return [image for image in described
                if all(image.get(key) == value
                       for key, value in filters.items())]

    def download(self, context: Any, image_id: str,
                 data: BinaryIO | None = None, dest_path: str | None = None,
                 trusted_certs: Any = None) -> Iterator[bytes] | None:
        """Fetch the content of an image.

        :param data: a file to write to; it is neither closed nor removed.
        :param dest_path: a path to write to.  The file is whole and on disk
            when this returns; after a failure it is not there.
        :returns: the content in pieces if neither is given.
        :raises exception.ImageNotFound: if there is no such image (any more).
        :raises exception.ImageUnacceptable: if signatures are asked for.
        :raises exception.CouldNotFetchImage: if it cannot be read or written.
        """
        if trusted_certs is not None:
            raise exception.ImageUnacceptable(
                image_id=image_id,
                reason=_('images of a local folder have no signatures'))
        image = _find(image_id)
        if data is None and dest_path is None:
            return _pieces(image)
        source = _open(image)
        try:
            if dest_path is not None:
                _copy(image, source, dest_path)
            if data is not None:
                _write(image, source, data)
        finally:
            os.close(source)
        return None


def _find(image_id: str) -> local.LocalImage:
    try:
        image = _store().get(str(uuid.UUID(str(image_id))))
    except ValueError:
        image = None
    if image is None:
        raise exception.ImageNotFound(image_id=image_id)
    return image


def _describe(image: local.LocalImage) -> dict[str, Any]:
    said = image.description
    known = {key: said[key] for key in (
        'id', 'name', 'disk_format', 'container_format', 'min_disk', 'min_ram',
        'visibility', 'protected', 'owner', 'checksum', 'virtual_size')}
    return {
        **known,
        'properties': dict(said['properties']),
        'tags': list(said['tags']),
        'size': image.size,
        'status': 'active',
        'created_at': image.modified,
        'updated_at': image.modified,
        'deleted': False,
        'deleted_at': None,
        'is_public': said['visibility'] == 'public',
        'os_hash_algo': said.get('os_hash_algo'),
        'os_hash_value': said.get('os_hash_value'),
    }


def _open(image: local.LocalImage) -> int:
    """Return a descriptor of the file, if it is still what was listed."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        source = os.open(image.path, flags)
    except FileNotFoundError:
        raise exception.ImageNotFound(image_id=image.id) from None
    except OSError as error:
        raise _could_not_fetch(image, error) from error
    status = os.fstat(source)
    if not stat.S_ISREG(status.st_mode) or status.st_size != image.size:
        os.close(source)
        raise exception.ImageNotFound(image_id=image.id)
    return source


def _copy(image: local.LocalImage, source: int, path: str) -> None:
    LOG.debug('Copying image %s from %s to %s', image.id, image.path, path)
    try:
        # Gigabytes: not while everything else waits.
        utils.tpool_wrap(copy.FileCopy(source, path)).run()
    except copy.SourceChanged as error:
        raise _changed(image) from error
    except OSError as error:
        raise _could_not_fetch(image, error, path) from error


def _write(image: local.LocalImage, source: int, data: BinaryIO) -> None:
    try:
        for piece in copy.chunks(source):
            data.write(piece)
            utils.cooperative_yield()
        data.flush()
    except OSError as error:
        raise _could_not_fetch(image, error) from error


def _pieces(image: local.LocalImage) -> Iterator[bytes]:
    source = _open(image)
    try:
        yield from copy.chunks(source)
    finally:
        os.close(source)


def _changed(image: local.LocalImage) -> exception.CouldNotFetchImage:
    return exception.CouldNotFetchImage(
        _('Could not fetch image %(id)s: %(path)s changed while it was read')
        % {'id': image.id, 'path': image.path}, image_id=image.id)


def _could_not_fetch(image: local.LocalImage, error: OSError,
                     path: str | None = None) -> exception.CouldNotFetchImage:
    reason = error.strerror or str(error)
    if path is not None and error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason = _('%(reason)s in %(folder)s, %(size)d bytes are needed') % {
            'reason': reason, 'folder': os.path.dirname(path),
            'size': image.size}
    return exception.CouldNotFetchImage(
        _('Could not fetch image %(id)s: %(reason)s')
        % {'id': image.id, 'reason': reason}, image_id=image.id)
