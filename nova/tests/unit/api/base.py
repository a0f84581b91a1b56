# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Requests to the whole application, with fakes behind it."""

from typing import Any

from werkzeug import test

from nova.api import app
from nova.tests.unit import base
from nova.tests.unit.api import fakes

SECRET = 'a secret that is long enough'
AUTH = ('admin', SECRET)


class ApiTestCase(base.TestCase):
    """A test of the application; requests carry the right secret."""

    def setUp(self) -> None:
        super().setUp()
        self.flavors = fakes.FakeFlavors()
        self.images = fakes.FakeImages()
        self.compute = fakes.FakeComputeAPI(self.flavors, self.images)
        self.client = test.Client(self.make_app())

    def make_app(self, **settings: Any) -> app.WSGI:
        """Return the application."""
        return app.make_app(self.compute, app.Settings(
            secret=SECRET, flavors=self.flavors, images=self.images,
            **settings))

    def request(self, method: str, path: str, version: str | None = None,
                **kwargs: Any) -> Any:
        """Send a request to any path."""
        headers = dict(kwargs.pop('headers', {}))
        if version is not None:
            headers['OpenStack-API-Version'] = f'compute {version}'
        kwargs.setdefault('auth', AUTH)
        return self.client.open(path, method=method, headers=headers, **kwargs)

    def compute_request(self, method: str, path: str,
                        version: str | None = None,
                        **kwargs: Any) -> Any:
        """Send a request to the Compute API."""
        return self.request(method, f'/compute/v2.1{path}', version, **kwargs)

    def get(self, path: str, version: str | None = None) -> Any:
        """Return what the Compute API answers to a GET that succeeds."""
        response = self.compute_request('GET', path, version)
        self.assertEqual(200, response.status_code, response.text)
        return response.json

    def assert_fault(self, response: Any, status: int, name: str,
                     *words: str) -> None:
        """Check status and shape of an error, and words of its message."""
        self.assertEqual(status, response.status_code, response.text)
        self.assertEqual('application/json', response.mimetype)
        self.assertEqual([name], list(response.json))
        fault = response.json[name]
        self.assertEqual(status, fault['code'])
        for word in words:
            self.assertIn(word, fault['message'])
