# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The libvirt driver as the service has it, for who measures it without the service."""

from collections.abc import Iterator
import contextlib
import pathlib
import tempfile
from typing import Any

from benchmarks import database

HOST = 'here'


@contextlib.contextmanager
def running(folder: str, uri: str) -> Iterator[Any]:
    """Give a driver to a block, connected; one in the life of a process.

    :param folder: where the instances are.
    :param uri: of their hypervisor.
    """
    import nova.conf
    from nova.virt import virtapi
    from nova.virt.libvirt import driver
    nova.conf.CONF([], project='nova', default_config_files=[])
    nova.conf.CONF.set_override('instances_path', folder)
    nova.conf.CONF.set_override('virt_type', 'qemu', group='libvirt')
    nova.conf.CONF.set_override('connection_uri', uri, group='libvirt')
    with tempfile.TemporaryDirectory(prefix='benchmark-') as state:
        database.make(pathlib.Path(state))
        made = driver.LibvirtDriver(virtapi.VirtAPI())
        made.init_host(HOST)
        try:
            yield made
        finally:
            made.cleanup_host(HOST)
