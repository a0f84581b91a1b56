# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The identity of this compute node, which outlives its host name."""

import os
import uuid

from oslo_log import log as logging
from oslo_utils import uuidutils

from nova import exception
import nova.conf
from nova.i18n import _

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

COMPUTE_ID_FILE = 'compute_id'


def get_local_node_uuid() -> str:
    """Return the UUID of this node; the first call makes one and stores it.

    :raises exception.InvalidNodeConfiguration: if it can be neither read nor
        stored.
    """
    path = os.path.join(CONF.state_path, COMPUTE_ID_FILE)
    try:
        return _read(path)
    except FileNotFoundError:
        return _store(path, str(uuid.uuid4()))


def _read(path: str) -> str:
    try:
        with open(path, encoding='ascii') as file:
            node_uuid = file.read().strip()
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise exception.InvalidNodeConfiguration(
            reason=_('%(path)s: %(error)s') % {'path': path, 'error': error},
        ) from error
    if not uuidutils.is_uuid_like(node_uuid):
        raise exception.InvalidNodeConfiguration(
            reason=_('%(path)s holds no UUID: %(content)r')
            % {'path': path, 'content': node_uuid})
    return node_uuid


def _store(path: str, node_uuid: str) -> str:
    part = f'{path}.{node_uuid}'
    try:
        with open(part, 'w', encoding='ascii') as file:
            file.write(node_uuid)
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, path)
    except OSError as error:
        raise exception.InvalidNodeConfiguration(
            reason=_('%(path)s: %(error)s') % {'path': path, 'error': error},
        ) from error
    LOG.info('This node is %s from now on', node_uuid)
    return node_uuid
