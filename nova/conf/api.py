# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [api] group."""

from oslo_config import cfg
from oslo_config import types

GROUP = cfg.OptGroup('api', title='Compute API')

OPTS: list[cfg.Opt] = [
    cfg.IntOpt(
        'max_limit', default=1000, min=1,
        help='Items in one answer at most.'),
    cfg.StrOpt(
        'dhcp_domain', default='novalocal',
        help="Domain behind an instance's name in its metadata; empty for none."),
    cfg.StrOpt(
        'config_drive_skip_versions',
        default='1.0 2007-01-19 2007-03-01 2007-08-29 2007-10-10 2007-12-15 '
                '2008-02-01 2008-09-01',
        help='Versions of the EC2 metadata that config drives do not have, with '
             'spaces between them.'),
    cfg.ListOpt(
        'vendordata_providers', default=['StaticJSON'],
        item_type=types.String(choices=['StaticJSON']),
        help='Where vendor data comes from: StaticJSON is the file '
             'vendordata_jsonfile_path.'),
    cfg.StrOpt(
        'vendordata_jsonfile_path', default=None,
        help='File with the JSON object that every instance gets as vendor data.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
