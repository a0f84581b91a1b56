# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which servers a list shows: from the query to the compute API's filters.

Filters are named as the columns of an instance; a list of values means any of
them.
"""

from typing import Any

from oslo_utils import strutils
from oslo_utils import timeutils

from nova import exception
from nova import utils
from nova.api import errors
from nova.api import request as api_request
from nova.api.compute.schemas import servers as schemas
from nova.api.compute.views import status as statuses
from nova.i18n import _

#: Parameters of the query, and the columns that they are compared with.
_COLUMNS = {
    'availability_zone': 'availability_zone',
    'description': 'display_description',
    'host': 'host',
    'hostname': 'hostname',
    'image': 'image_ref',
    'kernel_id': 'kernel_id',
    'key_name': 'key_name',
    'name': 'display_name',
    'node': 'node',
    'project_id': 'project_id',
    'ramdisk_id': 'ramdisk_id',
    'reservation_id': 'reservation_id',
    'root_device_name': 'root_device_name',
    'task_state': 'task_state',
    'tenant_id': 'project_id',
    'user_id': 'user_id',
    'uuid': 'uuid',
}
_NUMBERS = ('launch_index', 'power_state', 'progress')
_TIMES = ('changes-since', 'changes-before')
_FLAGS = ('deleted', 'soft_deleted')
#: What a column of numbers holds on every database.
_MOST = 2 ** 31 - 1


def find(request: api_request.Request, limit: int) -> list[Any]:
    """Return the servers of one page.

    :raises errors.Fault: if a filter makes no sense, or the marker is gone.
    """
    filters = _filters(request)
    if filters is None or limit == 0:
        return []
    marker = request.args.get('marker')
    try:
        found: list[Any] = request.services.compute.get_all(
            request.context, filters=filters, sort=_sort(request), limit=limit,
            marker=marker)
    except exception.MarkerNotFound as error:
        raise errors.bad_request(_('marker [%s] not found') % marker) from error
    return list(found)


def _filters(request: api_request.Request) -> dict[str, Any] | None:
    """Return the filters, or None if nothing can match them."""
    args = request.args
    _refuse_unsupported(request)
    # What is deleted leaves nothing behind.
    if any(_flag(request, name) for name in _FLAGS):
        return None
    filters: dict[str, Any] = {
        column: args[name] for name, column in _COLUMNS.items() if name in args}
    filters.update({name: _number(name, args[name])
                    for name in _NUMBERS if name in args})
    filters.update({name: timeutils.normalize_time(
        timeutils.parse_isotime(args[name])) for name in _TIMES if name in args})
    if 'vm_state' in args:
        filters['vm_state'] = args.getlist('vm_state')
    if 'flavor' in args:
        filters['instance_type_id'] = _flavor_number(request, args['flavor'])
    return _with_status(request, filters)


def _flavor_number(request: api_request.Request, flavor_id: str) -> int:
    try:
        return int(request.services.flavors.get_by_flavor_id(flavor_id).id)
    except exception.FlavorNotFound:
        return -1  # the number of no flavor


def _with_status(request: api_request.Request,
                 filters: dict[str, Any]) -> dict[str, Any] | None:
    asked = request.args.getlist('status')
    if not asked:
        return filters
    vm_found, task_found = statuses.states_of(asked)
    if not vm_found:
        _refuse_unknown_status(request, asked)
        return None
    filters['vm_state'] = vm_found
    if task_found:
        filters['task_state'] = task_found
    return filters


def _refuse_unknown_status(request: api_request.Request,
                           asked: list[str]) -> None:
    # Earlier microversions answer with an empty list.
    if request.microversion >= 38:
        raise errors.bad_request(
            _('Invalid status value: %s') % ', '.join(asked))


def _refuse_unsupported(request: api_request.Request) -> None:
    asked = [name for name in schemas.UNSUPPORTED_FILTERS
             if name in request.args]
    if asked:
        raise errors.bad_request(
            _('This node cannot filter by: %s') % ', '.join(asked))


def _number(name: str, value: str) -> int:
    try:
        return utils.validate_integer(value, name, -_MOST, _MOST)
    except exception.InvalidInput:
        raise errors.bad_request(
            _('Invalid input for query parameter %(name)s: %(value)r is no '
              'number that there can be') % {'name': name, 'value': value}) from None


def _flag(request: api_request.Request, name: str) -> bool:
    value = request.args.get(name, 'false')
    try:
        return bool(strutils.bool_from_string(value, strict=True))
    except ValueError as error:
        raise errors.bad_request(f'{name}: {error}') from None


def _sort(request: api_request.Request) -> list[tuple[str, str]]:
    """Return columns and directions; the newest come first by default."""
    keys = request.args.getlist('sort_key') or ['created_at']
    directions = request.args.getlist('sort_dir') or ['desc']
    if len(directions) > len(keys):
        raise errors.bad_request(_('there are more sort_dir than sort_key'))
    directions += directions[-1:] * (len(keys) - len(directions))
    return list(zip(keys, directions, strict=True))
