# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Answers in JSON."""

import json
from typing import Any

import werkzeug

Response = werkzeug.Response


def json_response(content: Any, status: int = 200,
                  headers: dict[str, str] | None = None) -> Response:
    """Return an answer whose body is JSON in ASCII, whatever is in it."""
    return Response(json.dumps(content), status, headers,
                    mimetype='application/json')


def empty_response(status: int) -> Response:
    """Return an answer without a body."""
    response = Response(b'', status)
    # No type of nothing: clients would try to parse it.
    del response.headers['Content-Type']
    return response
