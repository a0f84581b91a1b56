# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The libvirt driver.

``compute_driver = libvirt.LibvirtDriver`` finds the class here.  It is loaded
when it is asked for, so that a single module of the package can be used without
the driver, its configuration and libvirt itself.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    if name != 'LibvirtDriver':
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from nova.virt.libvirt import driver
    return driver.LibvirtDriver
