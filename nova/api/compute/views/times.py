# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Times as the Compute API writes them; its documents use two ways."""

import datetime


def seconds(at: datetime.datetime | None) -> str | None:
    """Return a time in UTC as ``YYYY-MM-DDTHH:MM:SSZ``."""
    if at is None:
        return None
    return _utc(at).strftime('%Y-%m-%dT%H:%M:%SZ')


def microseconds(at: datetime.datetime | None) -> str | None:
    """Return a time in UTC as ``YYYY-MM-DDTHH:MM:SS.ffffff``."""
    if at is None:
        return None
    return _utc(at).strftime('%Y-%m-%dT%H:%M:%S.%f')


def _utc(at: datetime.datetime) -> datetime.datetime:
    if at.tzinfo is None:
        return at
    return at.astimezone(datetime.UTC).replace(tzinfo=None)
