# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What the compute manager does with instances."""

from oslo_config import cfg
from oslo_config import types

OPTS: list[cfg.Opt] = [
    cfg.StrOpt(
        'compute_driver', default=None,
        help='Class of the hypervisor driver, relative to nova.virt.'),
    cfg.StrOpt(
        'instances_path', default='$state_path/instances',
        help='Folder that holds a folder for each instance.'),
    cfg.StrOpt(
        'instance_name_template', default='instance-%08x',
        help="Name of an instance's domain; %-formatted with its number."),
    cfg.BoolOpt(
        'force_raw_images', default=True,
        help='Convert what is fetched to raw before it becomes a base image; '
             'a base is then read faster and takes more room.'),
    cfg.BoolOpt(
        'use_cow_images', default=True,
        help='Make root disks as qcow2 overlays of a cached base where '
             'images_type is default; else as raw copies.'),
    cfg.StrOpt(
        'preallocate_images', default='none', choices=['none', 'space'],
        help='Reserve the room of a disk when it is made: space reserves it '
             'in full.'),
    cfg.BoolOpt(
        'force_config_drive', default=False,
        help='Give every instance a config drive.'),
    cfg.StrOpt(
        'config_drive_format', default='iso9660', choices=['iso9660', 'vfat'],
        help='Format of config drives.'),
    cfg.IntOpt(
        'max_concurrent_builds', default=10, min=0,
        help='Builds that run at once; 0 sets no limit.'),
    cfg.IntOpt(
        'max_concurrent_snapshots', default=5, min=0,
        help='Snapshots that are taken at once; 0 sets no limit.'),
    cfg.IntOpt(
        'max_concurrent_live_migrations', default=1, min=0,
        help='Live migrations that leave this host at once; 0 sets no limit.'),
    cfg.IntOpt(
        'sync_power_state_pool_size', default=5, min=1,
        help='Power states that are compared at once.'),
    cfg.IntOpt(
        'sync_power_state_interval', default=600,
        help='Seconds between two comparisons of all power states; a '
             'negative value switches them off.'),
    cfg.IntOpt(
        'update_resources_interval', default=0,
        help="Seconds between two updates of the host's resources; 0 means "
             'every minute, a negative value never.'),
    cfg.IntOpt(
        'shutdown_timeout', default=60, min=0,
        help='Seconds that a guest is given to shut down before it is '
             'powered off.'),
    cfg.IntOpt(
        'reserved_host_memory_mb', default=512, min=0,
        help='Memory in MiB that instances never get.'),
    cfg.IntOpt(
        'reserved_host_disk_mb', default=0, min=0,
        help='Disk space in MiB that instances never get.'),
    cfg.IntOpt(
        'reserved_host_cpus', default=0, min=0,
        help='Processors that instances never get.'),
    cfg.FloatOpt(
        'cpu_allocation_ratio', default=None, min=0.0,
        help='Virtual processors promised for each one of the host; unset '
             'means initial_cpu_allocation_ratio.'),
    cfg.FloatOpt(
        'ram_allocation_ratio', default=None, min=0.0,
        help='Memory promised for what the host has; unset means '
             'initial_ram_allocation_ratio.'),
    cfg.FloatOpt(
        'disk_allocation_ratio', default=None, min=0.0,
        help='Disk promised for what the host has; unset means '
             'initial_disk_allocation_ratio.'),
    cfg.FloatOpt(
        'initial_cpu_allocation_ratio', default=4.0, min=0.0,
        help='Processor allocation ratio where cpu_allocation_ratio is '
             'unset.'),
    cfg.FloatOpt(
        'initial_ram_allocation_ratio', default=1.0, min=0.0,
        help='Memory allocation ratio where ram_allocation_ratio is unset.'),
    cfg.FloatOpt(
        'initial_disk_allocation_ratio', default=1.0, min=0.0,
        help='Disk allocation ratio where disk_allocation_ratio is unset.'),
    cfg.StrOpt(
        'pointer_model', default='usbtablet', choices=['ps2mouse', 'usbtablet', None],
        help='Pointing device of guests that do not ask for one.'),
    cfg.BoolOpt(
        'resume_guests_state_on_host_boot', default=False,
        help='Start the guests that ran before the host went down.'),
    cfg.StrOpt(
        'vcpu_pin_set', default=None,
        help='Host processors for guests; cpu_shared_set and '
             'cpu_dedicated_set replace it.'),
    cfg.MultiOpt(
        'reserved_huge_pages', item_type=types.Dict(), default=None,
        help='Pages of the host that guests do not get, of one node and size each, '
             'in KiB or with its unit: node:0,size:2048,count:64 or '
             'node:1,size:1GB,count:2.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_opts(OPTS)


def list_opts() -> dict[str, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {'DEFAULT': OPTS}
