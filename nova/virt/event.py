# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a hypervisor driver tells the compute manager without being asked."""

import time

EVENT_LIFECYCLE_STARTED = 0
EVENT_LIFECYCLE_STOPPED = 1
EVENT_LIFECYCLE_PAUSED = 2
EVENT_LIFECYCLE_RESUMED = 3
EVENT_LIFECYCLE_SUSPENDED = 4
EVENT_LIFECYCLE_POSTCOPY_STARTED = 5
EVENT_LIFECYCLE_MIGRATION_COMPLETED = 6

NAMES = {
    EVENT_LIFECYCLE_STARTED: 'Started',
    EVENT_LIFECYCLE_STOPPED: 'Stopped',
    EVENT_LIFECYCLE_PAUSED: 'Paused',
    EVENT_LIFECYCLE_RESUMED: 'Resumed',
    EVENT_LIFECYCLE_SUSPENDED: 'Suspended',
    EVENT_LIFECYCLE_POSTCOPY_STARTED: 'Postcopy started',
    EVENT_LIFECYCLE_MIGRATION_COMPLETED: 'Migration completed',
}


class Event:
    """Something that happened at a known time.

    :param timestamp: seconds since the epoch; now where it is not given.
    """

    def __init__(self, timestamp: float | None = None) -> None:
        self.timestamp = time.time() if timestamp is None else timestamp

    def get_timestamp(self) -> float:
        """Return when it happened, in seconds since the epoch."""
        return self.timestamp


class InstanceEvent(Event):
    """Something that happened to one instance."""

    def __init__(self, uuid: str, timestamp: float | None = None) -> None:
        super().__init__(timestamp)
        self.uuid = uuid

    def get_instance_uuid(self) -> str:
        """Return the UUID of the instance it happened to."""
        return self.uuid

    def __repr__(self) -> str:
        return f'<{type(self).__name__}: {self.timestamp}, {self.uuid}>'


class LifecycleEvent(InstanceEvent):
    """A change of an instance's power state.

    :param transition: one of the ``EVENT_LIFECYCLE_*`` values.
    :raises ValueError: for any other transition.
    """

    def __init__(
        self, uuid: str, transition: int, timestamp: float | None = None
    ) -> None:
        super().__init__(uuid, timestamp)
        if transition not in NAMES:
            raise ValueError(f'transition: {transition!r} is no lifecycle transition')
        self.transition = transition

    def get_transition(self) -> int:
        """Return the transition, one of ``EVENT_LIFECYCLE_*``."""
        return self.transition

    def get_name(self) -> str:
        """Return the transition's name for people."""
        return NAMES[self.transition]

    def __repr__(self) -> str:
        return (
            f'<LifecycleEvent: {self.timestamp}, {self.uuid} => {self.get_name()}>'
        )
