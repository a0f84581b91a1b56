# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""File systems of the network that the host mounts and the guest shares."""

from typing import Any

from nova import exception
from nova import utils
from nova.i18n import _
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import usertext
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

NFS, CEPHFS = 'NFS', 'CEPHFS'


def describe_shares(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                    host_facts: HostFacts, settings: Settings) -> None:
    """Hand the shares to the guest by the tags that they are mounted under.

    :raises nova.exception.ShareProtocolNotSupported: for a share that the host
        cannot mount.
    """
    for share in inputs.assigned.shares:
        conf = vconfig.LibvirtConfigGuestFilesys()
        conf.source_type = 'mount'
        conf.accessmode = 'passthrough'
        conf.driver_type = 'virtiofs'
        conf.source_dir = mount_path(share, settings)
        conf.target_dir = _of(share, 'tag')
        guest.add_device(conf)


def mount_path(share: Any, settings: Settings) -> str:
    """Return where the host mounts a share.

    :raises nova.exception.ShareProtocolNotSupported: if it does not.
    :raises nova.exception.InvalidInput: for a location that is no text.
    """
    protocol = _of(share, 'share_proto')
    bases = {NFS: settings.share.nfs_mounts, CEPHFS: settings.share.ceph_mounts}
    if protocol not in bases:
        raise exception.ShareProtocolNotSupported(share_proto=usertext.shown(protocol))
    name = _hash_of(_of(share, 'export_location'))
    return f'{bases[protocol]}/{name}'


def _hash_of(location: str) -> str:
    try:
        return utils.get_hash_str(location)
    except UnicodeEncodeError as error:
        raise exception.InvalidInput(
            reason=_('export_location %(value)s: %(error)s')
            % {'value': usertext.quoted(location), 'error': error.reason}) from error


def _of(share: Any, name: str) -> str:
    value: str = share[name] if isinstance(share, dict) else getattr(share, name)
    return value
