# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The resource ``/flavors``, which can be read only."""

from typing import Any

from oslo_utils import strutils

from nova import exception
from nova.api import errors
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import routing
from nova.api.compute import lookup
from nova.api.compute.schemas import flavors as schemas
from nova.api.compute.views import flavors as views
from nova.api.compute.views import links
from nova.i18n import _

#: Keys that flavors are sorted by, and the attributes that they mean.
_SORT_KEYS = {'flavorid': 'flavorid', 'id': 'id', 'memory_mb': 'memory_mb',
              'name': 'name', 'root_gb': 'root_gb', 'swap': 'swap',
              'vcpus': 'vcpus', 'ephemeral_gb': 'ephemeral_gb',
              'rxtx_factor': 'rxtx_factor', 'is_public': 'is_public',
              'disabled': 'disabled', 'vcpu_weight': 'vcpu_weight'}


def index(request: api_request.Request) -> api_response.Response:
    """Return a page of flavors, no more than their names."""
    return _page(request, views.brief)


def detail(request: api_request.Request) -> api_response.Response:
    """Return a page of flavors with everything about them."""
    return _page(request, views.detail)


def show(request: api_request.Request, flavor_id: str) -> api_response.Response:
    """Return everything about one flavor."""
    flavor = request.services.flavors.get_by_flavor_id(flavor_id)
    return api_response.json_response({'flavor': views.detail(request, flavor)})


def list_extra_specs(request: api_request.Request,
                     flavor_id: str) -> api_response.Response:
    """Return the extra specs of one flavor."""
    flavor = request.services.flavors.get_by_flavor_id(flavor_id)
    return api_response.json_response(
        {'extra_specs': dict(flavor.extra_specs or {})})


def show_extra_spec(request: api_request.Request, flavor_id: str,
                    key: str) -> api_response.Response:
    """Return one extra spec of one flavor."""
    flavor = request.services.flavors.get_by_flavor_id(flavor_id)
    specs = flavor.extra_specs or {}
    if key not in specs:
        raise exception.FlavorExtraSpecsNotFound(
            flavor_id=flavor_id, extra_specs_key=key)
    return api_response.json_response({key: specs[key]})


def _page(request: api_request.Request, view: Any) -> api_response.Response:
    schemas.query(request.microversion).check_query(request.args)
    limit = lookup.limit(request)
    flavors = lookup.page(
        _sorted(request, _wanted(request)), limit=limit,
        marker=request.args.get('marker'), key='flavorid')
    page = {'flavors': [view(request, flavor) for flavor in flavors]}
    following = links.next_page(request, flavors, limit=limit, key='flavorid')
    if following:
        page['flavors_links'] = following
    return api_response.json_response(page)


def _wanted(request: api_request.Request) -> list[Any]:
    least_ram = int(request.args.get('minRam', 0))
    least_disk = int(request.args.get('minDisk', 0))
    public = _public(request.args.get('is_public', 'true'))
    return [flavor for flavor in request.services.flavors.get_all()
            if flavor.memory_mb >= least_ram and flavor.root_gb >= least_disk
            and public in (None, bool(flavor.is_public))]


def _public(value: str) -> bool | None:
    if value.lower() == 'none':
        return None
    try:
        return bool(strutils.bool_from_string(value, strict=True))
    except ValueError:
        raise errors.bad_request(
            _('Invalid is_public filter [%s]') % value) from None


def _sorted(request: api_request.Request, flavors: list[Any]) -> list[Any]:
    attribute = _SORT_KEYS[request.args.get('sort_key', 'flavorid')]
    reverse = request.args.get('sort_dir') == 'desc'
    return sorted(flavors, key=lambda flavor: (
        getattr(flavor, attribute), flavor.flavorid), reverse=reverse)


_FLAVOR = '/v2.1/flavors/<flavor_id>'

ROUTES = (
    routing.Route('GET', '/v2.1/flavors', index),
    routing.Route('GET', '/v2.1/flavors/detail', detail),
    routing.Route('GET', _FLAVOR, show),
    routing.Route('GET', f'{_FLAVOR}/os-extra_specs', list_extra_specs),
    routing.Route('GET', f'{_FLAVOR}/os-extra_specs/<key>', show_extra_spec),
)
