# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What every cache of images offers, whichever driver keeps it."""

from typing import Any


class ImageCacheManager:
    """A cache of images that forgets those that nobody uses."""

    def __init__(self) -> None:
        """Make a manager that has looked at nothing yet."""

    def update(self, context: Any, all_instances: Any) -> None:
        """Remove the images that no instance has used for a while."""
        raise NotImplementedError

    def get_disk_usage(self) -> int:
        """Return the bytes of disk that the cache takes."""
        raise NotImplementedError
