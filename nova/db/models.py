# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The tables.

Times are UTC without a zone.  What hangs on an instance goes with it: the foreign
keys cascade, so one DELETE leaves nothing behind.
"""

import datetime
from typing import Any

from oslo_utils import timeutils
import sqlalchemy as sa
from sqlalchemy import orm


def _now() -> datetime.datetime:
    return timeutils.utcnow()


def _json() -> Any:
    return orm.mapped_column(sa.JSON(none_as_null=True), nullable=True)


def _text(length: int = 255, **kwargs: Any) -> Any:
    return orm.mapped_column(sa.String(length), nullable=True, **kwargs)


def _of_instance() -> Any:
    return orm.mapped_column(
        sa.String(36), sa.ForeignKey('instances.uuid', ondelete='CASCADE'),
        nullable=False)


class Base(orm.DeclarativeBase):
    """A row that knows when it was made and last changed."""

    metadata = sa.MetaData(naming_convention={
        'ix': 'ix_%(table_name)s_%(column_0_N_name)s',
        'uq': 'uq_%(table_name)s_%(column_0_N_name)s',
        'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s',
        'pk': 'pk_%(table_name)s',
    })

    created_at: orm.Mapped[datetime.datetime] = orm.mapped_column(
        sa.DateTime, default=_now, sort_order=90)
    updated_at: orm.Mapped[datetime.datetime | None] = orm.mapped_column(
        sa.DateTime, onupdate=_now, sort_order=91)


class Instance(Base):
    """A server."""

    __tablename__ = 'instances'
    __table_args__ = (
        sa.Index(None, 'uuid', unique=True),
        sa.Index(None, 'host'),
        sa.Index(None, 'project_id'),
        sa.Index(None, 'created_at', 'id'),
        # The id names the domain (instance_name_template): never used twice.
        {'sqlite_autoincrement': True},
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    uuid: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    user_id: orm.Mapped[str | None] = _text()
    project_id: orm.Mapped[str | None] = _text()
    reservation_id: orm.Mapped[str | None] = _text()
    launch_index: orm.Mapped[int | None] = orm.mapped_column()

    image_ref: orm.Mapped[str | None] = _text()
    kernel_id: orm.Mapped[str | None] = _text()
    ramdisk_id: orm.Mapped[str | None] = _text()
    hostname: orm.Mapped[str | None] = _text()
    key_name: orm.Mapped[str | None] = _text()
    key_data: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    user_data: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    config_drive: orm.Mapped[str | None] = _text()
    display_name: orm.Mapped[str | None] = _text()
    display_description: orm.Mapped[str | None] = _text()
    availability_zone: orm.Mapped[str | None] = _text()

    power_state: orm.Mapped[int | None] = orm.mapped_column()
    vm_state: orm.Mapped[str | None] = _text()
    task_state: orm.Mapped[str | None] = _text()
    progress: orm.Mapped[int | None] = orm.mapped_column()

    memory_mb: orm.Mapped[int | None] = orm.mapped_column()
    vcpus: orm.Mapped[int | None] = orm.mapped_column()
    root_gb: orm.Mapped[int | None] = orm.mapped_column()
    ephemeral_gb: orm.Mapped[int | None] = orm.mapped_column()
    ephemeral_key_uuid: orm.Mapped[str | None] = _text(36)
    instance_type_id: orm.Mapped[int | None] = orm.mapped_column()

    host: orm.Mapped[str | None] = _text()
    node: orm.Mapped[str | None] = _text()
    launched_on: orm.Mapped[str | None] = _text()
    compute_id: orm.Mapped[int | None] = orm.mapped_column()
    cell_name: orm.Mapped[str | None] = _text()

    launched_at: orm.Mapped[datetime.datetime | None] = orm.mapped_column()
    terminated_at: orm.Mapped[datetime.datetime | None] = orm.mapped_column()

    locked: orm.Mapped[bool] = orm.mapped_column(default=False)
    locked_by: orm.Mapped[str | None] = _text()
    os_type: orm.Mapped[str | None] = _text()
    architecture: orm.Mapped[str | None] = _text()
    vm_mode: orm.Mapped[str | None] = _text()
    root_device_name: orm.Mapped[str | None] = _text()
    default_ephemeral_device: orm.Mapped[str | None] = _text()
    default_swap_device: orm.Mapped[str | None] = _text()
    access_ip_v4: orm.Mapped[str | None] = _text(39)
    access_ip_v6: orm.Mapped[str | None] = _text(39)
    auto_disk_config: orm.Mapped[bool] = orm.mapped_column(default=False)
    shutdown_terminate: orm.Mapped[bool] = orm.mapped_column(default=False)
    disable_terminate: orm.Mapped[bool] = orm.mapped_column(default=False)
    hidden: orm.Mapped[bool] = orm.mapped_column(default=False)
    cleaned: orm.Mapped[bool] = orm.mapped_column(default=False)

    # Dicts of strings
    instance_metadata: orm.Mapped[Any] = orm.mapped_column(
        'metadata', sa.JSON(none_as_null=True), nullable=True)
    system_metadata: orm.Mapped[Any] = _json()

    # Objects, as their primitives
    flavor: orm.Mapped[Any] = _json()
    old_flavor: orm.Mapped[Any] = _json()
    new_flavor: orm.Mapped[Any] = _json()
    info_cache: orm.Mapped[Any] = _json()
    device_metadata: orm.Mapped[Any] = _json()
    keypairs: orm.Mapped[Any] = _json()
    migration_context: orm.Mapped[Any] = _json()
    numa_topology: orm.Mapped[Any] = _json()
    pci_devices: orm.Mapped[Any] = _json()
    pci_requests: orm.Mapped[Any] = _json()
    resources: orm.Mapped[Any] = _json()
    security_groups: orm.Mapped[Any] = _json()
    tags: orm.Mapped[Any] = _json()
    trusted_certs: orm.Mapped[Any] = _json()
    vcpu_model: orm.Mapped[Any] = _json()


class InstanceAction(Base):
    """Something that was asked of a server."""

    __tablename__ = 'instance_actions'
    __table_args__ = (sa.Index(None, 'instance_uuid', 'request_id'),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    instance_uuid: orm.Mapped[str] = _of_instance()
    action: orm.Mapped[str | None] = _text()
    request_id: orm.Mapped[str | None] = _text()
    user_id: orm.Mapped[str | None] = _text()
    project_id: orm.Mapped[str | None] = _text()
    start_time: orm.Mapped[datetime.datetime | None] = orm.mapped_column()
    finish_time: orm.Mapped[datetime.datetime | None] = orm.mapped_column()
    message: orm.Mapped[str | None] = _text()


class InstanceActionEvent(Base):
    """A step of an action."""

    __tablename__ = 'instance_actions_events'
    __table_args__ = (sa.Index(None, 'action_id'),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    action_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey('instance_actions.id', ondelete='CASCADE'))
    event: orm.Mapped[str | None] = _text()
    start_time: orm.Mapped[datetime.datetime | None] = orm.mapped_column()
    finish_time: orm.Mapped[datetime.datetime | None] = orm.mapped_column()
    result: orm.Mapped[str | None] = _text()
    traceback: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    host: orm.Mapped[str | None] = _text()
    details: orm.Mapped[str | None] = orm.mapped_column(sa.Text)


class InstanceFault(Base):
    """Why a server is in ERROR."""

    __tablename__ = 'instance_faults'
    __table_args__ = (sa.Index(None, 'instance_uuid'),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    instance_uuid: orm.Mapped[str] = _of_instance()
    code: orm.Mapped[int] = orm.mapped_column()
    message: orm.Mapped[str | None] = _text()
    details: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    host: orm.Mapped[str | None] = _text()


class BlockDeviceMapping(Base):
    """A disk of a server, as it was asked for and as it is attached."""

    __tablename__ = 'block_device_mapping'
    __table_args__ = (
        sa.Index(None, 'uuid', unique=True),
        sa.Index(None, 'instance_uuid'),
        sa.Index(None, 'volume_id'),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    uuid: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    instance_uuid: orm.Mapped[str] = _of_instance()
    source_type: orm.Mapped[str | None] = _text()
    destination_type: orm.Mapped[str | None] = _text()
    guest_format: orm.Mapped[str | None] = _text()
    device_type: orm.Mapped[str | None] = _text()
    disk_bus: orm.Mapped[str | None] = _text()
    boot_index: orm.Mapped[int | None] = orm.mapped_column()
    device_name: orm.Mapped[str | None] = _text()
    delete_on_termination: orm.Mapped[bool] = orm.mapped_column(default=False)
    snapshot_id: orm.Mapped[str | None] = _text(36)
    volume_id: orm.Mapped[str | None] = _text(36)
    volume_size: orm.Mapped[int | None] = orm.mapped_column()
    volume_type: orm.Mapped[str | None] = _text()
    image_id: orm.Mapped[str | None] = _text(36)
    no_device: orm.Mapped[bool] = orm.mapped_column(default=False)
    connection_info: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    tag: orm.Mapped[str | None] = _text()
    attachment_id: orm.Mapped[str | None] = _text(36)
    encrypted: orm.Mapped[bool] = orm.mapped_column(default=False)
    encryption_secret_uuid: orm.Mapped[str | None] = _text(36)
    encryption_format: orm.Mapped[str | None] = _text()
    encryption_options: orm.Mapped[str | None] = orm.mapped_column(sa.Text)


class ComputeNode(Base):
    """This node: what it has and what of it is used."""

    __tablename__ = 'compute_nodes'
    __table_args__ = (
        sa.Index(None, 'uuid', unique=True),
        sa.Index(None, 'host', 'hypervisor_hostname', unique=True),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    uuid: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    service_id: orm.Mapped[int | None] = orm.mapped_column()
    host: orm.Mapped[str | None] = _text()
    hypervisor_hostname: orm.Mapped[str | None] = _text()
    host_ip: orm.Mapped[str | None] = _text(39)
    hypervisor_type: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    hypervisor_version: orm.Mapped[int | None] = orm.mapped_column()
    vcpus: orm.Mapped[int | None] = orm.mapped_column()
    vcpus_used: orm.Mapped[int | None] = orm.mapped_column()
    memory_mb: orm.Mapped[int | None] = orm.mapped_column()
    memory_mb_used: orm.Mapped[int | None] = orm.mapped_column()
    free_ram_mb: orm.Mapped[int | None] = orm.mapped_column()
    local_gb: orm.Mapped[int | None] = orm.mapped_column()
    local_gb_used: orm.Mapped[int | None] = orm.mapped_column()
    free_disk_gb: orm.Mapped[int | None] = orm.mapped_column()
    disk_available_least: orm.Mapped[int | None] = orm.mapped_column()
    current_workload: orm.Mapped[int | None] = orm.mapped_column()
    running_vms: orm.Mapped[int | None] = orm.mapped_column()
    cpu_info: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    metrics: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    numa_topology: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    cpu_allocation_ratio: orm.Mapped[float | None] = orm.mapped_column()
    ram_allocation_ratio: orm.Mapped[float | None] = orm.mapped_column()
    disk_allocation_ratio: orm.Mapped[float | None] = orm.mapped_column()
    mapped: orm.Mapped[int | None] = orm.mapped_column(default=0)
    stats: orm.Mapped[Any] = _json()
    supported_hv_specs: orm.Mapped[Any] = _json()
    pci_device_pools: orm.Mapped[Any] = _json()


class Service(Base):
    """The process that runs instances on a host."""

    __tablename__ = 'services'
    __table_args__ = (
        sa.Index(None, 'uuid', unique=True),
        sa.Index(None, 'host', 'binary', unique=True),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    uuid: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    host: orm.Mapped[str | None] = _text()
    binary: orm.Mapped[str | None] = _text()
    topic: orm.Mapped[str | None] = _text()
    report_count: orm.Mapped[int] = orm.mapped_column(default=0)
    disabled: orm.Mapped[bool] = orm.mapped_column(default=False)
    disabled_reason: orm.Mapped[str | None] = _text()
    last_seen_up: orm.Mapped[datetime.datetime | None] = orm.mapped_column()
    forced_down: orm.Mapped[bool] = orm.mapped_column(default=False)
    version: orm.Mapped[int] = orm.mapped_column(default=0)


class Port(Base):
    """An interface of an instance, which goes with the instance."""

    __tablename__ = 'ports'
    __table_args__ = (
        sa.Index(None, 'uuid', unique=True),
        sa.Index(None, 'mac_address', unique=True),
        sa.Index(None, 'instance_uuid'),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    uuid: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    instance_uuid: orm.Mapped[str] = _of_instance()
    network_id: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    mac_address: orm.Mapped[str] = orm.mapped_column(sa.String(17))


class PortAddress(Base):
    """An address of a port, which nobody else has in its subnet."""

    __tablename__ = 'port_addresses'
    __table_args__ = (
        sa.Index(None, 'port_uuid'),
        sa.Index(None, 'subnet_id', 'address', unique=True),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    port_uuid: orm.Mapped[str] = orm.mapped_column(
        sa.String(36), sa.ForeignKey('ports.uuid', ondelete='CASCADE'))
    subnet_id: orm.Mapped[str] = orm.mapped_column(sa.String(36))
    address: orm.Mapped[str] = orm.mapped_column(sa.String(39))
