# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How the driver reaches back to this node's manager."""

from collections.abc import Iterator, Sequence
import contextlib
from typing import TYPE_CHECKING, Any

from nova.virt import virtapi

if TYPE_CHECKING:
    from nova import context as nova_context
    from nova import objects


class ComputeVirtAPI(virtapi.VirtAPI):
    """A node on its own: no other service ever sends it an event."""

    @contextlib.contextmanager
    def wait_for_instance_event(
        self, instance: 'objects.Instance', event_names: Sequence[Any],
        timeout: int = 300, error_callback: Any = None,
    ) -> Iterator[None]:
        """Do not wait, since nobody would send what is waited for."""
        yield

    def exit_wait_early(self, events: Sequence[Any]) -> None:
        """Nobody waits."""

    def update_compute_provider_status(
        self, context: 'nova_context.RequestContext', rp_uuid: str, enabled: bool
    ) -> None:
        """There is no scheduler that would have to know."""
