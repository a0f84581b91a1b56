# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Measurements of the host."""

from nova.objects import base
from nova.objects import fields


@base.NovaObjectRegistry.register
class MonitorMetric(base.NovaObject):
    """One measurement at one time."""

    VERSION = '1.1'

    fields = {
        'name': fields.MonitorMetricTypeField(nullable=False),
        'value': fields.IntegerField(nullable=False),
        'numa_membw_values': fields.DictOfIntegersField(nullable=True),
        'timestamp': fields.DateTimeField(nullable=False),
        'source': fields.StringField(nullable=False),
    }


@base.NovaObjectRegistry.register
class MonitorMetricList(base.ObjectListBase, base.NovaObject):
    """Measurements."""

    VERSION = '1.1'

    fields = {'objects': fields.ListOfObjectsField('MonitorMetric')}
