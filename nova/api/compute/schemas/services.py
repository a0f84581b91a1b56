# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Bodies of requests about services."""

from nova.api import validation
from nova.api.compute.schemas import parameters

_REASON: validation.Schema = {
    'type': 'string', 'minLength': 1, 'maxLength': 255, 'format': 'name'}

#: Since 2.53, for one service by its UUID.
UPDATE = validation.Validator(parameters.object_of({
    'status': {'enum': ['enabled', 'disabled']}, 'disabled_reason': _REASON}))

#: Until then, for one by its host and program.
BY_HOST = validation.Validator(parameters.object_of({
    'host': {'type': 'string'}, 'binary': {'type': 'string'},
    'disabled_reason': _REASON}, ('host', 'binary')))
