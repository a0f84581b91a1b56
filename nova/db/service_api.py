# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Services in the database."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from nova import exception
from nova.db import engine
from nova.db import models

Values = Mapping[str, Any]


def service_create(values: Values) -> models.Service:
    """Add a service; ServiceBinaryExists if it is there already."""
    row = models.Service(**values)
    try:
        with engine.get().writer() as session:
            session.add(row)
    except exc.IntegrityError as error:
        raise exception.ServiceBinaryExists(
            host=values.get('host'), binary=values.get('binary')) from error
    return row


def service_get(**criteria: Any) -> models.Service | None:
    """Return the service with these values."""
    query = sa.select(models.Service).filter_by(**criteria).limit(1)
    with engine.get().reader() as session:
        return session.scalars(query).one_or_none()


def service_update(service_id: int, values: Values) -> models.Service:
    """Change columns of a service; ServiceNotFound if it is gone."""
    with engine.get().writer() as session:
        row = session.get(models.Service, service_id, with_for_update=True)
        if row is None:
            raise exception.ServiceNotFound(service_id=service_id)
        for name, value in values.items():
            setattr(row, name, value)
    return row
