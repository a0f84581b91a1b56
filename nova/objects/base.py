# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What all objects have in common."""

from collections.abc import Iterable, Iterator
import contextlib
from typing import Any, Self

from oslo_versionedobjects import base as ovo_base

from nova import objects
from nova.objects import fields


class NovaObjectRegistry(ovo_base.VersionedObjectRegistry):
    """Makes each registered class an attribute of ``nova.objects``."""

    def registration_hook(self, cls: type, index: int) -> None:
        """Publish a class unless a newer version of it is already there."""
        if index == 0:
            setattr(objects, cls.__name__, cls)


class NovaObject(ovo_base.VersionedObject):
    """Base of every object."""

    OBJ_SERIAL_NAMESPACE = 'nova_object'
    OBJ_PROJECT_NAMESPACE = 'nova'

    def obj_attr_is_set(self, attrname: str) -> bool:
        """Tell whether a field has a value; AttributeError if there is no such field.

        Describing a guest asks some two hundred times.
        """
        if attrname in self.fields:
            return f'_obj_{attrname}' in vars(self)
        is_set: bool = super().obj_attr_is_set(attrname)
        return is_set

    @contextlib.contextmanager
    def obj_alternate_context(self, context: Any) -> Iterator[None]:
        """Act with another context for the length of a block."""
        original, self._context = self._context, context
        try:
            yield
        finally:
            self._context = original

    def obj_reset_changes(self, fields: Iterable[str] | None = None,
                          recursive: bool = False) -> None:
        """Forget which fields were changed; not what they were before."""
        names = None if fields is None else list(fields)
        if names == []:
            return
        super().obj_reset_changes(fields=names, recursive=recursive)

    @classmethod
    def obj_from_json(cls, primitive: Any, context: Any = None) -> Self | None:
        """Make an object of what a JSON column holds."""
        if primitive is None:
            return None
        obj = cls.obj_from_primitive(primitive, context)
        obj.obj_reset_changes(recursive=True)
        return obj


class NovaObjectDictCompat(ovo_base.VersionedObjectDictCompat):
    """Lets an object be read as a dict, which oslo.log does with an instance."""


class NovaTimestampObject(ovo_base.VersionedObjectMixin):
    """An object that knows when it was made and last changed."""

    fields = {
        'created_at': fields.DateTimeField(nullable=True),
        'updated_at': fields.DateTimeField(nullable=True),
    }


class NovaPersistentObject(ovo_base.VersionedObjectMixin):
    """An object that is a row of the database."""

    fields = {
        'created_at': fields.DateTimeField(nullable=True),
        'updated_at': fields.DateTimeField(nullable=True),
        'deleted_at': fields.DateTimeField(nullable=True),
        'deleted': fields.BooleanField(default=False),
    }


class NovaEphemeralObject(NovaObject):
    """An object that is never stored and whose unset fields read as defaults."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj_set_defaults_if_any()

    def obj_set_defaults_if_any(self) -> None:
        """Set the default of each field that has one and is unset."""
        names = [name for name, field in self.fields.items()
                 if field.default is not fields.UnspecifiedDefault]
        if names:
            self.obj_set_defaults(*names)


class ObjectListBase(ovo_base.ObjectListBase):
    """A list of objects that is itself an object."""


def obj_make_list(context: Any, list_obj: Any, item_cls: Any,
                  db_list: Iterable[Any], **extra_args: Any) -> Any:
    """Fill a list object from rows, one ``item_cls`` each."""
    list_obj.objects = [
        item_cls._from_db_object(context, item_cls(context), row, **extra_args)
        for row in db_list]
    list_obj._context = context
    list_obj.obj_reset_changes()
    return list_obj


def obj_to_primitive(obj: Any) -> Any:
    """Turn an object into plain dicts and lists, without version data."""
    if isinstance(obj, ObjectListBase):
        return [obj_to_primitive(item) for item in obj]
    if not isinstance(obj, NovaObject):
        return obj
    return {name: obj_to_primitive(getattr(obj, name))
            for name in obj.obj_fields
            if obj.obj_attr_is_set(name) or name in obj.obj_extra_fields}
