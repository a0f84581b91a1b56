# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which handler answers which request."""

from collections.abc import Callable, Iterable
import dataclasses
from typing import Any

from werkzeug import exceptions
from werkzeug import routing

from nova.api import errors
from nova.api import request
from nova.api import response

Handler = Callable[..., response.Response]


@dataclasses.dataclass(frozen=True)
class Route:
    """One method of one resource.

    :param handler: called with the request and the variables of the path.
    :param public: answered without a secret and whatever version is asked for.
    :param since: the first minor version of the API that has it.
    :param until: the last one; None if it was never removed.
    """

    method: str
    path: str
    handler: Handler
    public: bool = False
    since: int = 0
    until: int | None = None

    def is_in(self, microversion: int) -> bool:
        """Tell whether a minor version of the API has this resource."""
        return self.since <= microversion and (
            self.until is None or microversion <= self.until)


@dataclasses.dataclass(frozen=True)
class Match:
    """The route of a request, or why there is none."""

    route: Route | None
    variables: dict[str, Any]
    error: Exception | None = None

    @property
    def is_public(self) -> bool:
        """Whether anybody may ask."""
        return self.route is not None and self.route.public

    def handle(self, asked: request.Request) -> response.Response:
        """Return the handler's answer.

        :raises errors.Fault: if nothing handles such a request.
        """
        if self.route is None:
            raise self.error or errors.not_found()
        if not self.route.public and not self.route.is_in(asked.microversion):
            raise errors.not_found()
        return self.route.handler(asked, **self.variables)


class Router:
    """Finds routes by method and path.

    :param prefix: what the path of every route begins with.
    """

    def __init__(self, prefix: str, routes: Iterable[Route]) -> None:
        self._map = routing.Map(
            [routing.Rule(f'{prefix}{route.path}', methods=[route.method],
                          endpoint=route) for route in routes],
            strict_slashes=False, merge_slashes=False, redirect_defaults=False)

    def match(self, asked: request.Request) -> Match:
        """Return the match of a request, which may be that there is none."""
        try:
            route, variables = self._map.bind('').match(
                asked.path, asked.method)
        except exceptions.HTTPException as error:  # not found, wrong method
            return Match(None, {}, errors.from_exception(error))
        return Match(route, dict(variables))
