# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The CPU model that a guest was given."""

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class VirtCPUFeature(base.NovaObject):
    """A CPU flag and what is asked of it."""

    VERSION = '1.0'

    fields = {
        'policy': fields.CPUFeaturePolicyField(nullable=True),
        'name': fields.StringField(nullable=False),
    }


@base.NovaObjectRegistry.register
class VirtCPUModel(base.NovaObject):
    """A CPU as the guest sees it."""

    VERSION = '1.0'

    fields = {
        'arch': fields.ArchitectureField(nullable=True),
        'vendor': fields.StringField(nullable=True),
        'topology': fields.ObjectField('VirtCPUTopology', nullable=True),
        'features': fields.ListOfObjectsField('VirtCPUFeature', default=[]),
        'mode': fields.CPUModeField(nullable=True),
        'model': fields.StringField(nullable=True),
        'match': fields.CPUMatchField(nullable=True),
    }

    def obj_load_attr(self, attrname: str) -> None:
        """Give an attribute that was not set its default or None."""
        setattr(self, attrname, [] if attrname == 'features' else None)
