# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Things that paths name, and pages of lists."""

from typing import Any
import uuid

from oslo_utils import uuidutils

from nova import exception
from nova.api import errors
from nova.api import request as api_request
from nova.i18n import _


def instance(request: api_request.Request, server_id: str) -> Any:
    """Return the instance of an id.

    :raises exception.InstanceNotFound: also for what is no id at all.
    """
    if not uuidutils.is_uuid_like(server_id):
        raise exception.InstanceNotFound(instance_id=server_id)
    return request.services.compute.get(
        request.context, str(uuid.UUID(server_id)))


def limit(request: api_request.Request) -> int:
    """Return how many items are wanted at most."""
    most = request.services.max_limit
    asked = request.args.get('limit')
    return most if asked is None else min(most, int(asked))


def page(items: list[Any], *, limit: int, marker: str | None,
         key: str) -> list[Any]:
    """Return the items behind the one that a marker names.

    :param key: the attribute that markers are values of.
    :raises errors.Fault: if no item has it.
    """
    if marker is None:
        return items[:limit]
    names = [str(getattr(item, key)) for item in items]
    if marker not in names:
        raise errors.bad_request(_('marker [%s] not found') % marker)
    start = names.index(marker) + 1
    return items[start:start + limit]
