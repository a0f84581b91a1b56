# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How an image is shown."""

import datetime
from typing import Any

#: Properties that have a field of their own; they cannot be overridden.
_FIELDS = ('id', 'name', 'status', 'disk_format', 'container_format', 'size',
           'min_disk', 'min_ram', 'visibility', 'protected', 'owner',
           'checksum', 'os_hash_algo', 'os_hash_value', 'virtual_size')


def image(described: dict[str, Any]) -> dict[str, Any]:
    """Return an image, its properties among the fields as Glance shows them."""
    shown = {key: described.get(key) for key in _FIELDS}
    identifier = described['id']
    return {
        **described['properties'],
        **shown,
        'os_hidden': False,
        'tags': list(described['tags']),
        'created_at': _time(described['created_at']),
        'updated_at': _time(described['updated_at']),
        'self': f'/v2/images/{identifier}',
        'file': f'/v2/images/{identifier}/file',
        'schema': '/v2/schemas/image',
    }


def _time(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime('%Y-%m-%dT%H:%M:%SZ')
