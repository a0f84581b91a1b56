# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The compute API as a test speaks it: one method for each request."""

from typing import Any

import requests

from nova.tests.functional import waiting

MICROVERSION = '2.96'
COMPUTE = '/compute/v2.1'
IMAGE = '/image/v2'
_TIMEOUT_S = 60
#: A look takes time from what is looked for, and from the guest that boots.
_INTERVAL_S = 0.1
_CONSOLE_INTERVAL_S = 0.2


class RestApi:
    """A client that hides nothing: answers with a wrong status are returned too."""

    def __init__(self, url: str, username: str, secret: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.auth = (username, secret)
        self._session.headers['OpenStack-API-Version'] = f'compute {MICROVERSION}'

    def request(
        self, method: str, path: str, *, service: str = COMPUTE, **arguments: Any
    ) -> requests.Response:
        url = f'{self.url}{service}{path}'
        return self._session.request(method, url, timeout=_TIMEOUT_S, **arguments)

    def get(self, path: str, service: str = COMPUTE) -> Any:
        """GET and return the document.

        :raises requests.HTTPError: unless the answer is a good one
        """
        answer = self.request('GET', path, service=service)
        answer.raise_for_status()
        return answer.json()

    def create(self, **server: Any) -> requests.Response:
        server.setdefault('networks', 'none')
        return self.request('POST', '/servers', json={'server': server})

    def act(self, server_id: str, action: str, value: Any = None) -> requests.Response:
        path = f'/servers/{server_id}/action'
        return self.request('POST', path, json={action: value})

    def delete(self, server_id: str) -> requests.Response:
        return self.request('DELETE', f'/servers/{server_id}')

    def server(self, server_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.get(f'/servers/{server_id}')['server']
        return shown

    def servers(self) -> list[dict[str, Any]]:
        listing: list[dict[str, Any]] = self.get('/servers/detail')['servers']
        return listing

    def console(self, server_id: str) -> str:
        answer = self.act(server_id, 'os-getConsoleOutput', {})
        answer.raise_for_status()
        output: str = answer.json()['output']
        return output

    def wait_for_status(
        self, server_id: str, *wanted: str, timeout_s: float = 60
    ) -> dict[str, Any]:
        """Wait until a server is in one of the states, with no task going on.

        :raises AssertionError: at once when it is in ERROR and that is not wanted
        """

        def settled() -> dict[str, Any] | None:
            server = self.server(server_id)
            idle = server['OS-EXT-STS:task_state'] is None
            return server if idle and server['status'] in (*wanted, 'ERROR') else None

        server = waiting.until(
            settled, timeout_s, f'{server_id} is {wanted}', _INTERVAL_S)
        if server['status'] not in wanted:
            raise AssertionError(f'{server_id} is not {wanted}: {server}')
        return server

    def wait_gone(self, server_id: str, timeout_s: float = 60) -> None:
        path = f'/servers/{server_id}'
        waiting.until(
            lambda: self.request('GET', path).status_code == 404,
            timeout_s,
            f'{server_id} gone',
            _INTERVAL_S,
        )

    def wait_for_console(
        self, server_id: str, text: str, count: int = 1, timeout_s: float = 90
    ) -> str:
        """Wait until the guest has printed a text so many times."""

        def output() -> str:
            console = self.console(server_id)
            return console if console.count(text) >= count else ''

        return waiting.until(
            output, timeout_s, f'"{text}" on the console', _CONSOLE_INTERVAL_S)
