# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which version of the Compute API a request is made in."""

import re

from werkzeug import datastructures

from nova import exception

#: Minor versions of API 2 that are served; 2.1 is what is meant without any.
MIN_MINOR = 1
MAX_MINOR = 96

MIN_VERSION = f'2.{MIN_MINOR}'
MAX_VERSION = f'2.{MAX_MINOR}'

HEADER = 'OpenStack-API-Version'
LEGACY_HEADER = 'X-OpenStack-Nova-API-Version'
SERVICE = 'compute'

_VERSION = re.compile(r'([1-9]\d{0,4})\.(0|[1-9]\d{0,4})', re.ASCII)


def negotiate(headers: datastructures.Headers) -> int:
    """Return the minor version that the headers of a request ask for.

    :raises exception.InvalidAPIVersionString: if it is not a version.
    :raises exception.InvalidGlobalAPIVersion: if it is not served.
    """
    asked = _asked(headers)
    if asked is None:
        return MIN_MINOR
    if asked.lower() == 'latest':
        return MAX_MINOR
    return _served(asked)


def response_headers(minor: int) -> dict[str, str]:
    """Return the headers that tell in which version a request was answered."""
    version = f'2.{minor}'
    return {HEADER: f'{SERVICE} {version}',
            LEGACY_HEADER: version,
            'Vary': f'{HEADER}, {LEGACY_HEADER}'}


def _asked(headers: datastructures.Headers) -> str | None:
    for choice in headers.get(HEADER, '').split(','):
        service, _space, version = choice.strip().partition(' ')
        if service.lower() == SERVICE:
            return version.strip()
    return headers.get(LEGACY_HEADER, '').strip() or None


def _served(asked: str) -> int:
    match = _VERSION.fullmatch(asked)
    if not match:
        raise exception.InvalidAPIVersionString(version=asked[:64])
    major, minor = int(match[1]), int(match[2])
    if major != 2 or not MIN_MINOR <= minor <= MAX_MINOR:
        raise exception.InvalidGlobalAPIVersion(
            req_ver=asked, min_ver=MIN_VERSION, max_ver=MAX_VERSION)
    return minor
