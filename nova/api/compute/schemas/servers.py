# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Bodies and queries about servers."""

import functools
from typing import Any

from nova.api import validation
from nova.api.compute.schemas import parameters

_ANYTHING: validation.Schema = {}

_NETWORKS_37: validation.Schema = {
    'anyOf': [{'type': 'array', 'maxItems': 64},
              {'type': 'string', 'enum': ['none', 'auto']}]}

_BLOCK_DEVICES: validation.Schema = {
    'type': 'array', 'maxItems': 64, 'items': {'type': 'object'}}

# Which microversion brought which field.
_CREATE: tuple[tuple[int, dict[str, Any]], ...] = (
    (1, {
        'name': parameters.NAME,
        'imageRef': parameters.IMAGE_OR_NONE,
        'flavorRef': parameters.FLAVOR,
        'metadata': parameters.METADATA,
        'min_count': parameters.POSITIVE,
        'max_count': parameters.POSITIVE,
        'return_reservation_id': parameters.BOOLEAN,
        'config_drive': parameters.BOOLEAN,
        'user_data': {'type': ['string', 'null'], 'maxLength': 65535,
                      'format': 'base64'},
        'availability_zone': {'type': ['string', 'null'], 'minLength': 1,
                              'maxLength': 255},
        'OS-DCF:diskConfig': {'enum': ['AUTO', 'MANUAL']},
        'networks': {'type': 'array', 'maxItems': 64},
        'block_device_mapping_v2': _BLOCK_DEVICES,
        'block_device_mapping': _BLOCK_DEVICES,
        'adminPass': _ANYTHING,
        'accessIPv4': _ANYTHING,
        'accessIPv6': _ANYTHING,
        'key_name': _ANYTHING,
        'security_groups': _ANYTHING,
        'personality': _ANYTHING,
    }),
    (19, {'description': parameters.DESCRIPTION}),
    (37, {'networks': _NETWORKS_37}),
    (52, {'tags': _ANYTHING}),
    (63, {'trusted_image_certificates': _ANYTHING}),
    (74, {'host': parameters.NAME, 'hypervisor_hostname': parameters.NAME}),
    (90, {'hostname': {'type': ['string', 'null'], 'maxLength': 255,
                       'pattern': r'\A[a-zA-Z0-9\-.]*\Z'}}),
)
_PERSONALITY_REMOVED = 57
_NETWORKS_REQUIRED = 37

_UPDATE: tuple[tuple[int, dict[str, Any]], ...] = (
    (1, {'name': parameters.NAME,
         'OS-DCF:diskConfig': {'enum': ['AUTO', 'MANUAL']},
         'accessIPv4': _ANYTHING, 'accessIPv6': _ANYTHING}),
    (19, {'description': parameters.DESCRIPTION}),
    (90, {'hostname': _ANYTHING}),
)

#: Columns that lists of servers can be sorted by.
SORT_KEYS = (
    'access_ip_v4', 'access_ip_v6', 'auto_disk_config', 'availability_zone',
    'config_drive', 'created_at', 'display_description', 'display_name', 'host',
    'hostname', 'image_ref', 'instance_type_id', 'kernel_id', 'key_name',
    'launch_index', 'launched_at', 'locked_by', 'node', 'power_state',
    'progress', 'project_id', 'ramdisk_id', 'root_device_name', 'task_state',
    'terminated_at', 'updated_at', 'user_id', 'uuid', 'vm_state')

_TEXT_FILTERS = (
    'all_tenants', 'availability_zone', 'deleted', 'description', 'flavor',
    'host', 'hostname', 'image', 'key_name', 'kernel_id', 'launch_index',
    'name', 'node', 'power_state', 'progress', 'project_id', 'ramdisk_id',
    'reservation_id', 'root_device_name', 'soft_deleted', 'task_state',
    'tenant_id', 'user_id', 'uuid')

#: Filters of the reference API that this node has nothing to match with.
UNSUPPORTED_FILTERS = (
    'access_ip_v4', 'access_ip_v6', 'auto_disk_config', 'block_device_mapping',
    'config_drive', 'created_at', 'display_description', 'display_name',
    'fixed_address', 'ip', 'ip6', 'launched_at', 'locked', 'locked_by',
    'metadata', 'not-tags', 'not-tags-any', 'tags', 'tags-any',
    'terminated_at')


def _fields(table: tuple[tuple[int, dict[str, Any]], ...],
            minor: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for since, added in table:
        if since <= minor:
            fields.update(added)
    return fields


@functools.lru_cache(maxsize=128)
def create(minor: int) -> validation.Validator:
    """Return what the body of a create must look like in a microversion."""
    fields = _fields(_CREATE, minor)
    required: tuple[str, ...] = ('name', 'flavorRef')
    if minor >= _PERSONALITY_REMOVED:
        del fields['personality']
    if minor >= _NETWORKS_REQUIRED:
        required += ('networks',)
    return validation.Validator(parameters.body_with(
        'server', parameters.object_of(fields, required),
        **{'os:scheduler_hints': _ANYTHING,
           'OS-SCH-HNT:scheduler_hints': _ANYTHING}))


@functools.lru_cache(maxsize=128)
def update(minor: int) -> validation.Validator:
    """Return what the body of an update must look like in a microversion."""
    return validation.Validator(parameters.body_with(
        'server', parameters.object_of(_fields(_UPDATE, minor))))


@functools.lru_cache(maxsize=2)
def _query(strict: bool) -> validation.Validator:
    properties: dict[str, Any] = {
        **parameters.PAGE,
        'status': parameters.SOME_TEXT,
        'vm_state': parameters.SOME_TEXT,
        'changes-since': parameters.ONE_TIME,
        'changes-before': parameters.ONE_TIME,
        'sort_key': {'type': 'array', 'maxItems': 16,
                     'items': {'enum': list(SORT_KEYS)}},
        'sort_dir': parameters.SORT_DIRECTIONS,
        **dict.fromkeys(_TEXT_FILTERS, parameters.ONE_TEXT),
        **dict.fromkeys(UNSUPPORTED_FILTERS, parameters.SOME_TEXT),
    }
    return validation.Validator({
        'type': 'object', 'properties': properties,
        'additionalProperties': not strict})


def query(minor: int) -> validation.Validator:
    """Return what the query of a list must look like in a microversion.

    Unknown parameters are an error from 2.75 on; before, they are ignored.
    """
    return _query(minor >= 75)
