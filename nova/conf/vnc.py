# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [vnc] group."""

from oslo_config import cfg

GROUP = cfg.OptGroup('vnc', title='VNC consoles')

OPTS: list[cfg.Opt] = [
    cfg.BoolOpt(
        'enabled', default=True,
        help='Give guests a VNC server.'),
    cfg.HostAddressOpt(
        'server_listen', default='127.0.0.1',
        help='Address that the VNC servers of guests listen at.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
