# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which physical networks are near to a NUMA cell."""

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class NetworkMetadata(base.NovaObject):
    """Networks by name, and whether tunnelled ones are meant."""

    VERSION = '1.0'

    fields = {
        'physnets': fields.SetOfStringsField(),
        'tunneled': fields.BooleanField(),
    }
