# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What goes wrong, as HTTP statuses and messages.

:class:`Fault` is what the handlers raise and what everything else becomes
here, in one place; how it looks in JSON differs between compute and images.
"""

import http

from oslo_log import log as logging
from werkzeug import exceptions as werkzeug_exceptions

from nova import exception
from nova.i18n import _

LOG = logging.getLogger(__name__)

_CONFLICTS = (
    exception.InstanceInvalidState,
    exception.InstanceUpdateConflict,
    exception.InstanceNotReady,
    exception.InstanceExists,
)

#: Exceptions whose code in Nova is not the one that its API answers.
_STATUSES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], int],
                 ...] = (
    (_CONFLICTS, 409),
    (exception.OverQuota, 403),
    (exception.MarkerNotFound, 400),
    (exception.InvalidGlobalAPIVersion, 406),
    (exception.InvalidContentType, 415),
    (exception.InstanceActionNotFound, 404),
    (exception.MalformedRequestBody, 400),
    (exception.FlavorDiskTooSmall, 400),
    (exception.FlavorMemoryTooSmall, 400),
    (exception.FlavorImageConflict, 400),
    (exception.ImageNotActive, 400),
    (exception.ImageNotAuthorized, 403),
    (exception.RequestedVRamTooHigh, 400),
    (exception.InstanceUserDataMalformed, 400),
    (NotImplementedError, 501),
)


class Fault(Exception):
    """An answer other than success.

    :param status: the HTTP status, 400 or more.
    :param message: what the client is told.
    :param headers: further headers of the response.
    """

    def __init__(self, status: int, message: str,
                 headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}

    @property
    def title(self) -> str:
        """The status in words."""
        return http.HTTPStatus(self.status).phrase


def bad_request(message: str) -> Fault:
    """Return the fault of a request that makes no sense."""
    return Fault(400, message)


def not_found(message: str | None = None) -> Fault:
    """Return the fault of a request for what is not there."""
    return Fault(404, message or _('The resource could not be found.'))


def unauthorized(challenge: str) -> Fault:
    """Return the fault of a request without the right secret."""
    return Fault(401, _('The request you have made requires authentication.'),
                 {'WWW-Authenticate': challenge})


def from_exception(error: Exception) -> Fault:
    """Return the fault that a client is shown for any exception.

    What is not meant for users is logged with its traceback, and the client is
    told no more than that something went wrong.
    """
    if isinstance(error, Fault):
        return error
    if isinstance(error, werkzeug_exceptions.HTTPException):
        return _from_werkzeug(error)
    status = _status(error)
    if status is None or status >= 500 and status != 501:
        return _unexpected(error)
    return Fault(status, _message(error), getattr(error, 'headers', None))


def _message(error: Exception) -> str:
    if isinstance(error, exception.NovaException):
        return error.format_message()
    return str(error) or _('This node does not support that.')


def _status(error: Exception) -> int | None:
    for classes, status in _STATUSES:
        if isinstance(error, classes):
            return status
    if isinstance(error, exception.NovaException):
        code = error.code
        return code if 400 <= code < 600 else None
    return None


def _from_werkzeug(error: werkzeug_exceptions.HTTPException) -> Fault:
    if isinstance(error, werkzeug_exceptions.MethodNotAllowed):
        allowed = ', '.join(sorted(error.valid_methods or ()))
        return Fault(405, _('The method is not allowed for this resource.'),
                     {'Allow': allowed})
    if isinstance(error, werkzeug_exceptions.RequestEntityTooLarge):
        return Fault(413, _('The request is too large.'))
    code = error.code if error.code and error.code >= 400 else 404
    if code == 404:
        return not_found()
    return Fault(code, error.description or http.HTTPStatus(code).phrase)


def _unexpected(error: Exception) -> Fault:
    LOG.error('Unexpected exception in the API', exc_info=error)
    if isinstance(error, exception.HypervisorUnavailable):
        return Fault(503, error.format_message())
    return Fault(500, _('Unexpected API error (%s); the log of the service '
                        'has the details.') % type(error).__name__)
