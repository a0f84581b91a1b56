# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Queries about instance actions."""

import functools
from typing import Any

from nova.api import validation
from nova.api.compute.schemas import parameters


@functools.lru_cache(maxsize=128)
def query(minor: int) -> validation.Validator:
    """Return what the query of a list must look like in a microversion."""
    properties: dict[str, Any] = {}
    if minor >= 58:
        properties.update(parameters.PAGE)
        properties['changes-since'] = parameters.ONE_TIME
    if minor >= 66:
        properties['changes-before'] = parameters.ONE_TIME
    return validation.Validator({
        'type': 'object', 'properties': properties,
        'additionalProperties': minor < 58})
