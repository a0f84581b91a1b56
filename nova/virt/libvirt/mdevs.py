# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Mediated devices, and what they are made of, as Nova's dictionaries."""

from collections.abc import Iterable, Iterator
from typing import Any

from nova.virt.libvirt import config as vconfig


def mdev_capable_device(conf: vconfig.LibvirtConfigNodeDevice,
                        types: Iterable[str] | None = None) -> dict[str, Any]:
    """Return a device that mediated ones can be made of, and their types.

    :param types: leave out all others.
    """
    found = {each['type']: {key: value for key, value in each.items() if key != 'type'}
             for one in offered(conf) for each in one.mdev_types
             if types is None or each['type'] in types}
    vendor = conf.pci_capability.vendor_id if conf.pci_capability else None
    return {'dev_id': conf.name, 'vendor_id': vendor, 'types': found}


def offered(conf: vconfig.LibvirtConfigNodeDevice) -> Iterator[Any]:
    """Yield the capabilities that list types, wherever in a device they are."""
    # Those of s390, css and ap_matrix, have them within their own capability.
    for holder in (conf, conf.pci_capability, *conf.capabilities):
        found = getattr(holder, 'mdev_capability', None) or ()
        yield from found if isinstance(found, list | tuple) else (found,)


def mediated_device(conf: vconfig.LibvirtConfigNodeDevice) -> dict[str, Any]:
    """Return a mediated device: its UUID, type, parent and group."""
    mdev = conf.mdev_information
    return {'dev_id': conf.name, 'uuid': mdev.uuid or uuid_of(conf.name),
            'parent': conf.parent, 'type': mdev.type, 'iommu_group': mdev.iommu_group}


def uuid_of(name: str) -> str:
    """Return the UUID in libvirt's name of a mediated device.

    libvirt before 7.3 has nothing behind it, later ones the parent's address.
    """
    return '-'.join(name.removeprefix('mdev_').split('_')[:5])
