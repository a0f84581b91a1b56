# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The HTTP interface of a standalone node: compute, images, identity.

Importing this package loads nothing; :func:`nova.api.app.make_app` builds the
WSGI application and :class:`nova.api.wsgi.Server` serves it.
"""
