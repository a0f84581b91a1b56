# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Certificates that an image may be signed with."""

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class TrustedCerts(base.NovaObject):
    """The ids of the certificates that the user of a server trusts."""

    VERSION = '1.0'

    fields = {'ids': fields.ListOfStringsField(nullable=False)}
