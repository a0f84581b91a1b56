# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Brings the database to the schema of this release."""

import pathlib
from typing import Any

from alembic import command
from alembic import config as alembic_config
from alembic import script as alembic_script
from alembic.runtime import migration as alembic_migration
from oslo_log import log as logging
import sqlalchemy as sa
from sqlalchemy import exc

from nova.db import engine
from nova.db import errors
from nova.db import models

LOG = logging.getLogger(__name__)


def db_sync(version: str = 'head') -> None:
    """Make or upgrade the tables, in one transaction.

    :raises DatabaseTooNew: a newer release has upgraded it already.
    :raises DatabaseNotOurs: it holds tables of something else.
    :raises DatabaseUnusable: it cannot be opened, read or written.

    After a failure, or if the process is killed, the schema is what it was before
    (on databases whose DDL is transactional, as SQLite's and PostgreSQL's is).
    """
    url = engine.default_url()
    try:
        database = engine.get()
        with database.write_connection() as connection:
            _upgrade(connection, database.display_url, version)
    except exc.ArgumentError as error:
        # The URL cannot be parsed, so its password cannot be found either.
        raise errors.DatabaseUnusable(
            url='of [database] connection', reason=error) from error
    except (exc.SQLAlchemyError, OSError, ImportError) as error:
        reason = getattr(error, 'orig', None) or error
        raise errors.DatabaseUnusable(
            url=sa.make_url(url).render_as_string(), reason=reason) from error


def db_version() -> str | None:
    """Return the revision of the database, None before the first upgrade."""
    with engine.get().engine.connect() as connection:
        return _revision(connection)


def head_version() -> str:
    """Return the revision that this release needs."""
    return str(_scripts(_make_config()).get_current_head())


def _upgrade(connection: sa.Connection, url: str, version: str) -> None:
    config = _make_config()
    config.attributes['connection'] = connection
    current = _revision(connection)
    _refuse_foreign(connection, url, current)
    _refuse_newer(config, url, current)
    command.upgrade(config, version)
    after = _revision(connection)
    if after != current:
        LOG.info('Database schema upgraded from %s to %s', current, after)


def _make_config() -> alembic_config.Config:
    config = alembic_config.Config()
    folder = pathlib.Path(__file__).parent / 'migrations'
    config.set_main_option('script_location', str(folder).replace('%', '%%'))
    config.set_main_option('path_separator', 'os')
    return config


def _scripts(config: alembic_config.Config) -> alembic_script.ScriptDirectory:
    return alembic_script.ScriptDirectory.from_config(config)


def _revision(connection: sa.Connection) -> str | None:
    context: Any = alembic_migration.MigrationContext.configure(connection)
    revision: str | None = context.get_current_revision()
    return revision


def _refuse_foreign(connection: sa.Connection, url: str,
                    revision: str | None) -> None:
    if revision is not None:
        return
    theirs = sorted(set(sa.inspect(connection).get_table_names()) &
                    set(models.Base.metadata.tables))
    if theirs:
        raise errors.DatabaseNotOurs(url=url, tables=', '.join(theirs))


def _refuse_newer(config: alembic_config.Config, url: str,
                  revision: str | None) -> None:
    known = {item.revision for item in _scripts(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise errors.DatabaseTooNew(
            url=url, revision=revision, known=', '.join(sorted(known)))
