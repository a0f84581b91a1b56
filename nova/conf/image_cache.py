# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [image_cache] group: base images kept on this host."""

from oslo_config import cfg

GROUP = cfg.OptGroup('image_cache', title='Image cache')

OPTS: list[cfg.Opt] = [
    cfg.IntOpt(
        'manager_interval', default=2400, min=-1,
        help='Seconds between two looks for unused base images; -1 switches '
             'them off, 0 means every minute.'),
    cfg.StrOpt(
        'subdirectory_name', default='_base',
        help='Folder of base images in instances_path.'),
    cfg.BoolOpt(
        'remove_unused_base_images', default=True,
        help='Remove base images that no instance uses any more.'),
    cfg.IntOpt(
        'remove_unused_original_minimum_age_seconds', default=86400,
        help='Seconds that an unused base image is kept.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
