# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [database] group: where this node remembers its instances."""

from oslo_config import cfg

GROUP = cfg.OptGroup('database', title='Database')

OPTS: list[cfg.Opt] = [
    cfg.StrOpt(
        'connection', default=None, secret=True,
        help='SQLAlchemy URL; unset means SQLite in state_path.'),
    cfg.IntOpt(
        'max_pool_size', default=5,
        help='Connections kept open at most.'),
    cfg.IntOpt(
        'max_overflow', default=50,
        help='Connections opened beyond those while many are busy.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
