# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [serial_console] group."""

from oslo_config import cfg

GROUP = cfg.OptGroup('serial_console', title='Serial consoles')

OPTS: list[cfg.Opt] = [
    cfg.BoolOpt(
        'enabled', default=False,
        help='Give guests a serial console over TCP.'),
    cfg.StrOpt(
        'proxyclient_address', default='127.0.0.1',
        help='Address at which proxies reach serial consoles.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
