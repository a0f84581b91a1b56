# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Metadata in the form of Amazon's EC2, which some guests look for first."""

from typing import TYPE_CHECKING, Any

import nova.conf
from nova.virt import netutils

if TYPE_CHECKING:
    from nova import objects

CONF = nova.conf.CONF

VERSIONS = ('1.0', '2007-01-19', '2007-03-01', '2007-08-29', '2007-10-10',
            '2007-12-15', '2008-02-01', '2008-09-01', '2009-04-04', 'latest')


def versions() -> list[str]:
    """Return the versions that config drives have, the oldest first.

    All of them hold the same: what a version did not have, its readers ignore.
    """
    skipped = CONF.api.config_drive_skip_versions.split()
    return [version for version in VERSIONS if version not in skipped]


def metadata(instance: 'objects.Instance', hostname: str, zone: str,
             network_info: Any) -> dict[str, Any]:
    """Return what meta-data.json holds."""
    addresses = netutils.get_ec2_ip_info(network_info)
    ids = instance.ec2_ids
    shown: dict[str, Any] = {
        'ami-id': ids.ami_id, 'ami-launch-index': instance.launch_index or 0,
        'block-device-mapping': _block_devices(instance),
        'hostname': hostname, 'local-hostname': hostname, 'public-hostname': hostname,
        'instance-action': 'none', 'instance-id': ids.instance_id,
        'instance-type': instance.flavor.name,
        'local-ipv4': _first(addresses['fixed_ips']),
        'public-ipv4': _first(addresses['floating_ips']),
        'placement': {'availability-zone': zone},
        'reservation-id': instance.reservation_id, 'security-groups': []}
    if instance.key_name:
        shown['public-keys'] = {'0': {'_name': f'0={instance.key_name}',
                                      'openssh-key': instance.key_data}}
    return shown


def _first(addresses: list[str]) -> str:
    return addresses[0] if addresses else ''


def _block_devices(instance: 'objects.Instance') -> dict[str, str]:
    root = instance.root_device_name or '/dev/vda'
    found = {'ami': root.removeprefix('/dev/'), 'root': root}
    for name, device in (('ephemeral0', instance.default_ephemeral_device),
                         ('swap', instance.default_swap_device)):
        if device:
            found[name] = device
    return found
