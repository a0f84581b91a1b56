# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Images: what is known of the image of a server."""

from collections.abc import Mapping
import copy
from typing import Any

from nova import utils
from nova.objects import base
from nova.objects import fields
from nova.objects.image_meta_props import ImageMetaProps

__all__ = ['ImageMeta', 'ImageMetaProps']

#: The image service may answer null where there is nothing.
_EMPTY = {'name': '', 'checksum': '', 'owner': '', 'container_format': '',
          'disk_format': '', 'size': 0, 'virtual_size': 0, 'min_disk': 0,
          'min_ram': 0}


@base.NovaObjectRegistry.register
class ImageMeta(base.NovaObject):
    """An image: min_disk in GiB, min_ram in MiB, sizes in bytes."""

    VERSION = '1.8'

    fields = {
        'id': fields.UUIDField(),
        'name': fields.StringField(),
        'status': fields.StringField(),
        'visibility': fields.StringField(),
        'protected': fields.FlexibleBooleanField(),
        'checksum': fields.StringField(),
        'owner': fields.StringField(),
        'size': fields.IntegerField(),
        'virtual_size': fields.IntegerField(),
        'container_format': fields.StringField(),
        'disk_format': fields.StringField(),
        'created_at': fields.DateTimeField(nullable=True),
        'updated_at': fields.DateTimeField(nullable=True),
        'tags': fields.ListOfStringsField(),
        'direct_url': fields.StringField(),
        'min_ram': fields.IntegerField(),
        'min_disk': fields.IntegerField(),
        'properties': fields.ObjectField('ImageMetaProps'),
    }

    @classmethod
    def from_dict(cls, image_meta: Mapping[str, Any] | None) -> 'ImageMeta':
        """Make an image of what the image service answers.

        :raises ValueError: a property has a value that it cannot have.
        """
        values = copy.deepcopy(dict(image_meta or {}))
        values['properties'] = ImageMetaProps.from_dict(
            values.get('properties') or {})
        for name, empty in _EMPTY.items():
            if name in values and values[name] is None:
                values[name] = empty
        if values.get('id') is None:
            values.pop('id', None)
        return cls(**{name: value for name, value in values.items()
                      if name in cls.fields})

    @classmethod
    def from_instance(cls, instance: Any) -> 'ImageMeta':
        """Make the image of a server from what the server remembers of it."""
        image = utils.get_image_from_system_metadata(instance.system_metadata)
        image['id'] = instance.image_ref or None
        return cls.from_dict(image)

    @classmethod
    def from_image_ref(cls, context: Any, image_api: Any,
                       image_ref: str) -> 'ImageMeta':
        """Ask the image service for an image; ImageNotFound if there is none."""
        return cls.from_dict(image_api.get(context, image_ref))
