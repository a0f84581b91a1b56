# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [api] group."""

from oslo_config import cfg

GROUP = cfg.OptGroup('api', title='Compute API')

OPTS: list[cfg.Opt] = [
    cfg.IntOpt(
        'max_limit', default=1000, min=1,
        help='Items in one answer at most.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
