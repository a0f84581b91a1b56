# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the operator of the node tells every guest."""

from typing import Any

from oslo_serialization import jsonutils

from nova import exception
import nova.conf
from nova.i18n import _

CONF = nova.conf.CONF

STATIC = 'StaticJSON'


def static() -> dict[str, Any]:
    """Return what the operator's file says; an empty dict without one.

    :raises exception.InvalidConfiguration: if it cannot be read.
    """
    path = CONF.api.vendordata_jsonfile_path
    if not path or STATIC not in CONF.api.vendordata_providers:
        return {}
    try:
        with open(path, encoding='utf-8') as stream:
            content = jsonutils.loads(stream.read())
    except (OSError, ValueError) as error:
        raise _broken(path, error) from error
    if not isinstance(content, dict):
        raise _broken(path, _('it holds no object'))
    return content


def _broken(path: str, why: Any) -> exception.InvalidConfiguration:
    return exception.InvalidConfiguration(
        _('[api] vendordata_jsonfile_path %(path)s: %(why)s')
        % {'path': path, 'why': why})
