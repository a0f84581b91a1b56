# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A database for a driver that is measured without its service.

The driver notes there whether its libvirt can be reached.
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    """Make an empty database in a folder, and let nova use it."""
    import nova.conf
    from nova.db import migration
    nova.conf.CONF.set_override(
        'connection', f'sqlite:///{folder}/nova.sqlite', group='database')
    migration.db_sync()
