# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Snapshots that libvirt takes of a domain."""

import libvirt

from nova import exception
from nova.virt.libvirt import agent as libvirt_agent
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import domain as libvirt_domain
from nova.virt.libvirt import errors


class Snapshots:
    """The snapshots of one domain.

    :param agent: who freezes the guest's file systems.
    """

    def __init__(self, domain: libvirt_domain.Domain,
                 agent: libvirt_agent.GuestAgent) -> None:
        self._domain = domain
        self._agent = agent

    def create(self, conf: vconfig.LibvirtConfigGuestSnapshot,
               no_metadata: bool = False, disk_only: bool = False,
               reuse_ext: bool = False, quiesce: bool = False,
               atomic: bool = False) -> None:
        """Take a snapshot as described.

        After a failure the guest runs on and writes where it wrote, also when only
        one of several disks could not follow; its file systems are not frozen.  An
        agent that does not answer is found out before anything is done.

        :param no_metadata: libvirt is not to remember the snapshot.
        :param disk_only: without the memory.
        :param reuse_ext: the new files are there already.
        :param quiesce: have the guest's agent freeze the file systems meanwhile.
        :param atomic: refuse what could fail halfway.
        """
        choices = ((no_metadata, libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA),
                   (disk_only, libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY),
                   (reuse_ext, libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT),
                   (quiesce, libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE),
                   (atomic, libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC))
        flags = sum(flag for chosen, flag in choices if chosen)
        if quiesce:
            self._agent.require_answer()
        with self._domain.asked() as raw:
            raw.snapshotCreateXML(conf.to_xml(), flags=flags)

    def list(self) -> list[vconfig.LibvirtConfigGuestSnapshot]:
        """Return the snapshots that libvirt remembers, oldest first."""
        flags = libvirt.VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL
        with self._domain.asked() as raw:
            documents = [raw.snapshotLookupByName(name).getXMLDesc()
                         for name in raw.snapshotListNames(flags)]
        return [_parsed(document) for document in documents]

    def delete(self, conf: vconfig.LibvirtConfigGuestSnapshot,
               children: bool = False, metadata_only: bool = False) -> None:
        """Forget a snapshot and what it kept; one that is gone is no error.

        After a failure it is still there.

        :param conf: only its name matters.
        :param children: with all that were taken after it.
        :param metadata_only: leave the files.
        """
        choices = (
            (children, libvirt.VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN),
            (metadata_only, libvirt.VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY))
        flags = sum(flag for chosen, flag in choices if chosen)
        try:
            with self._domain.asked() as raw:
                raw.snapshotLookupByName(conf.name).delete(flags)
        except exception.InternalError as error:
            if not errors.is_no_snapshot(error.__cause__):
                raise


def _parsed(document: str) -> vconfig.LibvirtConfigGuestSnapshot:
    conf = vconfig.LibvirtConfigGuestSnapshot()
    conf.parse_str(document)
    return conf
