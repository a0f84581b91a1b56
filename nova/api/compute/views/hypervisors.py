# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How a compute node is shown."""

import json
from typing import Any

from nova.api import request as api_request

#: Numbers that are summed up over all nodes.
_SUMS = ('vcpus', 'memory_mb', 'local_gb', 'vcpus_used', 'memory_mb_used',
         'local_gb_used', 'free_ram_mb', 'free_disk_gb', 'current_workload',
         'running_vms', 'disk_available_least')

#: The first microversion that leaves resources to placement.
_WITHOUT_RESOURCES = 88


def id_key(request: api_request.Request) -> str:
    """Return the attribute of a node that the microversion takes for its id."""
    return 'uuid' if request.microversion >= 53 else 'id'


def brief(request: api_request.Request, node: Any) -> dict[str, Any]:
    """Return what a list without details shows."""
    return {'id': getattr(node, id_key(request)),
            'hypervisor_hostname': node.hypervisor_hostname, 'state': 'up',
            'status': status(request.services.compute.get_service(request.context))}


def status(service: Any) -> str:
    """Return whether a service takes new servers, as the API says it."""
    return 'disabled' if service.disabled else 'enabled'


def detail(request: api_request.Request, node: Any) -> dict[str, Any]:
    """Return everything about a node that the microversion has."""
    shown = {
        **brief(request, node),
        'host_ip': str(node.host_ip or ''),
        'hypervisor_type': node.hypervisor_type,
        'hypervisor_version': node.hypervisor_version,
        'service': _service(request, node),
    }
    if request.microversion >= _WITHOUT_RESOURCES:
        shown['uptime'] = None
        return shown
    shown.update({key: getattr(node, key) for key in _SUMS})
    shown['cpu_info'] = _cpu_info(request, node)
    return shown


def server(instance: Any) -> dict[str, Any]:
    """Return how a server is named beside the node that it is on."""
    return {'uuid': instance.uuid, 'name': instance.display_name}


def statistics(nodes: list[Any]) -> dict[str, int]:
    """Return sums over nodes."""
    sums = {key: sum(getattr(node, key) or 0 for node in nodes)
            for key in _SUMS}
    return {'count': len(nodes), **sums}


def _service(request: api_request.Request, node: Any) -> dict[str, Any]:
    service = request.services.compute.get_service(request.context)
    return {'id': getattr(service, id_key(request)), 'host': node.host,
            'disabled_reason': service.disabled_reason}


def _cpu_info(request: api_request.Request, node: Any) -> Any:
    # It was the text of a JSON document before it became an object.
    if request.microversion < 28:
        return node.cpu_info or ''
    return json.loads(node.cpu_info) if node.cpu_info else {}
