# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The WSGI application: finds out who asks for what, and answers."""

from collections.abc import Callable, Iterable
import dataclasses
import time
from typing import Any, Protocol

from oslo_log import log as logging

from nova import context
from nova.api import auth
from nova.api import errors
from nova.api import identity
from nova.api import request as api_request
from nova.api import response as api_response
from nova.api import root
from nova.api import routing
from nova.api.compute import app as compute
from nova.api.image import app as image
from nova.api.network import app as network

LOG = logging.getLogger(__name__)

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclasses.dataclass(frozen=True)
class Settings:
    """What the API has to be told.

    :param secret: the only secret that is let in, with ``username``.
    :param user_id: the user that everything belongs to.
    :param project_id: the project that everything belongs to.
    :param max_limit: items in one answer at most.
    :param images: where images are looked up; None means
        :class:`nova.image.glance.API`.
    :param flavors: where flavors are looked up; None means
        :mod:`nova.compute.flavors`.
    """

    secret: str
    username: str = 'admin'
    user_id: str = '00000000000000000000000000000001'
    project_id: str = '00000000000000000000000000000002'
    max_limit: int = 1000
    images: api_request.ImageSource | None = None
    flavors: api_request.FlavorSource | None = None


class Section(Protocol):
    """The API of one service, below one prefix of the path."""

    router: routing.Router

    def prepare(self, request: api_request.Request) -> None:
        """Look at the request's headers; may raise what is wrong with them."""

    def finish(self, request: api_request.Request,
               response: api_response.Response) -> None:
        """Add the service's own headers to any answer."""

    def show_fault(self, fault: errors.Fault) -> api_response.Response:
        """Return a fault in the service's own shape."""


def make_app(compute_api: Any, settings: Settings) -> WSGI:
    """Return the WSGI application of a standalone node.

    :param compute_api: a :class:`nova.compute.api.API`.
    """
    services = api_request.Services(
        compute=compute_api, images=settings.images or _local_images(),
        flavors=settings.flavors or _configured_flavors(),
        max_limit=settings.max_limit)
    return Application(services, settings)


def _local_images() -> api_request.ImageSource:
    from nova.image import glance
    return glance.API()


def _configured_flavors() -> api_request.FlavorSource:
    from nova.compute import flavors
    return flavors


class Application:
    """Hands each request to the section of its path.

    Nothing but the version documents is answered without the secret, not even
    whether a path exists.
    """

    def __init__(self, services: api_request.Services,
                 settings: Settings) -> None:
        self._services = services
        self._settings = settings
        self._auth = auth.BasicAuth(settings.username, settings.secret)
        self._root: Section = root.Root()
        self._sections: dict[str, Section] = {
            'compute': compute.Compute(),
            'image': image.Image(),
            'identity': identity.Identity(),
            'network': network.Network(),
        }

    def __call__(self, environ: dict[str, Any],
                 start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.monotonic()
        request = api_request.Request.of(environ, self._services)
        response = self._respond(request)
        LOG.debug('%r %r: %s after %.3f s [%s]', request.method, request.path,
                  response.status_code, time.monotonic() - started,
                  request.request_id)
        return response(environ, start_response)

    def _respond(self, request: api_request.Request) -> api_response.Response:
        section = self._section(request.path)
        try:
            response = self._answer(section, request)
        except Exception as error:  # noqa: BLE001 - whatever it is, answer
            response = section.show_fault(errors.from_exception(error))
        section.finish(request, response)
        response.headers['X-Openstack-Request-Id'] = request.request_id
        return response

    def _section(self, path: str) -> Section:
        name = path.lstrip('/').partition('/')[0]
        return self._sections.get(name, self._root)

    def _answer(self, section: Section,
                request: api_request.Request) -> api_response.Response:
        match = section.router.match(request)
        if not match.is_public:
            self._authenticate(request)
            section.prepare(request)
        return match.handle(request)

    def _authenticate(self, request: api_request.Request) -> None:
        if not self._auth.accepts(request.headers.get('Authorization')):
            LOG.warning('Refused %s %r from %s: no or the wrong secret',
                        request.method, request.path[:200],
                        request.remote_addr)
            raise errors.unauthorized(auth.CHALLENGE)
        request.context = context.RequestContext(
            user_id=self._settings.user_id,
            project_id=self._settings.project_id, is_admin=True,
            remote_address=request.remote_addr,
            request_id=request.request_id,
            global_request_id=request.global_request_id)
