# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Bodies about the interfaces of servers."""

from nova.api import validation
from nova.api.compute.schemas import parameters

_ID: validation.Schema = {'type': 'string', 'format': 'uuid', 'minLength': 1}

ATTACH = validation.Validator(parameters.body_with(
    'interfaceAttachment', parameters.object_of({
        'net_id': _ID,
        'port_id': _ID,
        'fixed_ips': {
            'type': 'array', 'minItems': 1, 'maxItems': 1,
            'items': parameters.object_of(
                {'ip_address': {'type': 'string', 'minLength': 1, 'maxLength': 64}},
                ('ip_address',))},
        'tag': {'type': 'string', 'maxLength': 60},
    })))
