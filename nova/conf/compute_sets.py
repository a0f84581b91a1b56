# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [compute] group: processors set apart for guests."""

from oslo_config import cfg

GROUP = cfg.OptGroup('compute', title='Compute manager')

OPTS: list[cfg.Opt] = [
    cfg.StrOpt(
        'cpu_shared_set', default=None,
        help='Host processors for floating virtual processors, as '
             '4-12,^8,15.'),
    cfg.StrOpt(
        'cpu_dedicated_set', default=None,
        help='Host processors for pinned virtual processors, as 4-12,^8,15.'),
    cfg.IntOpt(
        'max_disk_devices_to_attach', default=-1, min=-1,
        help='Disks that an instance may have; -1 sets no limit.'),
    cfg.ListOpt(
        'image_type_exclude_list', default=[],
        help='Image formats that this host does not boot.'),
    cfg.ListOpt(
        'vmdk_allowed_types', default=['streamOptimized', 'monolithicSparse'],
        help='Subformats of VMDK that are accepted.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
