# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Run by alembic: applies revisions to the connection that it was given."""

from alembic import context
import sqlalchemy as sa

from nova.db import engine
from nova.db import models


def run(connection: sa.Connection) -> None:
    """Apply the revisions in the transaction that is open."""
    context.configure(
        connection=connection, target_metadata=models.Base.metadata,
        render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get('connection')
if given is not None:
    run(given)
else:
    with engine.get().write_connection() as own:
        run(own)
