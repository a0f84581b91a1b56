# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Queries about hypervisors."""

import functools
from typing import Any

from nova.api import validation
from nova.api.compute.schemas import parameters

_BOOLEAN: validation.Schema = {
    'type': 'array', 'maxItems': 1, 'items': parameters.BOOLEAN}


@functools.lru_cache(maxsize=128)
def query(minor: int) -> validation.Validator:
    """Return what the query of a list must look like in a microversion."""
    properties: dict[str, Any] = dict(parameters.PAGE)
    if minor >= 53:
        properties['hypervisor_hostname_pattern'] = parameters.ONE_TEXT
        properties['with_servers'] = _BOOLEAN
    return validation.Validator({
        'type': 'object', 'properties': properties,
        'additionalProperties': minor < 53})


@functools.lru_cache(maxsize=128)
def show(minor: int) -> validation.Validator:
    """Return what the query for one must look like in a microversion."""
    properties = {'with_servers': _BOOLEAN} if minor >= 53 else {}
    return validation.Validator({
        'type': 'object', 'properties': properties,
        'additionalProperties': minor < 53})
