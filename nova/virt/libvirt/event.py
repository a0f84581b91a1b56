# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What libvirt's events mean: its codes become objects of ``nova.virt.event``."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import libvirt

from nova.virt import event as virtevent


class DomainEvent(NamedTuple):
    """A lifecycle event as libvirt reports it."""

    uuid: str
    #: One of VIR_DOMAIN_EVENT_*.
    kind: int
    #: What it means depends on the kind.
    detail: int
    #: Seconds since the epoch.
    timestamp: float


class LibvirtEvent(virtevent.InstanceEvent):
    """What libvirt reports of a domain, the changes of its power state aside."""

    def __repr__(self) -> str:
        words = ', '.join(f'{name}={value!r}' for name, value in vars(self).items())
        return f'<{type(self).__name__}: {words}>'


class DeviceEvent(LibvirtEvent):
    """Something happened to a device.

    :param dev: the device's alias.
    """

    def __init__(self, uuid: str, dev: str, timestamp: float | None = None) -> None:
        super().__init__(uuid, timestamp)
        self.dev = dev


class DeviceAddedEvent(DeviceEvent):
    """The domain has one more device."""


class DeviceRemovedEvent(DeviceEvent):
    """The guest let go of a device, which is gone."""


class DeviceRemovalFailedEvent(DeviceEvent):
    """The guest refused to let go of a device, which stays."""


class RebootEvent(LibvirtEvent):
    """The guest restarted its machine; the process stays."""


class JobCompletedEvent(LibvirtEvent):
    """A migration or another job of the domain ended.

    :param stats: as virDomainGetJobStats names them.
    """

    def __init__(self, uuid: str, stats: Mapping[str, Any]) -> None:
        super().__init__(uuid)
        self.stats = dict(stats)


class MigrationIterationEvent(LibvirtEvent):
    """A migration begins to send the memory once more.

    :param iteration: its number, from 1.
    """

    def __init__(self, uuid: str, iteration: int) -> None:
        super().__init__(uuid)
        self.iteration = iteration


class BlockJobEvent(LibvirtEvent):
    """A block job changed its state.

    :param disk: the target of the disk, as ``vda``.
    :param type: VIR_DOMAIN_BLOCK_JOB_TYPE_*.
    :param status: VIR_DOMAIN_BLOCK_JOB_COMPLETED, FAILED, CANCELED or READY.
    """

    def __init__(self, uuid: str, disk: str, type: int, status: int) -> None:
        super().__init__(uuid)
        self.disk = disk
        self.type = type
        self.status = status


class AgentLifecycleEvent(LibvirtEvent):
    """The guest agent appeared or went.

    :param state: VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_*.
    :param reason: VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_*.
    """

    def __init__(self, uuid: str, state: int, reason: int) -> None:
        super().__init__(uuid)
        self.state = state
        self.reason = reason


class WatchdogEvent(LibvirtEvent):
    """The watchdog of the guest fired.

    :param action: VIR_DOMAIN_EVENT_WATCHDOG_*.
    """

    def __init__(self, uuid: str, action: int) -> None:
        super().__init__(uuid)
        self.action = action


class IOErrorEvent(LibvirtEvent):
    """A disk could not be read or written.

    :param path: its source on the host.
    :param alias: the disk's alias.
    :param action: VIR_DOMAIN_EVENT_IO_ERROR_*: what became of the guest.
    :param reason: ``enospc`` or nothing.
    """

    def __init__(self, uuid: str, path: str, alias: str, action: int,
                 reason: str) -> None:
        super().__init__(uuid)
        self.path = path
        self.alias = alias
        self.action = action
        self.reason = reason


class DiskChangeEvent(LibvirtEvent):
    """The source of a disk changed.

    :param reason: VIR_DOMAIN_EVENT_DISK_CHANGE_*.
    """

    def __init__(self, uuid: str, old_path: str | None, new_path: str | None,
                 alias: str, reason: int) -> None:
        super().__init__(uuid)
        self.old_path = old_path
        self.new_path = new_path
        self.alias = alias
        self.reason = reason


class TrayChangeEvent(LibvirtEvent):
    """The tray of a drive moved.

    :param reason: VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN or CLOSE.
    """

    def __init__(self, uuid: str, alias: str, reason: int) -> None:
        super().__init__(uuid)
        self.alias = alias
        self.reason = reason


class BalloonChangeEvent(LibvirtEvent):
    """The guest gave memory back or took some.

    :param actual_kb: what it has now, in KiB.
    """

    def __init__(self, uuid: str, actual_kb: int) -> None:
        super().__init__(uuid)
        self.actual_kb = actual_kb


#: Makes an event of what libvirt passes to a callback after the domain.
Reader = Callable[..., LibvirtEvent]

#: Kinds of events beside the life cycle, VIR_DOMAIN_EVENT_ID_*, and what they become.
READERS: Mapping[int, Reader] = {
    libvirt.VIR_DOMAIN_EVENT_ID_REBOOT: RebootEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED: DeviceAddedEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED: DeviceRemovedEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED: DeviceRemovalFailedEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_JOB_COMPLETED: JobCompletedEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION: MigrationIterationEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2: BlockJobEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE: AgentLifecycleEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_WATCHDOG: WatchdogEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON: IOErrorEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_DISK_CHANGE: DiskChangeEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_TRAY_CHANGE: TrayChangeEvent,
    libvirt.VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE: BalloonChangeEvent,
}


_TRANSITIONS = {
    libvirt.VIR_DOMAIN_EVENT_STARTED: virtevent.EVENT_LIFECYCLE_STARTED,
    libvirt.VIR_DOMAIN_EVENT_STOPPED: virtevent.EVENT_LIFECYCLE_STOPPED,
    libvirt.VIR_DOMAIN_EVENT_SUSPENDED: virtevent.EVENT_LIFECYCLE_PAUSED,
    libvirt.VIR_DOMAIN_EVENT_RESUMED: virtevent.EVENT_LIFECYCLE_RESUMED,
    libvirt.VIR_DOMAIN_EVENT_PMSUSPENDED: virtevent.EVENT_LIFECYCLE_SUSPENDED,
    # Its kernel has given up; what becomes of its process is on_crash's matter.
    libvirt.VIR_DOMAIN_EVENT_CRASHED: virtevent.EVENT_LIFECYCLE_STOPPED,
}
#: Where the detail says more than the kind; None is told to nobody.
_DETAILED: dict[tuple[int, int], int | None] = {
    (libvirt.VIR_DOMAIN_EVENT_SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED):
        None,
    (libvirt.VIR_DOMAIN_EVENT_SUSPENDED, libvirt.VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY):
        virtevent.EVENT_LIFECYCLE_POSTCOPY_STARTED,
    (libvirt.VIR_DOMAIN_EVENT_STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_MIGRATED):
        virtevent.EVENT_LIFECYCLE_MIGRATION_COMPLETED,
}


def transition_of(event: DomainEvent) -> int | None:
    """Return the transition of ``nova.virt.event``, or None if it is none.

    A guest that leaves for another host is suspended first, with live migration at
    the end, else at the beginning.  That is no pause, and says nothing of how it ends
    (the job counts as under way then, and libvirt 9.0.0 answers who asks about it
    seconds later).  What follows does: post-copy has started, or the guest has gone
    and the migration is completed, or it is resumed here since that failed.  All who
    listen are told so, whoever moved it: a guest that an operator has moved is one
    to look at.
    """
    kind = event.kind
    return _DETAILED.get((kind, event.detail), _TRANSITIONS.get(kind))


#: What a guest does, in the words of the transition that led there.
_RUNS = virtevent.EVENT_LIFECYCLE_RESUMED
_PAUSED = virtevent.EVENT_LIFECYCLE_PAUSED
_SLEEPS = virtevent.EVENT_LIFECYCLE_SUSPENDED
_OFF = virtevent.EVENT_LIFECYCLE_STOPPED
_STARTED = virtevent.EVENT_LIFECYCLE_STARTED

_MEANING_OF_STATE = {
    libvirt.VIR_DOMAIN_RUNNING: _RUNS,
    libvirt.VIR_DOMAIN_BLOCKED: _RUNS,
    # Its last moments; an event tells when it is off.
    libvirt.VIR_DOMAIN_SHUTDOWN: _RUNS,
    libvirt.VIR_DOMAIN_PAUSED: _PAUSED,
    libvirt.VIR_DOMAIN_PMSUSPENDED: _SLEEPS,
    libvirt.VIR_DOMAIN_SHUTOFF: _OFF,
    libvirt.VIR_DOMAIN_CRASHED: _OFF,
}
#: Reasons of VIR_DOMAIN_PAUSED that are no pause, and what the state is then.
_PASSING = {
    libvirt.VIR_DOMAIN_PAUSED_STARTING_UP: libvirt.VIR_DOMAIN_SHUTOFF,
    libvirt.VIR_DOMAIN_PAUSED_MIGRATION: libvirt.VIR_DOMAIN_RUNNING,
    libvirt.VIR_DOMAIN_PAUSED_POSTCOPY: libvirt.VIR_DOMAIN_RUNNING,
}


def settled_state(state: int, reason: int | None) -> int:
    """Return the state, VIR_DOMAIN_*, that events tell of.

    One that is only starting is off yet, one that is being moved runs.
    """
    if state != libvirt.VIR_DOMAIN_PAUSED or reason is None:
        return state
    settled: int = _PASSING.get(reason, state)
    return settled


#: The guest runs, or is about to, whichever host it is on.
_MOVES = ((libvirt.VIR_DOMAIN_EVENT_SUSPENDED,
           libvirt.VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED),
          (libvirt.VIR_DOMAIN_EVENT_SUSPENDED,
           libvirt.VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY))
_MEANING_OF_KIND = {
    libvirt.VIR_DOMAIN_EVENT_STARTED: _RUNS,
    libvirt.VIR_DOMAIN_EVENT_RESUMED: _RUNS,
    libvirt.VIR_DOMAIN_EVENT_SUSPENDED: _PAUSED,
    libvirt.VIR_DOMAIN_EVENT_PMSUSPENDED: _SLEEPS,
    libvirt.VIR_DOMAIN_EVENT_STOPPED: _OFF,
    libvirt.VIR_DOMAIN_EVENT_CRASHED: _OFF,
}


class GuestStates:
    """What each guest did when it was last heard of.

    Events alone leave a gap while there is no connection; :meth:`catch_up` closes
    it, and :meth:`take` then drops what arrives late of the same news.
    """

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        #: Transitions that were told before their events, by guest, which may come.
        self._made_up: dict[str, list[int]] = {}

    def take(self, event: DomainEvent) -> virtevent.LifecycleEvent | None:
        """Note an event of libvirt and return what to tell of it, if anything."""
        self._note(event)
        transition = transition_of(event)
        if transition is None:
            return None
        is_told = event.uuid in self._made_up and self._is_late(event.uuid, transition)
        if event.kind == libvirt.VIR_DOMAIN_EVENT_CRASHED:
            # Its process may end at once, when somebody has looked at it, or never.
            self._made_up[event.uuid] = [transition]
        if is_told:
            return None
        return virtevent.LifecycleEvent(event.uuid, transition, event.timestamp)

    def _is_late(self, uuid: str, transition: int) -> bool:
        """Tell whether an event was told of already, without having come."""
        made_up = self._made_up.pop(uuid)
        if transition not in made_up:
            return False
        made_up.remove(transition)
        if made_up:
            self._made_up[uuid] = made_up
        return True

    def _note(self, event: DomainEvent) -> None:
        meaning = _MEANING_OF_KIND.get(event.kind)
        if (event.kind, event.detail) in _MOVES:
            self._known[event.uuid] = _RUNS
        elif meaning is not None:
            self._known[event.uuid] = meaning
        elif (event.kind == libvirt.VIR_DOMAIN_EVENT_UNDEFINED
              and self._known.get(event.uuid) == _OFF):
            del self._known[event.uuid]

    def begin(self, states: Mapping[str, int], heard: Collection[str] = ()) -> None:
        """Note where all guests stand, without any news in it.

        :param states: VIR_DOMAIN_* by UUID.
        :param heard: guests of which there are events that may be newer.
        """
        kept = {uuid: known for uuid, known in self._known.items() if uuid in heard}
        self._known = kept | {uuid: _MEANING_OF_STATE.get(state, _OFF)
                              for uuid, state in states.items() if uuid not in heard}
        self._made_up = {uuid: steps for uuid, steps in self._made_up.items()
                         if uuid in states or uuid in heard}

    def catch_up(self, states: Mapping[str, int],
                 heard: Collection[str] = ()) -> list[virtevent.LifecycleEvent]:
        """Return as events what changed since the guests were last heard of.

        :param states: VIR_DOMAIN_* by UUID, of all guests; one that is missing is
            gone.
        :param heard: guests of which there are events that may be newer.
        """
        before = self._known
        self.begin(states, heard)
        found = []
        for uuid in before | self._known:
            steps = _steps(before.get(uuid, _OFF), self._known.get(uuid, _OFF))
            if steps:
                self._made_up[uuid] = _late_news(steps)
                found += [virtevent.LifecycleEvent(uuid, step) for step in steps]
        return found


def _steps(was: int, is_now: int) -> tuple[int, ...]:
    """Return the transitions that lead from one state to another."""
    if was == is_now:
        return ()
    if was != _OFF:
        return (is_now,)
    return (_STARTED,) if is_now == _RUNS else (_STARTED, is_now)


def _late_news(steps: tuple[int, ...]) -> list[int]:
    """Return the transitions whose events may still come after these were told."""
    # A start is reported as CPUs that go on, and then as the start.
    return [*steps, _RUNS] if _STARTED in steps else list(steps)
