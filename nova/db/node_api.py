# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Compute nodes and block device mappings in the database."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from nova import exception
from nova.db import engine
from nova.db import models

Values = Mapping[str, Any]


def compute_node_create(values: Values) -> models.ComputeNode:
    """Add a compute node; InvalidNodeConfiguration if it is there already."""
    row = models.ComputeNode(**values)
    try:
        with engine.get().writer() as session:
            session.add(row)
    except exc.IntegrityError as error:
        reason = f"node {values.get('hypervisor_hostname')} is already recorded"
        raise exception.InvalidNodeConfiguration(reason=reason) from error
    return row


def compute_node_update(node_id: int, values: Values) -> models.ComputeNode:
    """Change columns of a compute node; ComputeHostNotFound if it is gone."""
    with engine.get().writer() as session:
        row = session.get(models.ComputeNode, node_id, with_for_update=True)
        if row is None:
            raise exception.ComputeHostNotFound(host=node_id)
        for name, value in values.items():
            setattr(row, name, value)
    return row


def compute_node_get(**criteria: Any) -> models.ComputeNode:
    """Return the node with these values; ComputeHostNotFound if there is none."""
    query = sa.select(models.ComputeNode).filter_by(**criteria).limit(1)
    with engine.get().reader() as session:
        row = session.scalars(query).one_or_none()
    if row is None:
        wanted = ', '.join(str(value) for value in criteria.values())
        raise exception.ComputeHostNotFound(host=wanted)
    return row


def compute_nodes_get(**criteria: Any) -> Sequence[models.ComputeNode]:
    """Return the nodes with these values, in the order they were recorded."""
    model = models.ComputeNode
    query = sa.select(model).filter_by(**criteria).order_by(model.id)
    with engine.get().reader() as session:
        return session.scalars(query).all()


def compute_node_delete(node_id: int) -> None:
    """Remove a compute node; ComputeHostNotFound if there is none."""
    model = models.ComputeNode
    with engine.get().writer() as session:
        result: Any = session.execute(sa.delete(model).where(model.id == node_id))
        if not result.rowcount:
            raise exception.ComputeHostNotFound(host=node_id)


def block_device_create(values: Values) -> models.BlockDeviceMapping:
    """Add a block device mapping; InstanceNotFound if its instance is gone."""
    row = models.BlockDeviceMapping(**values)
    try:
        with engine.get().writer() as session:
            session.add(row)
    except exc.IntegrityError as error:
        raise exception.InstanceNotFound(
            instance_id=values.get('instance_uuid')) from error
    return row


def block_device_update(bdm_id: int, values: Values) -> models.BlockDeviceMapping:
    """Change columns of a block device mapping; BDMNotFound if it is gone."""
    with engine.get().writer() as session:
        row = session.get(models.BlockDeviceMapping, bdm_id, with_for_update=True)
        if row is None:
            raise exception.BDMNotFound(id=bdm_id)
        for name, value in values.items():
            setattr(row, name, value)
    return row


def block_device_get(**criteria: Any) -> models.BlockDeviceMapping | None:
    """Return the block device mapping with these values."""
    query = sa.select(models.BlockDeviceMapping).filter_by(**criteria).limit(1)
    with engine.get().reader() as session:
        return session.scalars(query).one_or_none()


def block_devices_get(
        instance_uuids: Sequence[str]) -> Sequence[models.BlockDeviceMapping]:
    """Return the block device mappings of instances, in the order of making."""
    model = models.BlockDeviceMapping
    query = (sa.select(model).where(model.instance_uuid.in_(instance_uuids))
             .order_by(model.id))
    with engine.get().reader() as session:
        return session.scalars(query).all()


def block_device_destroy(bdm_id: int) -> None:
    """Remove a block device mapping, if it is there."""
    model = models.BlockDeviceMapping
    with engine.get().writer() as session:
        session.execute(sa.delete(model).where(model.id == bdm_id))
