# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Queries about flavors."""

import functools

from nova.api import validation
from nova.api.compute.schemas import parameters

_SORT_KEYS = (
    'disabled', 'ephemeral_gb', 'flavorid', 'id', 'is_public', 'memory_mb',
    'name', 'root_gb', 'rxtx_factor', 'swap', 'vcpu_weight', 'vcpus')


@functools.lru_cache(maxsize=2)
def _query(strict: bool) -> validation.Validator:
    return validation.Validator({
        'type': 'object',
        'properties': {
            **parameters.PAGE,
            'is_public': parameters.ONE_TEXT,
            'minRam': parameters.ONE_NUMBER,
            'minDisk': parameters.ONE_NUMBER,
            'sort_key': {'type': 'array', 'maxItems': 1,
                         'items': {'enum': list(_SORT_KEYS)}},
            'sort_dir': {**parameters.SORT_DIRECTIONS, 'maxItems': 1},
        },
        'additionalProperties': not strict})


def query(minor: int) -> validation.Validator:
    """Return what the query of a list must look like in a microversion."""
    return _query(minor >= 75)
