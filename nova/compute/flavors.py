# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The flavors of this node: the usual m1.* ones, or those of a YAML file.

The file ``[standalone] flavors_file`` looks like this; ``id``, ``vcpus``, ``ram``
(MiB) and ``disk`` (GiB) are needed, the rest is optional::

    flavors:
      - name: db.large
        id: db-large
        vcpus: 4
        ram: 8192
        disk: 40
        ephemeral: 0            # GiB
        swap: 0                 # MiB
        description: For databases
        extra_specs: {'hw:cpu_policy': dedicated}

It is read once in the life of the process.
"""

from collections import Counter
import functools
from typing import Any

import jsonschema
import yaml

from nova import exception
from nova import objects
import nova.conf
from nova.i18n import _

CONF = nova.conf.CONF

#: Name, id, vcpus, MiB of memory, GiB of root disk.
_BUILT_IN = (
    ('m1.tiny', '1', 1, 512, 1),
    ('m1.small', '2', 1, 2048, 20),
    ('m1.medium', '3', 2, 4096, 40),
    ('m1.large', '4', 4, 8192, 80),
    ('m1.xlarge', '5', 8, 16384, 160),
    ('m1.nano', '42', 1, 192, 1),
    ('m1.micro', '84', 1, 256, 1),
)

_NAME = {'type': 'string', 'pattern': r'^\S([^\x00-\x1f\x7f]{0,253}\S)?$'}
_ID = {'type': ['string', 'integer'],
       'pattern': r'^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,253}[A-Za-z0-9._-])?$'}
_AMOUNT = {'type': 'integer', 'minimum': 0, 'maximum': 2 ** 31 - 1}
_POSITIVE = {**_AMOUNT, 'minimum': 1}

_SCHEMA = {
    'type': 'object',
    'required': ['flavors'],
    'additionalProperties': False,
    'properties': {'flavors': {'type': 'array', 'minItems': 1, 'items': {
        'type': 'object',
        'required': ['name', 'id', 'vcpus', 'ram', 'disk'],
        'additionalProperties': False,
        'properties': {
            'name': _NAME,
            'id': _ID,
            'vcpus': _POSITIVE,
            'ram': _POSITIVE,
            'disk': _AMOUNT,
            'ephemeral': _AMOUNT,
            'swap': _AMOUNT,
            'description': {'type': ['string', 'null'], 'maxLength': 65535},
            'extra_specs': {
                'type': 'object',
                'propertyNames': {'pattern': r'^[A-Za-z0-9_.:-]{1,255}$'},
                'additionalProperties': {
                    'type': ['string', 'integer', 'number', 'boolean']},
            },
        },
    }}},
}


def get_all() -> 'list[objects.Flavor]':
    """Return the flavors in the order in which they are declared.

    :raises exception.InvalidConfiguration: as :func:`load`.
    """
    declared = _declared(CONF.standalone.flavors_file)
    return [_to_object(number, one) for number, one in enumerate(declared, 1)]


def get_by_flavor_id(flavor_id: str) -> 'objects.Flavor':
    """Return the flavor with that id.

    :raises exception.FlavorNotFound: if there is none.
    """
    for flavor in get_all():
        if flavor.flavorid == flavor_id:
            return flavor
    raise exception.FlavorNotFound(flavor_id=flavor_id)


def get_by_name(name: str) -> 'objects.Flavor':
    """Return the flavor with that name.

    :raises exception.FlavorNotFoundByName: if there is none.
    """
    for flavor in get_all():
        if flavor.name == name:
            return flavor
    raise exception.FlavorNotFoundByName(flavor_name=name)


@functools.lru_cache(maxsize=8)
def _declared(path: str | None) -> tuple[dict[str, Any], ...]:
    if path:
        return load(path)
    keys = ('name', 'id', 'vcpus', 'ram', 'disk')
    return tuple(dict(zip(keys, row, strict=True)) for row in _BUILT_IN)


def load(path: str) -> tuple[dict[str, Any], ...]:
    """Read and check a file of flavors.

    :raises exception.InvalidConfiguration: if it cannot be read or a flavor is
        wrong; the message names the file, the field and its value.
    """
    try:
        with open(path, encoding='utf-8') as stream:
            content = yaml.safe_load(stream)
    except OSError as error:
        raise _broken(path, error.strerror or str(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _broken(path, ' '.join(str(error).split())) from error
    validator = jsonschema.Draft202012Validator(_SCHEMA)
    wrong = jsonschema.exceptions.best_match(validator.iter_errors(content))
    if wrong is not None:
        raise _broken(path, f'{_where(wrong, content)}: {wrong.message}') from wrong
    _refuse_duplicates(path, content['flavors'])
    return tuple(content['flavors'])


def _where(wrong: jsonschema.ValidationError, content: Any) -> str:
    """Return the place in the file, with the flavor's name where it has one."""
    keys = list(wrong.absolute_path)
    if len(keys) < 2:
        return wrong.json_path.replace('$', 'file', 1)
    declared = content['flavors'][keys[1]]
    name = declared.get('name') if isinstance(declared, dict) else None
    field = '.'.join(str(key) for key in keys[2:])
    return f'flavors[{keys[1]}] ({name}) {field}'.rstrip()


def _refuse_duplicates(path: str, declared: list[dict[str, Any]]) -> None:
    for field in ('id', 'name'):
        value, times = Counter(str(one[field]) for one in declared).most_common(1)[0]
        if times > 1:
            raise _broken(path, _('%(field)s %(value)r is used %(times)d times') % {
                'field': field, 'value': value, 'times': times})


def _broken(path: str, reason: str) -> exception.InvalidConfiguration:
    return exception.InvalidConfiguration(
        _('[standalone] flavors_file %(path)s: %(reason)s')
        % {'path': path, 'reason': reason})


def _to_object(number: int, declared: dict[str, Any]) -> 'objects.Flavor':
    specs = declared.get('extra_specs', {})
    return objects.Flavor(
        id=number, flavorid=str(declared['id']), name=declared['name'],
        vcpus=declared['vcpus'], memory_mb=declared['ram'],
        root_gb=declared['disk'], ephemeral_gb=declared.get('ephemeral', 0),
        swap=declared.get('swap', 0), description=declared.get('description'),
        extra_specs={key: _spec_value(value) for key, value in specs.items()},
        rxtx_factor=1.0, vcpu_weight=0, disabled=False, is_public=True,
        deleted=False, created_at=None, updated_at=None, deleted_at=None,
        projects=[])


def _spec_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
