# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How a flavor is shown."""

from typing import Any

from nova.api import request as api_request
from nova.api.compute.views import links


def brief(request: api_request.Request, flavor: Any) -> dict[str, Any]:
    """Return what a list without details shows."""
    shown = {'id': flavor.flavorid, 'name': flavor.name,
             'links': links.to(request, 'flavors', flavor.flavorid)}
    if request.microversion >= 55:
        shown['description'] = flavor.description
    return shown


def detail(request: api_request.Request, flavor: Any) -> dict[str, Any]:
    """Return everything about a flavor that the microversion has."""
    # No swap was an empty text until it became the number that it is.
    no_swap: Any = 0 if request.microversion >= 75 else ''
    shown = {
        **brief(request, flavor),
        'ram': flavor.memory_mb,
        'disk': flavor.root_gb,
        'vcpus': flavor.vcpus,
        'swap': flavor.swap or no_swap,
        'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeral_gb,
        'OS-FLV-DISABLED:disabled': bool(flavor.disabled),
        'os-flavor-access:is_public': bool(flavor.is_public),
        'rxtx_factor': flavor.rxtx_factor or 1.0,
    }
    if request.microversion >= 61:
        shown['extra_specs'] = dict(flavor.extra_specs or {})
    return shown
