# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [ephemeral_storage_encryption] group."""

from oslo_config import cfg

GROUP = cfg.OptGroup('ephemeral_storage_encryption',
                     title='Encryption of local disks')

OPTS: list[cfg.Opt] = [
    cfg.BoolOpt(
        'enabled', default=False,
        help='Encrypt local disks; only those in LVM can be.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
