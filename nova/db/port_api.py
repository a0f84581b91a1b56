# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Ports and their addresses in the database."""

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy import orm

from nova import exception
from nova.db import engine
from nova.db import models

#: Chooses the address of each subnet, given those that are used in it.
Choice = Callable[[Mapping[str, set[str]]], Mapping[str, str]]


def port_create(values: Mapping[str, str], subnet_ids: Sequence[str],
                choose: Choice) -> models.Port | None:
    """Add a port with addresses that nobody has; None if another was quicker.

    :raises exception.InstanceNotFound: if the instance is gone.

    Nothing is added where it raises, or returns None.
    """
    row = models.Port(**values)
    try:
        with engine.get().writer() as session:
            _refuse_unknown_instance(session, values['instance_uuid'])
            chosen = choose(_used(session, subnet_ids))
            session.add(row)
            session.flush()
            session.add_all(
                models.PortAddress(port_uuid=row.uuid, subnet_id=subnet_id,
                                   address=address)
                for subnet_id, address in chosen.items())
    except exc.IntegrityError:
        return None
    return row


def _refuse_unknown_instance(session: orm.Session, uuid: str) -> None:
    query = sa.select(models.Instance.id).where(models.Instance.uuid == uuid)
    if session.scalars(query).one_or_none() is None:
        raise exception.InstanceNotFound(instance_id=uuid)


def _used(session: orm.Session, subnet_ids: Sequence[str]) -> dict[str, set[str]]:
    used: dict[str, set[str]] = {subnet_id: set() for subnet_id in subnet_ids}
    rows = session.scalars(sa.select(models.PortAddress).where(
        models.PortAddress.subnet_id.in_(subnet_ids)))
    for row in rows:
        used[row.subnet_id].add(row.address)
    return used


def ports_get(instance_uuid: str | None = None,
              ) -> list[tuple[models.Port, list[models.PortAddress]]]:
    """Return ports, each with its addresses, the oldest first.

    :param instance_uuid: None for those of all instances.
    """
    query = sa.select(models.Port).order_by(models.Port.id)
    if instance_uuid is not None:
        query = query.where(models.Port.instance_uuid == instance_uuid)
    with engine.get().reader() as session:
        ports = session.scalars(query).all()
        addresses = session.scalars(
            sa.select(models.PortAddress).order_by(models.PortAddress.id)).all()
    by_port: dict[str, list[models.PortAddress]] = {}
    for address in addresses:
        by_port.setdefault(address.port_uuid, []).append(address)
    return [(port, by_port.get(port.uuid, [])) for port in ports]


def addresses_get_used(subnet_ids: Sequence[str]) -> dict[str, set[str]]:
    """Return the addresses that are used in subnets."""
    with engine.get().reader() as session:
        return _used(session, subnet_ids)


def ports_delete(instance_uuid: str) -> None:
    """Remove the ports of an instance and their addresses; there may be none."""
    with engine.get().writer() as session:
        session.execute(sa.delete(models.Port).where(
            models.Port.instance_uuid == instance_uuid))


def port_delete(uuid: str) -> None:
    """Remove a port and its addresses, if it is there."""
    with engine.get().writer() as session:
        session.execute(sa.delete(models.Port).where(models.Port.uuid == uuid))
