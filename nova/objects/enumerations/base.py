# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How an enumeration of strings is declared.

Each upper-case constant of a class is one of its values, in the order written, and
``ALL`` holds them all.
"""

from typing import Any, ClassVar

from oslo_versionedobjects import fields

from nova import exception
from nova import usertext


class BaseNovaEnum(fields.Enum):
    """A string out of the constants of the class."""

    ALL: ClassVar[tuple[str, ...]] = ()
    #: Other spellings that users write, to the value that each stands for.
    ALIASES: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = tuple(
            value for name, value in vars(cls).items()
            if name.isupper() and name != 'ALL' and isinstance(value, str))
        if 'ALL' not in vars(cls):
            cls.ALL = own or cls.ALL

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(valid_values=type(self).ALL, **kwargs)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(valid_values={self.ALL})'

    @classmethod
    def is_valid(cls, name: str) -> bool:
        """Say whether this is exactly one of the values."""
        return name in cls.ALL

    def coerce(self, obj: Any, attr: str, value: Any) -> str:
        """Return the value; ValueError names the field and what is allowed."""
        value = self.ALIASES.get(value, value) if isinstance(value, str) else value
        if value not in self.ALL:
            raise ValueError(f'Field {attr}: {usertext.quoted(value)} is not one of '
                             f'{", ".join(self.ALL)}')
        return str(value)


class CaselessEnum(BaseNovaEnum):
    """An enumeration whose values may be written in upper case, too."""

    def coerce(self, obj: Any, attr: str, value: Any) -> str:
        """Return the value in lower case."""
        if isinstance(value, str):
            value = value.lower()
        return super().coerce(obj, attr, value)


class CanonicalEnum(CaselessEnum):
    """An enumeration with one canonical spelling for names from anywhere."""

    #: Raised for a name that is none of the values, and the name of its datum.
    _error: ClassVar[type[exception.NovaException]] = exception.InvalidInput
    _error_key: ClassVar[str] = 'reason'

    @classmethod
    def canonicalize(cls, name: str | None) -> str | None:
        """Return the canonical spelling of a name, None for None."""
        if name is None:
            return None
        value = name.lower()
        value = cls.ALIASES.get(value, value)
        if value not in cls.ALL:
            raise cls._error(**{cls._error_key: name})
        return value


def enum_field(enum: type[BaseNovaEnum]) -> type[fields.BaseEnumField]:
    """Return the class of a field that holds a value of an enumeration."""
    name = f'{enum.__name__}Field'
    return type(name, (fields.BaseEnumField,),
                {'AUTO_TYPE': enum(), '__doc__': f'A field of {enum.__name__}.'})
