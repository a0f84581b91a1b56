# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How a driver reaches back to the compute manager."""

import collections.abc
import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nova import context as nova_context
    from nova import objects


class VirtAPI:
    """What the manager offers to its driver; a manager implements it."""

    def wait_for_instance_event(
        self, instance: 'objects.Instance',
        event_names: collections.abc.Sequence[Any], timeout: int = 300,
        error_callback: Any = None,
    ) -> contextlib.AbstractContextManager[None]:
        """Wait, at the end of the block, for events from other services.

        The events count from the start of the block, so that one which comes
        while the block runs is not missed.

        :param timeout: seconds.
        """
        raise NotImplementedError

    def exit_wait_early(self, events: collections.abc.Sequence[Any]) -> None:
        """Give up waiting for some events of wait_for_instance_event()."""
        raise NotImplementedError

    def update_compute_provider_status(
        self, context: 'nova_context.RequestContext', rp_uuid: str, enabled: bool
    ) -> None:
        """Say whether a resource provider takes new instances."""
        raise NotImplementedError
