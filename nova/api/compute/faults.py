# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Errors in the shape of the Compute API."""

from nova.api import errors
from nova.api import response as api_response

_NAMES = {
    400: 'badRequest',
    401: 'unauthorized',
    403: 'forbidden',
    404: 'itemNotFound',
    405: 'badMethod',
    409: 'conflictingRequest',
    413: 'overLimit',
    415: 'badMediaType',
    429: 'overLimit',
    501: 'notImplemented',
    503: 'serviceUnavailable',
}


def show(fault: errors.Fault) -> api_response.Response:
    """Return a fault under the name that its status has in this API."""
    name = _NAMES.get(fault.status, 'computeFault')
    return api_response.json_response(
        {name: {'code': fault.status, 'message': fault.message}},
        fault.status, fault.headers)
