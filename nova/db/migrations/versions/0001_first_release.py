# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The tables of the first release."""

from alembic import op
import sqlalchemy as sa

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table of the first release."""
    _create_instances()
    _create_instance_actions()
    _create_instance_actions_events()
    _create_instance_faults()
    _create_block_device_mapping()
    _create_compute_nodes()


def _json() -> sa.JSON:
    return sa.JSON(none_as_null=True)


def _create_instances() -> None:
    op.create_table(
        'instances',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uuid', sa.String(length=36), nullable=False),
        sa.Column('user_id', sa.String(length=255)),
        sa.Column('project_id', sa.String(length=255)),
        sa.Column('reservation_id', sa.String(length=255)),
        sa.Column('launch_index', sa.Integer()),
        sa.Column('image_ref', sa.String(length=255)),
        sa.Column('kernel_id', sa.String(length=255)),
        sa.Column('ramdisk_id', sa.String(length=255)),
        sa.Column('hostname', sa.String(length=255)),
        sa.Column('key_name', sa.String(length=255)),
        sa.Column('key_data', sa.Text()),
        sa.Column('user_data', sa.Text()),
        sa.Column('config_drive', sa.String(length=255)),
        sa.Column('display_name', sa.String(length=255)),
        sa.Column('display_description', sa.String(length=255)),
        sa.Column('availability_zone', sa.String(length=255)),
        sa.Column('power_state', sa.Integer()),
        sa.Column('vm_state', sa.String(length=255)),
        sa.Column('task_state', sa.String(length=255)),
        sa.Column('progress', sa.Integer()),
        sa.Column('memory_mb', sa.Integer()),
        sa.Column('vcpus', sa.Integer()),
        sa.Column('root_gb', sa.Integer()),
        sa.Column('ephemeral_gb', sa.Integer()),
        sa.Column('ephemeral_key_uuid', sa.String(length=36)),
        sa.Column('instance_type_id', sa.Integer()),
        sa.Column('host', sa.String(length=255)),
        sa.Column('node', sa.String(length=255)),
        sa.Column('launched_on', sa.String(length=255)),
        sa.Column('compute_id', sa.Integer()),
        sa.Column('cell_name', sa.String(length=255)),
        sa.Column('launched_at', sa.DateTime()),
        sa.Column('terminated_at', sa.DateTime()),
        sa.Column('locked', sa.Boolean(), nullable=False),
        sa.Column('locked_by', sa.String(length=255)),
        sa.Column('os_type', sa.String(length=255)),
        sa.Column('architecture', sa.String(length=255)),
        sa.Column('vm_mode', sa.String(length=255)),
        sa.Column('root_device_name', sa.String(length=255)),
        sa.Column('default_ephemeral_device', sa.String(length=255)),
        sa.Column('default_swap_device', sa.String(length=255)),
        sa.Column('access_ip_v4', sa.String(length=39)),
        sa.Column('access_ip_v6', sa.String(length=39)),
        sa.Column('auto_disk_config', sa.Boolean(), nullable=False),
        sa.Column('shutdown_terminate', sa.Boolean(), nullable=False),
        sa.Column('disable_terminate', sa.Boolean(), nullable=False),
        sa.Column('hidden', sa.Boolean(), nullable=False),
        sa.Column('cleaned', sa.Boolean(), nullable=False),
        sa.Column('metadata', _json()),
        sa.Column('system_metadata', _json()),
        sa.Column('flavor', _json()),
        sa.Column('old_flavor', _json()),
        sa.Column('new_flavor', _json()),
        sa.Column('info_cache', _json()),
        sa.Column('device_metadata', _json()),
        sa.Column('keypairs', _json()),
        sa.Column('migration_context', _json()),
        sa.Column('numa_topology', _json()),
        sa.Column('pci_devices', _json()),
        sa.Column('pci_requests', _json()),
        sa.Column('resources', _json()),
        sa.Column('security_groups', _json()),
        sa.Column('tags', _json()),
        sa.Column('trusted_certs', _json()),
        sa.Column('vcpu_model', _json()),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('updated_at', sa.DateTime()),
        sa.PrimaryKeyConstraint('id', name='pk_instances'),
        # Its number names the domain: never used twice.
        sqlite_autoincrement=True,
    )
    op.create_index('ix_instances_created_at_id', 'instances', ['created_at', 'id'])
    op.create_index('ix_instances_host', 'instances', ['host'])
    op.create_index('ix_instances_project_id', 'instances', ['project_id'])
    op.create_index('ix_instances_uuid', 'instances', ['uuid'], unique=True)


def _create_instance_actions() -> None:
    op.create_table(
        'instance_actions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('instance_uuid', sa.String(length=36), nullable=False),
        sa.Column('action', sa.String(length=255)),
        sa.Column('request_id', sa.String(length=255)),
        sa.Column('user_id', sa.String(length=255)),
        sa.Column('project_id', sa.String(length=255)),
        sa.Column('start_time', sa.DateTime()),
        sa.Column('finish_time', sa.DateTime()),
        sa.Column('message', sa.String(length=255)),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('updated_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['instance_uuid'], ['instances.uuid'],
            name='fk_instance_actions_instance_uuid_instances', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_instance_actions'),
    )
    op.create_index(
        'ix_instance_actions_instance_uuid_request_id', 'instance_actions',
        ['instance_uuid', 'request_id'])


def _create_instance_actions_events() -> None:
    op.create_table(
        'instance_actions_events',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('action_id', sa.Integer(), nullable=False),
        sa.Column('event', sa.String(length=255)),
        sa.Column('start_time', sa.DateTime()),
        sa.Column('finish_time', sa.DateTime()),
        sa.Column('result', sa.String(length=255)),
        sa.Column('traceback', sa.Text()),
        sa.Column('host', sa.String(length=255)),
        sa.Column('details', sa.Text()),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('updated_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['action_id'], ['instance_actions.id'],
            name='fk_instance_actions_events_action_id_instance_actions',
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_instance_actions_events'),
    )
    op.create_index(
        'ix_instance_actions_events_action_id', 'instance_actions_events',
        ['action_id'])


def _create_instance_faults() -> None:
    op.create_table(
        'instance_faults',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('instance_uuid', sa.String(length=36), nullable=False),
        sa.Column('code', sa.Integer(), nullable=False),
        sa.Column('message', sa.String(length=255)),
        sa.Column('details', sa.Text()),
        sa.Column('host', sa.String(length=255)),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('updated_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['instance_uuid'], ['instances.uuid'],
            name='fk_instance_faults_instance_uuid_instances', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_instance_faults'),
    )
    op.create_index(
        'ix_instance_faults_instance_uuid', 'instance_faults',
        ['instance_uuid'])


def _create_block_device_mapping() -> None:
    op.create_table(
        'block_device_mapping',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uuid', sa.String(length=36), nullable=False),
        sa.Column('instance_uuid', sa.String(length=36), nullable=False),
        sa.Column('source_type', sa.String(length=255)),
        sa.Column('destination_type', sa.String(length=255)),
        sa.Column('guest_format', sa.String(length=255)),
        sa.Column('device_type', sa.String(length=255)),
        sa.Column('disk_bus', sa.String(length=255)),
        sa.Column('boot_index', sa.Integer()),
        sa.Column('device_name', sa.String(length=255)),
        sa.Column('delete_on_termination', sa.Boolean(), nullable=False),
        sa.Column('snapshot_id', sa.String(length=36)),
        sa.Column('volume_id', sa.String(length=36)),
        sa.Column('volume_size', sa.Integer()),
        sa.Column('volume_type', sa.String(length=255)),
        sa.Column('image_id', sa.String(length=36)),
        sa.Column('no_device', sa.Boolean(), nullable=False),
        sa.Column('connection_info', sa.Text()),
        sa.Column('tag', sa.String(length=255)),
        sa.Column('attachment_id', sa.String(length=36)),
        sa.Column('encrypted', sa.Boolean(), nullable=False),
        sa.Column('encryption_secret_uuid', sa.String(length=36)),
        sa.Column('encryption_format', sa.String(length=255)),
        sa.Column('encryption_options', sa.Text()),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('updated_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['instance_uuid'], ['instances.uuid'],
            name='fk_block_device_mapping_instance_uuid_instances', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_block_device_mapping'),
    )
    op.create_index(
        'ix_block_device_mapping_instance_uuid', 'block_device_mapping',
        ['instance_uuid'])
    op.create_index(
        'ix_block_device_mapping_uuid', 'block_device_mapping',
        ['uuid'], unique=True)
    op.create_index(
        'ix_block_device_mapping_volume_id', 'block_device_mapping',
        ['volume_id'])


def _create_compute_nodes() -> None:
    op.create_table(
        'compute_nodes',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uuid', sa.String(length=36), nullable=False),
        sa.Column('service_id', sa.Integer()),
        sa.Column('host', sa.String(length=255)),
        sa.Column('hypervisor_hostname', sa.String(length=255)),
        sa.Column('host_ip', sa.String(length=39)),
        sa.Column('hypervisor_type', sa.Text()),
        sa.Column('hypervisor_version', sa.Integer()),
        sa.Column('vcpus', sa.Integer()),
        sa.Column('vcpus_used', sa.Integer()),
        sa.Column('memory_mb', sa.Integer()),
        sa.Column('memory_mb_used', sa.Integer()),
        sa.Column('free_ram_mb', sa.Integer()),
        sa.Column('local_gb', sa.Integer()),
        sa.Column('local_gb_used', sa.Integer()),
        sa.Column('free_disk_gb', sa.Integer()),
        sa.Column('disk_available_least', sa.Integer()),
        sa.Column('current_workload', sa.Integer()),
        sa.Column('running_vms', sa.Integer()),
        sa.Column('cpu_info', sa.Text()),
        sa.Column('metrics', sa.Text()),
        sa.Column('numa_topology', sa.Text()),
        sa.Column('cpu_allocation_ratio', sa.Double()),
        sa.Column('ram_allocation_ratio', sa.Double()),
        sa.Column('disk_allocation_ratio', sa.Double()),
        sa.Column('mapped', sa.Integer()),
        sa.Column('stats', _json()),
        sa.Column('supported_hv_specs', _json()),
        sa.Column('pci_device_pools', _json()),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('updated_at', sa.DateTime()),
        sa.PrimaryKeyConstraint('id', name='pk_compute_nodes'),
    )
    op.create_index(
        'ix_compute_nodes_host_hypervisor_hostname', 'compute_nodes',
        ['host', 'hypervisor_hostname'], unique=True)
    op.create_index('ix_compute_nodes_uuid', 'compute_nodes', ['uuid'], unique=True)
