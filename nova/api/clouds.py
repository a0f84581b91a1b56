# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The ``clouds.yaml`` that lets the ordinary openstack client in."""

import ipaddress
import os
import stat
from typing import Any

import yaml

from nova import exception
from nova.api import privatefile
from nova.i18n import _

_ANY_ADDRESS = {'0.0.0.0': '127.0.0.1', '::': '::1'}  # nosec B104


def endpoint_url(host: str, port: int) -> str:
    """Return the URL at which a client of this machine reaches the API.

    :param host: the address listened at; a wildcard becomes loopback.
    """
    host = _ANY_ADDRESS.get(host, host)
    try:
        if ipaddress.ip_address(host).version == 6:
            host = f'[{host}]'
    except ValueError:
        pass  # a host name
    return f'http://{host}:{port}/'


def write_clouds_yaml(path: str, *, cloud_name: str, endpoint: str,
                      username: str, secret: str) -> None:
    """Make a cloud known in a ``clouds.yaml`` of mode 0600.

    Other clouds in the file are kept.  A file that says the same already is
    not touched; after a failure it is as it was.

    :param endpoint: the API's URL, as :func:`endpoint_url` gives it.
    :raises exception.InvalidConfiguration: if the file is none of that kind,
        or cannot be read or written.
    """
    try:
        content = _read(path)
        content['clouds'][cloud_name] = _cloud(endpoint, username, secret)
        if not _is_current(path, content):
            privatefile.replace(path, yaml.safe_dump(content, sort_keys=False))
    except (OSError, UnicodeDecodeError) as error:
        raise exception.InvalidConfiguration(
            _('The clouds file %(path)s cannot be written: %(error)s')
            % {'path': path, 'error': error}) from error


def _cloud(endpoint: str, username: str, secret: str) -> dict[str, Any]:
    base = endpoint.rstrip('/')
    return {
        'auth_type': 'http_basic',
        'auth': {'username': username, 'password': secret,
                 'endpoint': f'{base}/'},
        'compute_endpoint_override': f'{base}/compute/v2.1',
        'image_endpoint_override': f'{base}/image',
        'network_endpoint_override': f'{base}/network',
        'identity_endpoint_override': f'{base}/identity/v3',
    }


def _read(path: str) -> dict[str, Any]:
    """Return the content of a file, which may be missing or empty."""
    try:
        with open(path, encoding='utf-8') as stream:
            content = yaml.safe_load(stream) or {}
    except FileNotFoundError:
        content = {}
    except yaml.YAMLError as error:
        raise exception.InvalidConfiguration(
            _('The clouds file %(path)s is not YAML: %(error)s')
            % {'path': path, 'error': error}) from error
    if not isinstance(content, dict) or not isinstance(
            content.setdefault('clouds', {}), dict):
        raise exception.InvalidConfiguration(
            _("The clouds file %s holds no mapping 'clouds'") % path)
    return content


def _is_current(path: str, content: dict[str, Any]) -> bool:
    if not os.path.exists(path) or os.stat(path).st_mode & (
            stat.S_IRWXG | stat.S_IRWXO):
        return False
    return _read(path) == content
