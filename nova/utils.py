# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Names of ``nova.utils`` that the driver and the service use."""

from collections.abc import Iterator
import contextlib
import datetime
import hashlib
import re
import shutil
import tempfile
from types import ModuleType
from typing import Any, TypeVar

from oslo_log import log as logging
from oslo_utils import timeutils

from nova import exception
from nova import monkey_patch
from nova import usertext
from nova.i18n import _

LOG = logging.getLogger(__name__)
T = TypeVar('T')

#: System metadata keys that hold what an instance was told about its image.
SM_IMAGE_PROP_PREFIX = 'image_'
SM_INHERITABLE_KEYS = (
    'min_ram', 'min_disk', 'disk_format', 'container_format')


def concurrency_mode_threading() -> bool:
    """Tell whether this process runs native threads rather than greenlets."""
    return not monkey_patch.is_patched()


def get_eventlet() -> ModuleType:
    """Return eventlet.

    :raises RuntimeError: if the process runs native threads.
    """
    if concurrency_mode_threading():
        raise RuntimeError('eventlet is not in use in this process')
    import eventlet
    module: ModuleType = eventlet
    return module


def tpool_wrap(target: T, autowrap: tuple[type, ...] = ()) -> T:
    """Let calls of an object's methods block without stopping the hub.

    :param target: the object, whose methods may block in C code.
    :param autowrap: types of results that are wrapped likewise.
    :returns: under eventlet a proxy whose calls run in native threads, else the
        object itself.
    """
    if concurrency_mode_threading():
        return target
    from eventlet import tpool
    proxy: T = tpool.Proxy(target, autowrap=autowrap)
    return proxy


def cooperative_yield() -> None:
    """Let other greenlets run; with native threads there is no need."""
    if not concurrency_mode_threading():
        get_eventlet().sleep(0)


def sanitize_hostname(hostname: str, default_name: str | None = None) -> str:
    """Turn a display name into a host name (RFC 1123 letters, digits, hyphens).

    :param default_name: what to answer where nothing usable remains.
    :returns: at most 63 characters, lower case.
    """
    name = hostname.encode('latin-1', 'ignore').decode('latin-1')
    name = re.sub(r'[ _]', '-', name)
    name = re.sub(r'[^a-zA-Z0-9.-]+', '', name).lower().strip('.-')
    name = name[:63].strip('.-')
    return name or (default_name or '')[:63]


def safe_truncate(value: str, length: int) -> str:
    """Cut a text to at most ``length`` bytes of UTF-8, at a character's end."""
    return value.encode('utf-8')[:length].decode('utf-8', 'ignore')


def validate_integer(value: object, name: str, min_value: int | None = None,
                     max_value: int | None = None) -> int:
    """Return the integer that a text or number stands for.

    :raises exception.InvalidInput: if it is none or lies outside the bounds.
    """
    try:
        number = int(str(value))
    except ValueError:
        raise exception.InvalidInput(
            reason=_('%(name)s must be an integer, not %(value)r')
            % {'name': name, 'value': value}) from None
    if min_value is not None and number < min_value:
        raise exception.InvalidInput(
            reason=_('%(name)s must be at least %(min)d, not %(value)d')
            % {'name': name, 'min': min_value, 'value': number})
    if max_value is not None and number > max_value:
        raise exception.InvalidInput(
            reason=_('%(name)s must be at most %(max)d, not %(value)d')
            % {'name': name, 'max': max_value, 'value': number})
    return number


def generate_hostid(host: str | None, project_id: str | None) -> str:
    """Return the opaque name of a host that one project is shown."""
    if not host:
        return ''
    return hashlib.sha224(f'{project_id}{host}'.encode()).hexdigest()


def get_hash_str(base_str: str | bytes) -> str:
    """Return the MD5 of a text in hexadecimal; a name, not a protection."""
    data = base_str.encode() if isinstance(base_str, str) else base_str
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def get_sha256_str(base_str: str | bytes) -> str:
    """Return the SHA-256 of a text in hexadecimal."""
    data = base_str.encode() if isinstance(base_str, str) else base_str
    return hashlib.sha256(data).hexdigest()


def isotime(at: datetime.datetime | None = None) -> str:
    """Return a time (now by default) as ``YYYY-MM-DDTHH:MM:SSZ``."""
    return (at or timeutils.utcnow()).strftime('%Y-%m-%dT%H:%M:%SZ')


@contextlib.contextmanager
def tempdir(**kwargs: Any) -> Iterator[str]:
    """Give a temporary folder, in ``[DEFAULT] tempdir``, and remove it."""
    # Here and not above: who asks only for the kind of threads reads no options.
    import nova.conf
    kwargs.setdefault('dir', nova.conf.CONF.tempdir)
    path = tempfile.mkdtemp(**kwargs)
    try:
        yield path
    finally:
        try:
            shutil.rmtree(path)
        except OSError as error:
            LOG.error('Could not remove %s: %s', path, error)


def get_system_metadata_from_image(
    image_meta: dict[str, Any], flavor: Any = None
) -> dict[str, str | None]:
    """Return what an instance remembers of its image.

    :param image_meta: the image as Glance describes it.
    :param flavor: where given, its root disk is the least size of the disk of
        anything made from this instance, in GiB.
    """
    system_meta = {
        f'{SM_IMAGE_PROP_PREFIX}{key}': None if value is None else str(value)
        for key, value in (image_meta.get('properties') or {}).items()
    }
    for key in SM_INHERITABLE_KEYS:
        value = image_meta.get(key)
        if key == 'min_disk' and flavor is not None:
            value = max(flavor.root_gb, value or 0)
        if value is not None:
            system_meta[f'{SM_IMAGE_PROP_PREFIX}{key}'] = str(value)
    return system_meta


def get_image_from_system_metadata(
    system_meta: dict[str, str | None]
) -> dict[str, Any]:
    """Return the image's description that an instance remembers."""
    image: dict[str, Any] = {'properties': {}}
    for key, value in system_meta.items():
        if not key.startswith(SM_IMAGE_PROP_PREFIX):
            continue
        name = key[len(SM_IMAGE_PROP_PREFIX):]
        if name in ('min_ram', 'min_disk'):
            image[name] = usertext.whole_number(key, value or 0)
        elif name in SM_INHERITABLE_KEYS:
            image[name] = value
        else:
            image['properties'][name] = value
    return image
