# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The pools that concurrent work runs in: greenlets or native threads."""

from collections.abc import Callable
from concurrent import futures
import enum
import threading
from typing import Any

import futurist

from nova import utils
import nova.conf

CONF = nova.conf.CONF


class ExecutorType(enum.Enum):
    """What a pool is for; each kind has a limit of its own."""

    #: Short work that nothing bounds but the size of the pool.
    DEFAULT = 'default'
    #: Operations on instances that end by themselves.
    OPERATION = 'operation'
    #: Operations that wait for what a guest does, a stop or a soft reboot.
    GUEST = 'guest'
    #: Builds of instances.
    BUILD = 'build'
    #: Snapshots of instances.
    SNAPSHOT = 'snapshot'
    #: Live migrations that leave this host.
    LIVE_MIGRATION = 'live-migration'
    #: Comparisons of power states.
    SYNC_POWER_STATE = 'sync-power-state'


def get_max_concurrent_builds() -> int:
    """Return how many builds may run at once; 0 in the option means no limit."""
    return CONF.max_concurrent_builds or _default_size()


def get_max_concurrent_snapshots() -> int:
    """Return how many snapshots may be taken at once."""
    return CONF.max_concurrent_snapshots or _default_size()


def get_max_concurrent_live_migrations() -> int:
    """Return how many live migrations may leave this host at once."""
    return CONF.max_concurrent_live_migrations or _default_size()


def _default_size() -> int:
    if utils.concurrency_mode_threading():
        return int(CONF.default_thread_pool_size)
    return int(CONF.default_green_pool_size)


def get_max_concurrent_operations() -> int:
    """Return how many operations on instances may run at once."""
    if utils.concurrency_mode_threading():
        return int(CONF.executor_thread_pool_size)
    return int(CONF.default_green_pool_size)


class ExecutorsPoolSize:
    """How many workers the pool of each kind has."""

    _SIZES: dict[ExecutorType, Callable[[], int]] = {
        ExecutorType.DEFAULT: _default_size,
        ExecutorType.OPERATION: get_max_concurrent_operations,
        ExecutorType.GUEST: get_max_concurrent_operations,
        ExecutorType.BUILD: get_max_concurrent_builds,
        ExecutorType.SNAPSHOT: get_max_concurrent_snapshots,
        ExecutorType.LIVE_MIGRATION: get_max_concurrent_live_migrations,
        ExecutorType.SYNC_POWER_STATE: lambda: CONF.sync_power_state_pool_size,
    }

    @classmethod
    def get(cls, executor_type: ExecutorType) -> int:
        """Return the number of workers."""
        return int(cls._SIZES[executor_type]())


class ThreadPoolFactory:
    """Makes each pool when it is first asked for, and ends them together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._executors: dict[ExecutorType, futures.Executor] = {}

    def get_executor(self, executor_type: ExecutorType) -> futures.Executor:
        """Return the pool of that kind."""
        with self._lock:
            if executor_type not in self._executors:
                self._executors[executor_type] = self._make(executor_type)
            return self._executors[executor_type]

    @staticmethod
    def _make(executor_type: ExecutorType) -> futures.Executor:
        size = ExecutorsPoolSize.get(executor_type)
        if utils.concurrency_mode_threading():
            return futurist.ThreadPoolExecutor(size)
        return futurist.GreenThreadPoolExecutor(size)

    def shutdown_all(self) -> None:
        """End all pools once what runs in them has ended."""
        for executor in self._take_all():
            executor.shutdown(wait=True)

    def reset_all(self) -> None:
        """Forget all pools without waiting; what runs in them runs on."""
        for executor in self._take_all():
            executor.shutdown(wait=False)

    def _take_all(self) -> list[futures.Executor]:
        with self._lock:
            taken, self._executors = list(self._executors.values()), {}
        return taken


_FACTORY = ThreadPoolFactory()


def get_executor(executor_type: ExecutorType) -> futures.Executor:
    """Return this process's pool of that kind."""
    return _FACTORY.get_executor(executor_type)


def spawn(func: Callable[..., Any], *args: Any, **kwargs: Any) -> futures.Future[Any]:
    """Run a function in the default pool."""
    return spawn_on(ExecutorType.DEFAULT, func, *args, **kwargs)


def spawn_on(executor_type: ExecutorType, func: Callable[..., Any],
             *args: Any, **kwargs: Any) -> futures.Future[Any]:
    """Run a function in the pool of that kind; it waits where that is full."""
    return get_executor(executor_type).submit(func, *args, **kwargs)


def shutdown_all_executors() -> None:
    """End this process's pools once what runs in them has ended."""
    _FACTORY.shutdown_all()


def reset_all_executors() -> None:
    """Forget this process's pools without waiting."""
    _FACTORY.reset_all()
