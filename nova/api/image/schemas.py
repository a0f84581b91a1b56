# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Queries about images."""

from nova.api import validation
from nova.api.compute.schemas import parameters

#: Keys that lists of images can be sorted by.
SORT_KEYS = ('name', 'status', 'container_format', 'disk_format', 'size', 'id',
             'created_at', 'updated_at')

#: Parameters of a list that are not compared with a field.
CONTROL = frozenset(('limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'tag',
                     'size_min', 'size_max', 'member_status', 'os_hidden',
                     'protected'))

LIST = validation.Validator({
    'type': 'object',
    'properties': {
        **parameters.PAGE,
        'sort': {'type': 'array', 'maxItems': 1, 'items': {'maxLength': 255}},
        'sort_key': {'type': 'array', 'maxItems': 8,
                     'items': {'enum': list(SORT_KEYS)}},
        'sort_dir': parameters.SORT_DIRECTIONS,
        'size_min': parameters.ONE_NUMBER,
        'size_max': parameters.ONE_NUMBER,
    },
    # Any property of an image can be asked for.
    'additionalProperties': {
        'type': 'array', 'maxItems': 64, 'items': {'maxLength': 65536}},
})
