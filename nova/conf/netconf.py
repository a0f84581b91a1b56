# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How this host is called and reached."""

import socket

from oslo_config import cfg

OPTS: list[cfg.Opt] = [
    cfg.StrOpt(
        'my_ip', default='127.0.0.1',
        help='Address of this host that others reach it at.'),
    cfg.HostDomainOpt(
        'host', default=socket.gethostname(),
        help='Name of this host, as instances remember it.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_opts(OPTS)


def list_opts() -> dict[str, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {'DEFAULT': OPTS}
