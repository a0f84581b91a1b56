# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [libvirt] group: everything that only the libvirt driver reads."""

from oslo_config import cfg

GROUP = cfg.OptGroup('libvirt', title='libvirt driver')

OPTS: list[cfg.Opt] = [
    cfg.StrOpt(
        'virt_type', default='kvm', choices=['kvm', 'lxc', 'qemu', 'parallels'],
        help='Kind of domain: kvm for hardware acceleration, qemu for '
             'emulation.'),
    cfg.StrOpt(
        'connection_uri', default='',
        help="URI of libvirt; empty means the system's daemon for the "
             'virt_type.'),
    cfg.StrOpt(
        'images_type',
        default='default',
        choices=['raw', 'flat', 'qcow2', 'lvm', 'rbd', 'ploop', 'default'],
        help='What root disks are made of; default follows use_cow_images.'),
    cfg.StrOpt(
        'images_volume_group', default=None,
        help='LVM volume group of disks with images_type lvm.'),
    cfg.StrOpt(
        'images_rbd_pool', default='rbd',
        help='Ceph pool of disks with images_type rbd.'),
    cfg.IntOpt(
        'images_cpu_time_limit', default=30,
        help='Seconds of processor time that qemu-img may use on an image; '
             'the formats of others are parsed there.'),
    cfg.IntOpt(
        'images_address_space_limit', default=2,
        help='Address space in GiB that qemu-img may use on an image.'),
    cfg.StrOpt(
        'hw_disk_discard', default=None, choices=['ignore', 'unmap'],
        help='What becomes of discarded blocks of root disks.'),
    cfg.StrOpt(
        'rbd_user', default=None,
        help='Whom images and volumes in Ceph are opened as.'),
    cfg.StrOpt(
        'rbd_secret_uuid', default=None,
        help="UUID of libvirt's secret with the key of rbd_user."),
    cfg.StrOpt(
        'nfs_mount_point_base', default='$state_path/mnt',
        help='Folder that volumes and shares on NFS are mounted in.'),
    cfg.StrOpt(
        'ceph_mount_point_base', default='$state_path/mnt',
        help='Folder that shares on CephFS are mounted in.'),
    cfg.StrOpt(
        'quobyte_mount_point_base', default='$state_path/mnt',
        help='Folder that volumes on Quobyte are mounted in.'),
    cfg.BoolOpt(
        'use_default_aio_mode_for_volumes', default=False,
        help='Leave it to QEMU how it waits for volumes, instead of native I/O.'),
    cfg.StrOpt(
        'disk_prefix', default=None,
        help="Prefix of the names of disks instead of the bus's own."),
    cfg.ListOpt(
        'disk_cachemodes', default=[],
        help='Cache modes by source type, as file=none,network=writeback.'),
    cfg.ListOpt(
        'hw_machine_type', default=None,
        help='Machine types by architecture, as x86_64=q35,aarch64=virt.'),
    cfg.StrOpt(
        'cpu_mode',
        default=None,
        choices=['host-model', 'host-passthrough', 'custom', 'none'],
        help='Processor model of guests; unset means host-model with kvm and '
             'qemu, none with others.'),
    cfg.ListOpt(
        'cpu_models', default=[],
        help='Processor models for cpu_mode custom, the plainest first.'),
    cfg.ListOpt(
        'cpu_model_extra_flags', default=[],
        help='Processor features to add, as pcid,+ssbd,-mtrr.'),
    cfg.StrOpt(
        'sysinfo_serial',
        default='unique',
        choices=['none', 'os', 'hardware', 'auto', 'unique'],
        help='Where the serial number in the SMBIOS table comes from.'),
    cfg.StrOpt(
        'rng_dev_path', default='/dev/urandom',
        help="Host device that guests' random number generators draw from."),
    cfg.IntOpt(
        'mem_stats_period_seconds', default=10,
        help='Seconds between two updates of memory statistics; 0 or less '
             'switches them off.'),
    cfg.IntOpt(
        'realtime_scheduler_priority', default=1,
        help='Priority of realtime virtual processors.'),
    cfg.ListOpt(
        'enabled_perf_events', default=[],
        help='Performance events that are measured for each guest.'),
    cfg.IntOpt(
        'num_pcie_ports', default=0, min=0, max=28,
        help='PCIe root ports of q35 and virt guests, for devices plugged in '
             'later; 0 leaves it to libvirt.'),
    cfg.IntOpt(
        'file_backed_memory', default=0, min=0,
        help='Memory in MiB that guests get from files; 0 switches it off.'),
    cfg.IntOpt(
        'tb_cache_size', default=None, min=0,
        help='Size in MiB of the translation cache of emulated guests.'),
    cfg.ListOpt(
        'uid_maps', default=[],
        help='Maps of user ids of lxc guests, as guest-uid:host-uid:count.'),
    cfg.ListOpt(
        'gid_maps', default=[],
        help='Maps of group ids of lxc guests, as guest-gid:host-gid:count.'),
    cfg.BoolOpt(
        'use_virtio_for_bridges', default=True,
        help='Use virtio for network interfaces of guests that do not ask '
             'for a model.'),
    cfg.IntOpt(
        'rx_queue_size', default=None, choices=[256, 512, 1024],
        help='Size of the receive queue of virtio interfaces.'),
    cfg.IntOpt(
        'tx_queue_size', default=None, choices=[256, 512, 1024],
        help='Size of the transmit queue of vhost-user interfaces.'),
    cfg.IntOpt(
        'max_queues', default=None, min=1,
        help='Queues of a multiqueue interface at most; unset means the '
             "kernel's limit."),
    cfg.IntOpt(
        'device_detach_attempts', default=8, min=1,
        help='How often a guest is asked to let go of a device.'),
    cfg.IntOpt(
        'device_detach_timeout', default=20, min=1,
        help='Seconds that the guest is given each time.'),
    cfg.IntOpt(
        'wait_soft_reboot_seconds', default=120,
        help='Seconds that a guest is given to shut down in a soft reboot '
             'before a hard one.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
