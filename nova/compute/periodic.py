# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the manager does again and again."""

from collections.abc import Callable, Sequence
import dataclasses
import random
from typing import TYPE_CHECKING, Any

from oslo_log import log as logging
from oslo_service import backend

from nova import exception
import nova.conf

if TYPE_CHECKING:
    from nova.compute import manager as compute_manager

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

_DEFAULT_INTERVAL_S = 60


@dataclasses.dataclass(frozen=True)
class Task:
    """One thing that is done again and again.

    :param interval_s: seconds from begin to begin; 0 means every minute, a
        negative value never.
    """

    run: Callable[[], None]
    interval_s: int

    def run_safely(self) -> None:
        """Run it; a failure is logged, and the next time may be better."""
        try:
            self.run()
        except exception.HypervisorUnavailable as error:
            LOG.warning('%s has to wait: %s', self.run.__name__, error)
        except Exception:  # noqa: BLE001
            LOG.exception('%s failed', self.run.__name__)


def tasks_of(manager: 'compute_manager.ComputeManager') -> tuple[Task, ...]:
    """Return what a manager does again and again, as it is configured."""
    return (
        Task(manager.update_available_resource, CONF.update_resources_interval),
        Task(manager.sync_power_states, CONF.sync_power_state_interval),
        Task(manager.run_image_cache_manager_pass,
             CONF.image_cache.manager_interval),
    )


class PeriodicTasks:
    """Runs tasks, each in a loop of its own, until it is stopped."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        self._loops: list[Any] = []

    def start(self) -> None:
        """Begin, after a random delay, unless periodic tasks are switched off."""
        if not CONF.periodic_enable:
            return
        # Looked up late: the first use decides between greenlets and threads.
        looping_call = backend.get_component('FixedIntervalLoopingCall')
        for task in self._tasks:
            if task.interval_s < 0:
                continue
            loop = looping_call(task.run_safely)
            loop.start(task.interval_s or _DEFAULT_INTERVAL_S,
                       initial_delay=_first_delay_s(task))
            self._loops.append(loop)

    def stop(self) -> None:
        """Begin none of them any more."""
        for loop in self._loops:
            loop.stop()
        self._loops.clear()


def _first_delay_s(task: Task) -> float:
    """Return a delay; the start itself did what the tasks would do now."""
    fuzz = CONF.periodic_fuzzy_delay
    return min(task.interval_s or _DEFAULT_INTERVAL_S, _DEFAULT_INTERVAL_S) + (
        random.uniform(0, fuzz) if fuzz else 0)  # nosec B311
