# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is written about an image in the file beside it.

``disk.qcow2`` may have ``disk.qcow2.yaml`` (or ``.yml``, ``.json``)::

    name: cirros
    disk_format: qcow2
    min_ram: 128
    properties:
      hw_disk_bus: virtio
"""

import os
from typing import TYPE_CHECKING, Any
import uuid

import yaml

from nova.i18n import _

if TYPE_CHECKING:
    import jsonschema

SUFFIXES = ('.yaml', '.yml', '.json')

#: Bytes; more than any description needs.
_MAX_SIZE = 256 * 1024

_NAME_PATTERN = r'\A[^\x00-\x1f\x7f]*\Z'

_SCHEMA: dict[str, Any] = {
    'type': 'object',
    'additionalProperties': False,
    'properties': {
        'id': {'type': 'string', 'format': 'uuid'},
        'name': {'type': 'string', 'minLength': 1, 'maxLength': 255,
                 'pattern': _NAME_PATTERN},
        'disk_format': {'enum': [
            'ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi',
            'iso', 'ploop']},
        'container_format': {'enum': [
            'ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker']},
        'min_disk': {'type': 'integer', 'minimum': 0, 'maximum': 2**31 - 1},
        'min_ram': {'type': 'integer', 'minimum': 0, 'maximum': 2**31 - 1},
        'visibility': {'enum': ['public', 'private', 'shared', 'community']},
        'protected': {'type': 'boolean'},
        'owner': {'type': 'string', 'maxLength': 255},
        'checksum': {'type': 'string', 'pattern': r'\A[0-9a-f]{32}\Z'},
        'os_hash_algo': {'type': 'string', 'maxLength': 64},
        'os_hash_value': {'type': 'string', 'maxLength': 128},
        'tags': {'type': 'array', 'maxItems': 128, 'items': {
            'type': 'string', 'maxLength': 255}},
        'properties': {
            'type': 'object', 'maxProperties': 256,
            'propertyNames': {'pattern': r'\A[A-Za-z0-9_.:\-]{1,255}\Z'},
            'additionalProperties': {
                'type': ['string', 'integer', 'number', 'boolean'],
                'maxLength': 65535}},
    },
}


class SidecarError(Exception):
    """A sidecar that cannot be used; the message names the field."""


def path_of(image: str) -> str | None:
    """Return the path of an image's sidecar, or None if it has none."""
    found = [image + suffix for suffix in SUFFIXES
             if os.path.lexists(image + suffix)]
    if len(found) > 1:
        raise SidecarError(
            _('there are several: %s')
            % ', '.join(os.path.basename(path) for path in found))
    return found[0] if found else None


def load(path: str) -> dict[str, Any]:
    """Return what a sidecar says.

    :raises SidecarError: if it is too large, unreadable, neither YAML nor
        JSON, or does not fit; the message names the field.
    """
    content = _parse(_read(path))
    error = _what_is_wrong(content)
    if error is not None:
        raise SidecarError(_describe(error))
    return _with_texts(content)


def _read(path: str) -> bytes:
    # O_NOFOLLOW: what is written beside an image stays beside it.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(path, flags), 'rb') as stream:
            data = stream.read(_MAX_SIZE + 1)
    except OSError as error:
        raise SidecarError(error.strerror or str(error)) from error
    if data is None or len(data) > _MAX_SIZE:
        raise SidecarError(_('it is larger than %d bytes') % _MAX_SIZE)
    return data


def _parse(data: bytes) -> dict[str, Any]:
    try:
        content = yaml.safe_load(data.decode('utf-8'))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = ' '.join(str(error).split())
        raise SidecarError(_('neither YAML nor JSON: %s') % reason) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SidecarError(_('it is not a mapping'))
    return content


def _what_is_wrong(content: dict[str, Any]) -> Any:
    # Dear to import, for a service of whose images none may have a sidecar.
    import jsonschema
    formats = jsonschema.FormatChecker(formats=())
    formats.checks('uuid', raises=ValueError)(_is_uuid)
    validator = jsonschema.Draft202012Validator(_SCHEMA, format_checker=formats)
    return jsonschema.exceptions.best_match(validator.iter_errors(content))


def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or bool(uuid.UUID(value))


def _describe(error: 'jsonschema.ValidationError') -> str:
    path = '.'.join(str(part) for part in error.path)
    message = error.message[:200]
    return f'{path}: {message}' if path else message


def _with_texts(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content with properties as texts, as Glance has them."""
    properties = {key: _text(value) for key, value in
                  (content.get('properties') or {}).items()}
    found = {**content, 'properties': properties}
    if 'id' in found:
        found['id'] = str(uuid.UUID(found['id']))
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return 'true' if value else 'false'
    return str(value)
