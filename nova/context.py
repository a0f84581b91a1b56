# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Who asks, and under which request id."""

import datetime
from typing import Any

from oslo_context import context as oslo_context
from oslo_utils import timeutils


class RequestContext(oslo_context.RequestContext):
    """The caller of an operation.

    :param read_deleted: ``no``, ``yes`` or ``only``; kept for the interface, a
        standalone node removes what is deleted.
    :param remote_address: where the request came from.
    """

    def __init__(self, user_id: str | None = None, project_id: str | None = None,
                 is_admin: bool | None = None, read_deleted: str = 'no',
                 remote_address: str | None = None,
                 timestamp: datetime.datetime | str | None = None,
                 quota_class: str | None = None, service_catalog: Any = None,
                 user_auth_plugin: Any = None, **kwargs: Any) -> None:
        super().__init__(user_id=user_id, project_id=project_id,
                         is_admin=bool(is_admin), **kwargs)
        if read_deleted not in ('no', 'yes', 'only'):
            raise ValueError(
                f"read_deleted: {read_deleted!r} is none of 'no', 'yes', 'only'")
        self.read_deleted = read_deleted
        self.remote_address = remote_address
        self.timestamp = _as_time(timestamp)
        self.quota_class = quota_class
        self.service_catalog = service_catalog or []
        self.user_auth_plugin = user_auth_plugin

    def elevated(self, read_deleted: str | None = None) -> 'RequestContext':
        """Return the same caller with an administrator's rights."""
        return RequestContext(
            user_id=self.user_id, project_id=self.project_id, is_admin=True,
            read_deleted=read_deleted or self.read_deleted,
            remote_address=self.remote_address, timestamp=self.timestamp,
            request_id=self.request_id, overwrite=False)

    def to_dict(self) -> dict[str, Any]:
        """Return what is needed to make this context again."""
        values: dict[str, Any] = super().to_dict()
        values.update(read_deleted=self.read_deleted,
                      remote_address=self.remote_address,
                      timestamp=self.timestamp.isoformat())
        return values


def _as_time(value: datetime.datetime | str | None) -> datetime.datetime:
    if isinstance(value, str):
        return timeutils.parse_isotime(value)
    return value or timeutils.utcnow()


def get_admin_context(read_deleted: str = 'no') -> RequestContext:
    """Return the context of what the service does of its own accord."""
    return RequestContext(is_admin=True, read_deleted=read_deleted,
                          overwrite=False)


def get_context() -> RequestContext:
    """Return a context without a user and without rights."""
    return RequestContext(is_admin=False, overwrite=False)
