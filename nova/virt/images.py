# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Images on their way to this host, and whether they can be trusted.

An image is data of a stranger.  Before any program opens one as a disk, its
content has to be of the format that it was registered with, and must not make
whoever opens it read other files of this host.
"""

import collections.abc
import os
from typing import Any

from oslo_log import log as logging
from oslo_utils import fileutils
from oslo_utils.imageutils import format_inspector

from nova import context as nova_context
from nova import exception
import nova.conf
from nova.i18n import _
from nova.image import glance

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

#: Formats of images that are used as they are, whatever they contain.
PLAIN_FORMATS = ('ami', 'aki', 'ari')

#: Formats whose content says so itself.
INSPECTED_FORMATS = ('qcow2', 'vmdk', 'vdi', 'vhd', 'vhdx', 'iso')

#: What an image registered as raw may look like; neither refers to anything.
RAW_CONTENTS = ({'raw'}, {'gpt'})

#: A bootable ISO often carries a partition table too.
ISO_CONTENTS = ({'iso'}, {'iso', 'gpt'})

CHUNK_BYTES = 4096


def get_info(context: nova_context.RequestContext, image_href: str,
             ) -> dict[str, Any]:
    """Return the description of an image.

    :raises exception.ImageNotFound: if there is none.
    """
    info: dict[str, Any] = glance.API().get(context, image_href)
    return info


def fetch(context: nova_context.RequestContext, image_href: str, path: str,
          trusted_certs: Any = None) -> None:
    """Write the content of an image to a file; on failure there is none."""
    try:
        glance.API().download(context, image_href, dest_path=path,
                              trusted_certs=trusted_certs)
    except BaseException:
        fileutils.delete_if_exists(path)
        raise


def get_image_format(path: str) -> str:
    """Return the format of a file as its content shows it.

    :raises exception.InvalidDiskFormat: if it looks like several formats.
    """
    names = {str(inspector) for inspector in _inspect(path)}
    if len(names) != 1:
        raise exception.InvalidDiskFormat(disk_format='+'.join(sorted(names)))
    name = names.pop()
    return 'raw' if name == 'gpt' else name


def do_image_deep_inspection(img: collections.abc.Mapping[str, Any],
                             image_href: str, path: str) -> str:
    """Refuse an image that is not what it says or refers to other files.

    :param img: the description that the image was registered with.
    :param path: the file that holds its content.
    :returns: the format of the content, in the words of image services.
    :raises exception.ImageUnacceptable: with the reason.
    """
    declared = img.get('disk_format')
    if declared in PLAIN_FORMATS:
        return 'raw'
    if declared != 'raw' and declared not in INSPECTED_FORMATS:
        raise _unacceptable(
            image_href, _('disk format %s is not supported') % declared)
    if declared in CONF.compute.image_type_exclude_list:
        raise _unacceptable(
            image_href, _('disk format %s is excluded on this host') % declared)
    _check_content(declared, image_href, path)
    return str(declared)


def check_vmdk_image(image_id: str, data: Any) -> None:
    """Refuse a VMDK image that could make a reader open other files.

    :param data: the inspector that has read the image.
    :raises exception.ImageUnacceptable: for subformats that are not allowed, and
        for images that are based on another one.
    """
    allowed = {name.lower() for name in CONF.compute.vmdk_allowed_types}
    if data.vmdktype not in allowed:
        raise _unacceptable(
            image_id, _('VMDK type %s is not allowed') % data.vmdktype)
    # The safety check of the inspector does not look at these, and QEMU opens
    # the file that a hint names.
    if 'parentfilenamehint' in (data.desc_text or ''):
        raise _unacceptable(image_id, _('it is based on another file'))


def _check_content(declared: str, image_href: str, path: str) -> None:
    try:
        inspectors = _inspect(path)
        names = {str(inspector) for inspector in inspectors}
        if declared == 'raw' and names in RAW_CONTENTS:
            return
        if declared == 'iso' and names in ISO_CONTENTS:
            return
        if names != {declared}:
            raise _unacceptable(
                image_href, _('its content is %(found)s, not %(declared)s')
                % {'found': '+'.join(sorted(names)), 'declared': declared})
        _check_safety(inspectors[0], image_href)
    except format_inspector.ImageFormatError as error:
        raise _unacceptable(image_href, str(error)) from error


def _check_safety(inspector: Any, image_href: str) -> None:
    try:
        inspector.safety_check()
    except format_inspector.SafetyCheckFailed as error:
        reasons = (f'{name}: {why}' for name, why in error.failures.items())
        raise _unacceptable(image_href, '; '.join(reasons)) from error
    if str(inspector) == 'vmdk':
        check_vmdk_image(image_href, inspector)
    if inspector.virtual_size <= 0:
        raise _unacceptable(image_href, _('it has no size'))


def _inspect(path: str) -> list[Any]:
    """Return an inspector for each format that a file looks like."""
    if os.path.getsize(path) == 0:
        raise format_inspector.ImageFormatError(_('The file is empty'))
    with open(path, 'rb') as source:
        wrapper = format_inspector.InspectWrapper(source)
        while wrapper.formats is None and wrapper.read(CHUNK_BYTES):
            pass
        wrapper.close()
        return list(wrapper.formats or ())


def _unacceptable(image_href: str, reason: str) -> exception.ImageUnacceptable:
    return exception.ImageUnacceptable(image_id=image_href, reason=reason)
