# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How a server is shown."""

from typing import Any

from nova import utils
from nova.api import request as api_request
from nova.api.compute.views import links
from nova.api.compute.views import status as statuses
from nova.api.compute.views import times

DEFAULT_ZONE = 'nova'


def brief(request: api_request.Request, instance: Any) -> dict[str, Any]:
    """Return what a list without details shows."""
    return {'id': instance.uuid, 'name': instance.display_name,
            'links': links.to(request, 'servers', instance.uuid)}


def created(request: api_request.Request, instance: Any) -> dict[str, Any]:
    """Return what the client that created a server is told."""
    return {'id': instance.uuid,
            'links': links.to(request, 'servers', instance.uuid),
            'OS-DCF:diskConfig': _disk_config(instance),
            'security_groups': []}


def detail(request: api_request.Request, instance: Any) -> dict[str, Any]:
    """Return everything about a server that the microversion has."""
    status = statuses.of(instance.vm_state, instance.task_state)
    server = {
        **_identity(request, instance, status),
        **_extended(instance),
        **_host_attributes(request.microversion, instance),
    }
    for since, add in _ADDED:
        if request.microversion >= since:
            server.update(add(instance))
    if status in statuses.WITH_PROGRESS:
        server['progress'] = instance.progress or 0
    if status in statuses.WITH_FAULT:
        server.update(_fault(instance))
    return server


def show(request: api_request.Request, instance: Any) -> dict[str, Any]:
    """Return a server by itself, which shows more than one in a list."""
    server = detail(request, instance)
    if request.microversion >= 71:
        server['server_groups'] = []
    return server


def _identity(request: api_request.Request, instance: Any,
              status: str) -> dict[str, Any]:
    return {
        'id': instance.uuid,
        'name': instance.display_name,
        'status': status,
        'tenant_id': instance.project_id or '',
        'user_id': instance.user_id or '',
        'metadata': dict(instance.metadata or {}),
        'hostId': utils.generate_hostid(instance.host, instance.project_id),
        'image': _image(request, instance),
        'flavor': _flavor(request, instance.flavor),
        'created': times.seconds(instance.created_at),
        'updated': times.seconds(instance.updated_at or instance.created_at),
        'addresses': _addresses(instance),
        'accessIPv4': str(instance.access_ip_v4 or ''),
        'accessIPv6': str(instance.access_ip_v6 or ''),
        'links': links.to(request, 'servers', instance.uuid),
    }


def _addresses(instance: Any) -> dict[str, list[dict[str, Any]]]:
    shown: dict[str, list[dict[str, Any]]] = {}
    for vif in instance.get_network_info():
        if vif['network'] is None:
            continue
        shown.setdefault(vif['network']['label'], []).extend(
            {'version': ip['version'], 'addr': ip['address'],
             'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': vif['address']}
            for ip in vif.fixed_ips())
    return shown


def _extended(instance: Any) -> dict[str, Any]:
    return {
        'OS-DCF:diskConfig': _disk_config(instance),
        'OS-EXT-AZ:availability_zone': _zone(instance),
        'OS-EXT-STS:power_state': instance.power_state or 0,
        'OS-EXT-STS:task_state': instance.task_state,
        'OS-EXT-STS:vm_state': instance.vm_state,
        'OS-SRV-USG:launched_at': times.microseconds(instance.launched_at),
        'OS-SRV-USG:terminated_at': times.microseconds(instance.terminated_at),
        'config_drive': instance.config_drive or '',
        'key_name': instance.key_name,
        'os-extended-volumes:volumes_attached': [],
        **_security_groups(instance),
    }


def _security_groups(instance: Any) -> dict[str, Any]:
    # Each network has one, of the same name.
    names = dict.fromkeys(
        vif['network']['label'] for vif in instance.get_network_info()
        if vif['network'] and vif.get_meta('port_security_enabled') is not False)
    return {'security_groups': [{'name': name} for name in names]} if names else {}


def _host_attributes(microversion: int, instance: Any) -> dict[str, Any]:
    shown = {'host': instance.host, 'hypervisor_hostname': instance.node,
             'instance_name': instance.name}
    if microversion >= 3:
        shown.update(
            reservation_id=instance.reservation_id,
            launch_index=instance.launch_index or 0,
            hostname=instance.hostname,
            kernel_id=instance.kernel_id or '',
            ramdisk_id=instance.ramdisk_id or '',
            root_device_name=instance.root_device_name,
            user_data=instance.user_data)
    return {f'OS-EXT-SRV-ATTR:{name}': value for name, value in shown.items()}


def _zone(instance: Any) -> str:
    if instance.availability_zone:
        return str(instance.availability_zone)
    return DEFAULT_ZONE if instance.host else ''


def _disk_config(instance: Any) -> str:
    return 'AUTO' if instance.auto_disk_config else 'MANUAL'


def _image(request: api_request.Request, instance: Any) -> Any:
    if not instance.image_ref:
        return ''
    return {'id': instance.image_ref,
            'links': [links.bookmark(request, 'images', instance.image_ref)]}


def _flavor(request: api_request.Request, flavor: Any) -> dict[str, Any]:
    if request.microversion < 47:
        return {'id': flavor.flavorid, 'links': [
            links.bookmark(request, 'flavors', flavor.flavorid)]}
    return {
        'vcpus': flavor.vcpus,
        'ram': flavor.memory_mb,
        'disk': flavor.root_gb,
        'ephemeral': flavor.ephemeral_gb,
        'swap': flavor.swap,
        'original_name': flavor.name,
        'extra_specs': dict(flavor.extra_specs or {}),
    }


def _fault(instance: Any) -> dict[str, Any]:
    fault = instance.fault
    if fault is None:
        return {}
    shown = {'code': fault.code, 'created': times.seconds(fault.created_at),
             'message': fault.message}
    if fault.details:
        shown['details'] = fault.details
    return {'fault': shown}


def _locked(instance: Any) -> dict[str, Any]:
    return {'locked': bool(instance.locked)}


def _host_status(instance: Any) -> dict[str, Any]:
    # This process is the only host, and it is up while it answers.
    return {'host_status': 'UP' if instance.host else ''}


def _description(instance: Any) -> dict[str, Any]:
    return {'description': instance.display_description}


def _tags(_instance: Any) -> dict[str, Any]:
    return {'tags': []}


def _certificates(_instance: Any) -> dict[str, Any]:
    return {'trusted_image_certificates': None}


def _locked_reason(_instance: Any) -> dict[str, Any]:
    return {'locked_reason': None}


def _pinned_zone(instance: Any) -> dict[str, Any]:
    return {'pinned_availability_zone': instance.availability_zone}


#: What a microversion added to every server, in the order of history.
_ADDED = (
    (9, _locked),
    (16, _host_status),
    (19, _description),
    (26, _tags),
    (63, _certificates),
    (73, _locked_reason),
    (96, _pinned_zone),
)
