# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What Python's garbage collector looks at."""

import gc


def freeze() -> None:
    """Let the collector pass by what there is now, for good; after the start.

    A full collection stops all threads and greenlets: for 50 ms and more where it
    looks at all modules, classes and options of a service, none of which ever goes.
    What is freed without the collector still is.
    """
    gc.collect()
    gc.freeze()
