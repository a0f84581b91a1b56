# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The one word that clients are shown for the state of a server."""

from collections.abc import Iterable

from nova.compute import task_states
from nova.compute import vm_states

_RESIZE = {state: 'RESIZE' for state in (
    task_states.RESIZE_PREP, task_states.RESIZE_MIGRATING,
    task_states.RESIZE_MIGRATED, task_states.RESIZE_FINISH)}
_REBUILD = {state: 'REBUILD' for state in (
    task_states.REBUILDING, task_states.REBUILD_BLOCK_DEVICE_MAPPING,
    task_states.REBUILD_SPAWNING)}
_MIGRATE = {task_states.MIGRATING: 'MIGRATING'}
_REBOOT = {
    task_states.REBOOTING: 'REBOOT',
    task_states.REBOOT_PENDING: 'REBOOT',
    task_states.REBOOT_STARTED: 'REBOOT',
    task_states.REBOOTING_HARD: 'HARD_REBOOT',
    task_states.REBOOT_PENDING_HARD: 'HARD_REBOOT',
    task_states.REBOOT_STARTED_HARD: 'HARD_REBOOT',
}

#: By VM state: the word without a task, and the words of tasks that matter.
_STATUSES: dict[str, tuple[str, dict[str, str]]] = {
    vm_states.ACTIVE: ('ACTIVE', {
        **_REBOOT, **_REBUILD, **_RESIZE, **_MIGRATE,
        task_states.UPDATING_PASSWORD: 'PASSWORD'}),
    vm_states.BUILDING: ('BUILD', {}),
    vm_states.STOPPED: ('SHUTOFF', {**_RESIZE, **_REBUILD}),
    vm_states.RESIZED: ('VERIFY_RESIZE', {
        task_states.RESIZE_REVERTING: 'REVERT_RESIZE'}),
    vm_states.PAUSED: ('PAUSED', _MIGRATE),
    vm_states.SUSPENDED: ('SUSPENDED', {}),
    vm_states.RESCUED: ('RESCUE', {}),
    vm_states.ERROR: ('ERROR', _REBUILD),
    vm_states.DELETED: ('DELETED', {}),
    vm_states.SOFT_DELETE: ('SOFT_DELETED', {}),
    vm_states.SHELVED: ('SHELVED', {}),
    vm_states.SHELVED_OFFLOADED: ('SHELVED_OFFLOADED', {}),
}

#: Statuses during which the progress of a task is shown.
WITH_PROGRESS = frozenset((
    'ACTIVE', 'BUILD', 'DELETED', 'MIGRATING', 'PASSWORD', 'REBUILD', 'RESIZE',
    'VERIFY_RESIZE', 'REVERT_RESIZE'))

#: Statuses that come with the fault that led to them.
WITH_FAULT = frozenset(('ERROR', 'DELETED'))


def of(vm_state: str | None, task_state: str | None = None) -> str:
    """Return the status of a server."""
    word, by_task = _STATUSES.get(vm_state or '', ('UNKNOWN', {}))
    return by_task.get(task_state or '', word)


def states_of(statuses: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the VM states, and the task states, that statuses stand for.

    :returns: no task states where a status includes servers without a task;
        no VM states where no status is known.
    """
    wanted = {status.upper() for status in statuses}
    vm_found: set[str] = set()
    task_found: set[str] = set()
    any_task = False
    for vm_state, (word, by_task) in _STATUSES.items():
        tasks = {task for task, name in by_task.items() if name in wanted}
        if word in wanted or tasks:
            vm_found.add(vm_state)
        task_found |= tasks
        any_task = any_task or word in wanted
    return sorted(vm_found), [] if any_task else sorted(task_found)
