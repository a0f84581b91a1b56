# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Connections and transactions.

Each operation is one transaction, so a process that is killed leaves either all of
it or nothing.  SQLite allows one writer: writers of this process queue at a lock of
our own, because a greenlet that waited inside SQLite would stop all the others, and
a write transaction begins as one (``BEGIN IMMEDIATE``), so that it never fails half
way for want of the write lock.  Readers see the last commit and wait for nobody.
"""

from collections.abc import Iterator
import contextlib
import os
import threading
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy import orm
from sqlalchemy import pool

import nova.conf

CONF = nova.conf.CONF

#: How long SQLite waits for a writer in another process.
BUSY_TIMEOUT_MS = 10_000

_lock = threading.Lock()
_current: 'Database | None' = None


class Database:
    """One database and the ways into it."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == 'sqlite'
        self.is_in_memory = self.is_sqlite and self.url.database in (
            None, '', ':memory:')
        self._write_lock: Any = (
            threading.Lock() if self.is_sqlite else contextlib.nullcontext())
        # All who use a database in memory share its only connection.
        self._read_lock: Any = (
            self._write_lock if self.is_in_memory else contextlib.nullcontext())
        self.engine = self._make_engine()
        self._reader = orm.sessionmaker(self.engine, expire_on_commit=False)
        self._writer = orm.sessionmaker(
            self.engine.execution_options(nova_writes=True), expire_on_commit=False)

    @property
    def display_url(self) -> str:
        """The URL without its password."""
        return self.url.render_as_string(hide_password=True)

    def _make_engine(self) -> sa.Engine:
        if not self.is_sqlite:
            return sa.create_engine(
                self.url, pool_size=CONF.database.max_pool_size,
                max_overflow=CONF.database.max_overflow, pool_pre_ping=True)
        options: dict[str, Any] = {'pool_size': CONF.database.max_pool_size,
                                   'max_overflow': CONF.database.max_overflow}
        if self.is_in_memory:
            options = {'poolclass': pool.StaticPool,
                       'connect_args': {'check_same_thread': False}}
        else:
            _create_private_file(str(self.url.database))
        engine = sa.create_engine(self.url, **options)
        event.listen(engine, 'connect', _set_up_sqlite)
        event.listen(engine, 'begin', _begin_sqlite)
        return engine

    @contextlib.contextmanager
    def reader(self) -> Iterator[orm.Session]:
        """Give a session that reads one state of the database."""
        with self._read_lock, self._reader.begin() as session:
            yield session

    @contextlib.contextmanager
    def writer(self) -> Iterator[orm.Session]:
        """Give a session that commits at the end of the block.

        After an exception nothing of the block is in the database.
        """
        with self._write_lock, self._writer.begin() as session:
            yield session

    @contextlib.contextmanager
    def write_connection(self) -> Iterator[sa.Connection]:
        """Give a connection in a transaction, for changes of the schema."""
        engine = self.engine.execution_options(nova_writes=True)
        with self._write_lock, engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()


def _create_private_file(path: str) -> None:
    """Make sure that the file exists and that only its owner can read it."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _set_up_sqlite(connection: Any, record: Any) -> None:
    # Otherwise the driver decides itself when a transaction begins.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f'PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}')
    cursor.execute('PRAGMA journal_mode = WAL')
    cursor.execute('PRAGMA synchronous = FULL')
    cursor.execute('PRAGMA foreign_keys = ON')
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get('nova_writes', False)
    connection.exec_driver_sql('BEGIN IMMEDIATE' if writes else 'BEGIN')


def default_url() -> str:
    """Return the configured URL, or that of the file in state_path."""
    path = os.path.join(CONF.state_path, 'nova.sqlite')
    return CONF.database.connection or f'sqlite:///{path}'


def get() -> Database:
    """Return the configured database; it is not opened before it is used."""
    global _current
    url = default_url()
    with _lock:
        if _current is None or _current.url != sa.make_url(url):
            _close_current()
            _current = Database(url)
        return _current


def reset() -> None:
    """Close the database; the next use opens it again."""
    with _lock:
        _close_current()


def _close_current() -> None:
    global _current
    if _current is not None:
        _current.dispose()
    _current = None
