# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The tables of ports and of their addresses."""

from alembic import op
import sqlalchemy as sa

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables in which no MAC and no address can stand twice."""
    op.create_table(
        'ports',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uuid', sa.String(length=36), nullable=False),
        sa.Column('instance_uuid', sa.String(length=36), nullable=False),
        sa.Column('network_id', sa.String(length=36), nullable=False),
        sa.Column('mac_address', sa.String(length=17), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('updated_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['instance_uuid'], ['instances.uuid'], ondelete='CASCADE',
            name='fk_ports_instance_uuid_instances'),
        sa.PrimaryKeyConstraint('id', name='pk_ports'))
    op.create_index('ix_ports_uuid', 'ports', ['uuid'], unique=True)
    op.create_index('ix_ports_mac_address', 'ports', ['mac_address'], unique=True)
    op.create_index('ix_ports_instance_uuid', 'ports', ['instance_uuid'])
    op.create_table(
        'port_addresses',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('port_uuid', sa.String(length=36), nullable=False),
        sa.Column('subnet_id', sa.String(length=36), nullable=False),
        sa.Column('address', sa.String(length=39), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('updated_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['port_uuid'], ['ports.uuid'], ondelete='CASCADE',
            name='fk_port_addresses_port_uuid_ports'),
        sa.PrimaryKeyConstraint('id', name='pk_port_addresses'))
    op.create_index('ix_port_addresses_port_uuid', 'port_addresses', ['port_uuid'])
    op.create_index('ix_port_addresses_subnet_id_address', 'port_addresses',
                    ['subnet_id', 'address'], unique=True)
