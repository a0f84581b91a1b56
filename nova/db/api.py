# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every question to the database and every change of it.

Functions take and return plain values and rows; a row stays readable after its
session has ended.  Each function that changes something is one transaction.
"""

from nova.db.action_api import action_event_finish
from nova.db.action_api import action_event_get_by_id
from nova.db.action_api import action_event_start
from nova.db.action_api import action_events_get
from nova.db.action_api import action_finish
from nova.db.action_api import action_get_by_request_id
from nova.db.action_api import action_start
from nova.db.action_api import actions_get
from nova.db.action_api import fault_create
from nova.db.action_api import fault_get_latest
from nova.db.action_api import faults_get
from nova.db.instance_api import instance_create
from nova.db.instance_api import instance_destroy
from nova.db.instance_api import instance_get
from nova.db.instance_api import instance_get_by_filters
from nova.db.instance_api import instance_get_by_uuid
from nova.db.instance_api import instance_update
from nova.db.node_api import block_device_create
from nova.db.node_api import block_device_destroy
from nova.db.node_api import block_device_get
from nova.db.node_api import block_device_update
from nova.db.node_api import block_devices_get
from nova.db.node_api import compute_node_create
from nova.db.node_api import compute_node_delete
from nova.db.node_api import compute_node_get
from nova.db.node_api import compute_node_update
from nova.db.node_api import compute_nodes_get
from nova.db.service_api import service_create
from nova.db.service_api import service_get
from nova.db.service_api import service_update

__all__ = [
    'action_event_finish', 'action_event_get_by_id', 'action_event_start',
    'action_events_get', 'action_finish', 'action_get_by_request_id',
    'action_start', 'actions_get', 'block_device_create', 'block_device_destroy',
    'block_device_get', 'block_device_update', 'block_devices_get',
    'compute_node_create', 'compute_node_delete', 'compute_node_get',
    'compute_node_update', 'compute_nodes_get', 'fault_create',
    'fault_get_latest', 'faults_get', 'instance_create', 'instance_destroy',
    'instance_get', 'instance_get_by_filters', 'instance_get_by_uuid',
    'instance_update', 'service_create', 'service_get', 'service_update',
]
