# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A request, with what the handlers need to know about it."""

from collections.abc import Callable, Mapping
import dataclasses
import json
import re
from typing import Any, Protocol

from oslo_context import context as oslo_context
import werkzeug

from nova import context as nova_context
from nova import exception
from nova.api import errors
from nova.api import microversion as versions
from nova.i18n import _

#: Bytes of a request's body; the limit of the reference implementation.
MAX_BODY = 114688

_GLOBAL_ID = re.compile(r'req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')


class ImageSource(Protocol):
    """Where images are looked up: :class:`nova.image.glance.API`."""

    def get(self, context: Any, image_id: str) -> dict[str, Any]:
        """Return one image."""

    def get_all(self, context: Any) -> list[dict[str, Any]]:
        """Return all images."""


class FlavorSource(Protocol):
    """Where flavors are looked up: :mod:`nova.compute.flavors`."""

    def get_all(self) -> list[Any]:
        """Return all flavors."""

    def get_by_flavor_id(self, flavor_id: str) -> Any:
        """Return one flavor."""


@dataclasses.dataclass(frozen=True)
class Services:
    """What the handlers work with.

    :param max_limit: items in one answer at most.
    """

    compute: Any
    images: ImageSource
    flavors: FlavorSource
    max_limit: int = 1000


class Request(werkzeug.Request):
    """One request; the application fills in the attributes declared here."""

    max_content_length = MAX_BODY

    #: What the handlers work with.
    services: Services
    #: Who asks; known once the secret was checked.
    context: nova_context.RequestContext
    #: The minor version of the Compute API that was negotiated.
    microversion: int = versions.MIN_MINOR
    #: Id of this request, in the answer's headers and in the log.
    request_id: str

    @classmethod
    def of(cls, environ: Mapping[str, Any], services: Services) -> 'Request':
        """Return the request of a WSGI environment."""
        request = cls(dict(environ))
        request.services = services
        request.request_id = oslo_context.generate_request_id()
        return request

    @property
    def global_request_id(self) -> str | None:
        """The caller's own id of the request, where it is well formed."""
        value = self.headers.get('X-Openstack-Request-Id', '')
        return value if _GLOBAL_ID.fullmatch(value) else None

    def json_body(self) -> Any:
        """Return what the body says.

        :raises werkzeug.exceptions.RequestEntityTooLarge: beyond ``MAX_BODY``.
        :raises exception.MalformedRequestBody: if it is not JSON.
        :raises exception.InvalidContentType: if it claims to be something else.
        """
        if self.mimetype != 'application/json':
            raise exception.InvalidContentType(
                content_type=self.mimetype[:64] or None)
        return parse_json(self._read_body())

    def _read_body(self) -> bytes:
        try:
            return self.get_data(cache=False)
        except OSError as error:
            raise errors.Fault(
                408, _('The body did not arrive in time.')) from error
        except ValueError as error:
            raise exception.MalformedRequestBody(
                reason=_('its transfer encoding is broken')) from error


def parse_json(body: bytes) -> Any:
    """Return what strict JSON says: no NaN, no half characters.

    :raises exception.MalformedRequestBody: if it is not JSON.
    """
    try:
        content = json.loads(body.decode('utf-8'), parse_constant=_refuse)
        # A lone surrogate parses, and then can be neither stored nor shown.
        json.dumps(content, ensure_ascii=False).encode('utf-8')
    except RecursionError:
        raise exception.MalformedRequestBody(
            reason=_('it is nested too deeply')) from None
    except ValueError as error:
        raise exception.MalformedRequestBody(
            reason=_short(error)) from None
    return content


def _refuse(constant: str) -> Callable[..., Any]:
    raise ValueError(f'{constant} is no JSON')


def _short(error: ValueError) -> str:
    if isinstance(error, UnicodeError):
        return _('it is not valid UTF-8')
    return str(error)[:200]
