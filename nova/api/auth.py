# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Who may ask: HTTP Basic with one user name and one generated secret."""

import base64
import binascii
import hmac
import logging
import os
import re
import secrets
import stat

from nova import exception
from nova.api import privatefile
from nova.i18n import _

LOG = logging.getLogger(__name__)

CHALLENGE = 'Basic realm="nova-libvirt", charset="UTF-8"'

# Longer ones cannot be right, and decoding them is work for nothing.
_MAX_HEADER = 1024
_SECRET = re.compile(r'[\x21-\x7e]{16,256}')


def ensure_secret(path: str) -> str:
    """Return the secret in a file, made with a random one if it is missing.

    The file is of mode 0600 in the end.  Two processes that start at once get
    the same secret.

    :raises exception.InvalidConfiguration: if the file cannot be read or
        written, is not a regular file, or holds no usable secret.
    """
    try:
        if not os.path.exists(path):
            privatefile.create(path, f'{secrets.token_urlsafe(32)}\n')
        return _read_secret(path)
    except (OSError, UnicodeDecodeError) as error:
        raise exception.InvalidConfiguration(
            _('The secret file %(path)s cannot be used: %(error)s')
            % {'path': path, 'error': error}) from error


def _read_secret(path: str) -> str:
    # O_NONBLOCK: opening a pipe must not hang the start.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, encoding='utf-8') as stream:
        _keep_private(path, stream.fileno())
        secret = stream.read(1024).strip()
    if not _SECRET.fullmatch(secret):
        raise exception.InvalidConfiguration(
            _('The secret file %s must hold one line of 16 to 256 visible ASCII '
              'characters; remove it to have a new one made') % path)
    return secret


def _keep_private(path: str, descriptor: int) -> None:
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise exception.InvalidConfiguration(
            _('The secret file %s is not a regular file') % path)
    if mode & 0o077:
        LOG.warning('The secret file %s could be read by others (mode %o); '
                    'now only its owner can', path, stat.S_IMODE(mode))
        os.fchmod(descriptor, 0o600)


class BasicAuth:
    """Checks the ``Authorization`` header of requests.

    :param username: the only user name that is let in.
    :param secret: the secret that goes with it; must not be empty.
    """

    def __init__(self, username: str, secret: str) -> None:
        if not username or not secret:
            raise ValueError('neither user name nor secret may be empty')
        self._expected = f'{username}:{secret}'.encode()

    def accepts(self, header: str | None) -> bool:
        """Tell whether a header holds the user name and the secret.

        The time taken depends on the length of the header, not on how much of
        it is right.
        """
        return hmac.compare_digest(_credentials(header), self._expected)


def _credentials(header: str | None) -> bytes:
    """Return ``user:password`` of a header, or nothing, which never fits."""
    scheme, _space, encoded = (header or '').partition(' ')
    if scheme.lower() != 'basic' or len(encoded) > _MAX_HEADER:
        return b''
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b''
