# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a domain carries along about the instance that it is."""

from typing import Any

from nova import objects
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings


def describe_metadata(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                      host_facts: HostFacts, settings: Settings) -> None:
    """Note the instance, its flavor, image, owner and ports."""
    instance = inputs.instance
    meta = vconfig.LibvirtConfigGuestMetaNovaInstance()
    meta.package = settings.product.package_version
    meta.name = instance.display_name or instance.uuid
    meta.creationTime = inputs.allotted.creation_time.timestamp()
    meta.roottype = 'image' if instance.image_ref else 'volume'
    meta.rootid = _base_image(instance)
    meta.owner = _owner(instance)
    meta.flavor = _flavor(inputs.flavor)
    meta.image = _image(instance)
    meta.ports = _ports(inputs)
    guest.metadata.append(meta)


def _base_image(instance: 'objects.Instance') -> str:
    """Return the image that the disk grew from, even after a shelving."""
    base = instance.system_metadata.get('image_base_image_ref')
    image: str = instance.image_ref if base is None else base
    return image


def _owner(instance: 'objects.Instance',
           ) -> vconfig.LibvirtConfigGuestMetaNovaOwner:
    owner = vconfig.LibvirtConfigGuestMetaNovaOwner()
    owner.userid = instance.user_id
    owner.projectid = instance.project_id
    owner.username = instance.system_metadata.get('owner_user_name')
    owner.projectname = instance.system_metadata.get('owner_project_name')
    return owner


def _flavor(flavor: 'objects.Flavor') -> vconfig.LibvirtConfigGuestMetaNovaFlavor:
    conf = vconfig.LibvirtConfigGuestMetaNovaFlavor()
    conf.name = flavor.name
    conf.id = flavor.flavorid
    conf.memory = flavor.memory_mb
    conf.vcpus = flavor.vcpus
    conf.ephemeral = flavor.ephemeral_gb
    conf.disk = flavor.root_gb
    conf.swap = flavor.swap
    conf.extra_specs = vconfig.LibvirtConfigGuestMetaNovaFlavorExtraSpecs(
        extra_specs=dict(flavor.extra_specs))
    return conf


def _image(instance: 'objects.Instance') -> vconfig.LibvirtConfigGuestMetaImage:
    conf = vconfig.LibvirtConfigGuestMetaImage()
    conf.uuid = _base_image(instance)
    conf.image_meta = _image_meta(objects.ImageMeta.from_instance(instance))
    return conf


def _image_meta(image: 'objects.ImageMeta') -> dict[str, Any]:
    """Return what is known of an image, in the words of the image service."""
    meta: dict[str, Any] = {
        name: str(getattr(image, name))
        for name, _tag in vconfig.LibvirtConfigGuestMetaImage.attrs
        if image.obj_attr_is_set(name)}
    properties = image.properties
    meta['properties'] = {name: str(properties.get(name))
                          for name in properties.fields
                          if properties.obj_attr_is_set(name)}
    return meta


def _ports(inputs: GuestInputs) -> vconfig.LibvirtConfigGuestMetaNovaPorts:
    conf = vconfig.LibvirtConfigGuestMetaNovaPorts()
    conf.ports = []
    for vif in inputs.network_info:
        port = vconfig.LibvirtConfigGuestMetaNovaPort(vif['id'])
        port.ips = [
            vconfig.LibvirtConfigGuestMetaNovaIp(
                ip['type'], ip['address'], ip['version'])
            for subnet in vif['network']['subnets'] for ip in subnet['ips']]
        conf.ports.append(port)
    return conf
