# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the body of a create asks of :meth:`nova.compute.api.API.create`.

Whatever the body asks for and this node cannot give is refused by name; nothing
is dropped silently.
"""

from typing import Any

from oslo_utils import strutils

from nova import exception
from nova.api import errors
from nova.api import request as api_request
from nova.i18n import _
from nova.network import allotment

#: Servers of one request at most.
MAX_SERVERS = 200
#: Metadata items of one server at most, as Nova's default quota has it.
MAX_METADATA = 128

_DEFAULT_GROUP = {'name': 'default'}

# Fields that mean nothing only while they are empty.
_UNSUPPORTED = (
    'adminPass', 'accessIPv4', 'accessIPv6', 'key_name', 'personality', 'tags',
    'trusted_image_certificates', 'block_device_mapping')
_HINTS = ('os:scheduler_hints', 'OS-SCH-HNT:scheduler_hints')


def arguments(request: api_request.Request,
              body: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords of the call.

    :param body: a body that fits its schema.
    :raises errors.Fault: if it asks for what this node cannot do, or
        contradicts itself.
    """
    server = body['server']
    _refuse_unsupported(body)
    _check_host(request, server)
    min_count, max_count = _counts(server)
    found = {
        'name': server['name'],
        'image_id': _image_id(server),
        'flavor_id': str(server['flavorRef']),
        'metadata': _metadata(server),
        'min_count': min_count,
        'max_count': max_count,
        'user_data': server.get('user_data') or None,
        'config_drive': _boolean(server, 'config_drive'),
        'availability_zone': server.get('availability_zone'),
    }
    optional = {'description': server.get('description'),
                'hostname': server.get('hostname')}
    found.update({key: value for key, value in optional.items() if value})
    if server.get('networks') != 'none':
        found['networks'] = _networks(server)
    return found


def wants_reservation(body: dict[str, Any]) -> bool:
    """Tell whether the client wants the id of the reservation only."""
    return bool(_boolean(body['server'], 'return_reservation_id'))


def _boolean(server: dict[str, Any], key: str) -> bool:
    return bool(strutils.bool_from_string(server.get(key, False), strict=True))


def _refuse_unsupported(body: dict[str, Any]) -> None:
    server = body['server']
    asked = [key for key in _UNSUPPORTED if server.get(key)]
    asked += [key for key in _HINTS if body.get(key)]
    if any(group != _DEFAULT_GROUP
           for group in server.get('security_groups') or ()):
        asked.append('security_groups')
    if asked:
        raise errors.bad_request(
            _('This node does not support: %s') % ', '.join(asked))


def _networks(server: dict[str, Any]) -> tuple[allotment.Asked, ...] | None:
    asked = server.get('networks') or 'auto'
    return None if asked == 'auto' else tuple(_interface(one) for one in asked)


def _interface(asked: Any) -> allotment.Asked:
    if not isinstance(asked, dict):
        raise errors.bad_request(_('networks: %r is no interface') % asked)
    unsupported = [key for key, value in asked.items()
                   if value and key not in ('uuid', 'fixed_ip')]
    if unsupported:
        raise errors.bad_request(
            _('networks: this node does not support: %s') % ', '.join(unsupported))
    if not isinstance(asked.get('uuid'), str):
        raise errors.bad_request(_('networks: each needs the uuid of a network'))
    fixed_ip = asked.get('fixed_ip')
    return allotment.Asked(asked['uuid'], None if fixed_ip is None else str(fixed_ip))


def _counts(server: dict[str, Any]) -> tuple[int, int]:
    min_count = int(server.get('min_count', 1))
    max_count = int(server.get('max_count', min_count))
    if min_count > max_count:
        raise errors.bad_request(_('min_count must be <= max_count'))
    if max_count > MAX_SERVERS:
        raise exception.TooManyInstances(
            overs='instances', req=max_count, used=0, allowed=MAX_SERVERS)
    return min_count, max_count


def _metadata(server: dict[str, Any]) -> dict[str, str]:
    metadata: dict[str, str] = server.get('metadata') or {}
    if len(metadata) > MAX_METADATA:
        raise errors.Fault(
            403, _('Maximum number of metadata items exceeds %d')
            % MAX_METADATA)
    return metadata


def _image_id(server: dict[str, Any]) -> str:
    """Return the image, which clients name in one way or in two."""
    named = server.get('imageRef') or None
    devices = server.get('block_device_mapping_v2') or []
    mapped = [_boot_image(device) for device in devices]
    if len(mapped) > 1 or named and mapped and mapped != [named]:
        raise errors.bad_request(
            _('block_device_mapping_v2: this node only supports the image that '
              'the server boots from'))
    image = named or (mapped[0] if mapped else None)
    if image is None:
        raise errors.bad_request(
            _('Invalid imageRef provided: this node only boots from images'))
    return image


def _boot_image(device: dict[str, Any]) -> str:
    fits = (device.get('source_type') == 'image'
            and device.get('destination_type', 'local') == 'local'
            and str(device.get('boot_index')) == '0'
            and isinstance(device.get('uuid'), str))
    if not fits:
        raise errors.bad_request(
            _('block_device_mapping_v2: this node only supports an image as '
              'the local boot disk'))
    return str(device['uuid'])


def _check_host(request: api_request.Request, server: dict[str, Any]) -> None:
    asked = {key: server[attribute] for attribute, key in (
        ('host', 'host'), ('hypervisor_hostname', 'hypervisor_hostname'))
        if attribute in server}
    if not asked:
        return
    nodes = request.services.compute.get_hypervisors(request.context)
    if not any(all(getattr(node, key) == value for key, value in asked.items())
               for node in nodes):
        raise errors.bad_request(
            _('No valid host was found: this node is not %s')
            % ', '.join(asked.values()))
