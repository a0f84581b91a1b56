# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What stands behind the API in its tests: everything in memory."""

import copy
import datetime
import re
import types
from typing import Any
import uuid

from nova import exception
from nova.compute import power_state
from nova.compute import task_states
from nova.compute import vm_states
from nova.network import allotment

IMAGE_ID = '11111111-2222-4333-8444-555555555555'
NETWORK_ID = 'aaaaaaaa-2222-4333-8444-555555555555'
SUBNET_ID = 'bbbbbbbb-2222-4333-8444-555555555555'
HOST = 'node-1'
NOW = datetime.datetime(2024, 5, 6, 7, 8, 9, 10, tzinfo=datetime.UTC)


def flavor(flavorid: str = '1', **changes: Any) -> types.SimpleNamespace:
    """Return a flavor."""
    values: dict[str, Any] = {
        'id': 1, 'flavorid': flavorid, 'name': f'm1.f{flavorid}', 'vcpus': 1,
        'memory_mb': 512, 'root_gb': 1, 'ephemeral_gb': 0, 'swap': 0,
        'rxtx_factor': 1.0, 'disabled': False, 'is_public': True,
        'description': None, 'extra_specs': {'hw:cpu_policy': 'shared'}}
    return types.SimpleNamespace(**{**values, **changes})


def image(image_id: str = IMAGE_ID, **changes: Any) -> dict[str, Any]:
    """Return an image."""
    values = {
        'id': image_id, 'name': 'tiny', 'disk_format': 'qcow2',
        'container_format': 'bare', 'min_disk': 0, 'min_ram': 0,
        'visibility': 'public', 'protected': False, 'owner': None,
        'checksum': None, 'properties': {'hw_disk_bus': 'virtio'}, 'tags': [],
        'size': 1000, 'status': 'active', 'created_at': NOW,
        'updated_at': NOW}
    return {**values, **changes}


def instance(**changes: Any) -> types.SimpleNamespace:
    """Return an instance that runs."""
    values: dict[str, Any] = {
        'uuid': str(uuid.uuid4()), 'id': 1, 'display_name': 'one',
        'display_description': None, 'name': 'instance-00000001',
        'user_id': 'u' * 32, 'project_id': 'p' * 32, 'metadata': {},
        'vm_state': vm_states.ACTIVE, 'task_state': None,
        'power_state': power_state.RUNNING, 'host': HOST, 'node': HOST,
        'image_ref': IMAGE_ID, 'flavor': flavor(), 'instance_type_id': 1,
        'created_at': NOW, 'updated_at': None, 'launched_at': NOW,
        'terminated_at': None, 'access_ip_v4': None, 'access_ip_v6': None,
        'availability_zone': None, 'config_drive': '', 'key_name': None,
        'reservation_id': 'r-12345678', 'launch_index': 0, 'hostname': 'one',
        'kernel_id': '', 'ramdisk_id': '', 'root_device_name': '/dev/vda',
        'user_data': None, 'locked': False, 'progress': 0,
        'auto_disk_config': False, 'fault': None}
    return types.SimpleNamespace(
        get_network_info=lambda: [], **{**values, **changes})


def node() -> types.SimpleNamespace:
    """Return a compute node."""
    return types.SimpleNamespace(
        id=1, uuid='99999999-8888-4777-8666-555555555555', host=HOST,
        hypervisor_hostname=HOST, hypervisor_type='QEMU',
        hypervisor_version=7002000, host_ip='127.0.0.1', vcpus=2, vcpus_used=1,
        memory_mb=4096, memory_mb_used=512, local_gb=10, local_gb_used=1,
        free_ram_mb=3584, free_disk_gb=9, current_workload=0, running_vms=1,
        disk_available_least=8, cpu_info='{"arch": "x86_64"}')


class FakeFlavors:
    """Two flavors."""

    def __init__(self) -> None:
        self.flavors = [flavor('1'), flavor('2', id=2, memory_mb=2048,
                                            root_gb=20, swap=64)]

    def get_all(self) -> list[Any]:
        """Return both."""
        return list(self.flavors)

    def get_by_flavor_id(self, flavor_id: str) -> Any:
        """Return one."""
        for found in self.flavors:
            if found.flavorid == flavor_id:
                return found
        raise exception.FlavorNotFound(flavor_id=flavor_id)


class FakeImages:
    """Some images."""

    def __init__(self, *images: dict[str, Any]) -> None:
        self.images = list(images) or [image()]

    def get(self, context: Any, image_id: str) -> dict[str, Any]:
        """Return one."""
        for found in self.images:
            if found['id'] == image_id:
                return found
        raise exception.ImageNotFound(image_id=image_id)

    def get_all(self, context: Any) -> list[dict[str, Any]]:
        """Return all."""
        return copy.deepcopy(self.images)


class FakeComputeAPI:
    """Does at once what a compute API has done some time later."""

    def __init__(self, flavors: FakeFlavors, images: FakeImages) -> None:
        self.instances: dict[str, Any] = {}
        self.interfaces: dict[str, list[Any]] = {}
        self.actions: dict[str, list[Any]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.console = 'line 1\nline 2\nline 3\n'
        self.service = types.SimpleNamespace(
            id=1, uuid=node().uuid, host=HOST, binary='nova-compute',
            disabled=False, disabled_reason=None)
        self._flavors, self._images = flavors, images

    def add(self, **changes: Any) -> Any:
        """Put an instance in."""
        made = instance(**{'id': len(self.instances) + 1, **changes})
        self.instances[made.uuid] = made
        self.actions[made.uuid] = []
        return made

    def create(self, context: Any, *, name: str, image_id: str, flavor_id: str,
               metadata: dict[str, str], min_count: int = 1,
               max_count: int = 1, user_data: str | None = None,
               config_drive: bool = False,
               availability_zone: str | None = None,
               description: str | None = None,
               hostname: str | None = None,
               networks: Any = ()) -> list[Any]:
        """Make servers that run at once."""
        self.calls.append(('create', {
            'name': name, 'min_count': min_count, 'max_count': max_count,
            'user_data': user_data, 'metadata': metadata,
            'config_drive': config_drive}))
        self._images.get(context, image_id)
        chosen = self._flavors.get_by_flavor_id(flavor_id)
        names = [name] if max_count == 1 else [
            f'{name}-{number + 1}' for number in range(max_count)]
        made = [self.add(display_name=one, flavor=chosen, image_ref=image_id,
                         metadata=metadata, user_data=user_data,
                         display_description=description,
                         user_id=context.user_id,
                         project_id=context.project_id)
                for one in names]
        for one in made:
            self._record(context, one, 'create')
        return made

    def get(self, context: Any, instance_uuid: str) -> Any:
        """Return an instance."""
        if instance_uuid not in self.instances:
            raise exception.InstanceNotFound(instance_id=instance_uuid)
        return self.instances[instance_uuid]

    def get_all(self, context: Any, filters: dict[str, Any],
                sort: list[tuple[str, str]], limit: int | None,
                marker: str | None) -> list[Any]:
        """Return instances; some filters are understood."""
        self.calls.append(('get_all', {
            'filters': filters, 'sort': sort, 'limit': limit,
            'marker': marker}))
        found = [one for one in self.instances.values() if _fits(one, filters)]
        if marker is not None:
            ids = [one.uuid for one in found]
            if marker not in ids:
                raise exception.MarkerNotFound(marker=marker)
            found = found[ids.index(marker) + 1:]
        return found[:limit]

    def update(self, context: Any, instance: Any, **changes: Any) -> Any:
        """Change a name."""
        if 'name' in changes:
            instance.display_name = changes['name']
        if 'description' in changes:
            instance.display_description = changes['description']
        return instance

    def get_interfaces(self, context: Any, instance: Any) -> list[Any]:
        """Return what was attached."""
        return self.interfaces.get(instance.uuid, [])

    def attach_interface(self, context: Any, instance: Any,
                         network_id: str | None = None,
                         fixed_ip: str | None = None) -> Any:
        """Attach an interface."""
        self.calls.append(('attach_interface', {
            'network_id': network_id, 'fixed_ip': fixed_ip}))
        made = allotment.Interface(
            str(uuid.uuid4()), network_id or NETWORK_ID, 'fa:16:3e:00:00:01', True,
            ((SUBNET_ID, fixed_ip or '192.0.2.2'),))
        self.interfaces.setdefault(instance.uuid, []).append(made)
        return made

    def detach_interface(self, context: Any, instance: Any, port_id: str) -> None:
        """Detach an interface."""
        found = [one for one in self.get_interfaces(context, instance)
                 if one.port_id == port_id]
        if not found:
            raise exception.PortNotFound(port_id=port_id)
        self.interfaces[instance.uuid].remove(found[0])

    def delete(self, context: Any, instance: Any) -> None:
        """Forget an instance."""
        del self.instances[instance.uuid]

    def start(self, context: Any, instance: Any) -> None:
        """Start a stopped one."""
        self._change(context, instance, 'start', vm_states.STOPPED,
                     vm_states.ACTIVE, power_state.RUNNING)

    def stop(self, context: Any, instance: Any) -> None:
        """Stop a running one."""
        self._change(context, instance, 'stop', vm_states.ACTIVE,
                     vm_states.STOPPED, power_state.SHUTDOWN)

    def pause(self, context: Any, instance: Any) -> None:
        """Pause a running one."""
        self._change(context, instance, 'pause', vm_states.ACTIVE,
                     vm_states.PAUSED, power_state.PAUSED)

    def unpause(self, context: Any, instance: Any) -> None:
        """Let a paused one run on."""
        self._change(context, instance, 'unpause', vm_states.PAUSED,
                     vm_states.ACTIVE, power_state.RUNNING)

    def reboot(self, context: Any, instance: Any, reboot_type: str) -> None:
        """Note that a running one is rebooted."""
        self.calls.append(('reboot', {'type': reboot_type}))
        self._change(context, instance, 'reboot', vm_states.ACTIVE,
                     vm_states.ACTIVE, power_state.RUNNING)

    def get_console_output(self, context: Any, instance: Any,
                           tail_length: int | None = None) -> str:
        """Return the last lines."""
        if tail_length is None:
            return self.console
        lines = self.console.splitlines(keepends=True)
        return ''.join(lines[len(lines) - tail_length:])

    def get_actions(self, context: Any, instance_uuid: str) -> list[Any]:
        """Return what was done."""
        return self.actions[instance_uuid]

    def get_action(self, context: Any, instance_uuid: str,
                   request_id: str) -> Any:
        """Return one thing that was done, and its only event."""
        for action in self.actions[instance_uuid]:
            if action.request_id == request_id:
                return action, [types.SimpleNamespace(
                    id=1, event=f'compute_{action.action}_instance',
                    start_time=NOW, finish_time=NOW, result='Success',
                    traceback=None, host=HOST, details=None)]
        raise exception.InstanceActionNotFound(
            instance_uuid=instance_uuid, request_id=request_id)

    def get_hypervisors(self, context: Any) -> list[Any]:
        """Return the one node."""
        return [node()]

    def get_service(self, context: Any) -> Any:
        """Return the one service."""
        return self.service

    def set_service_disabled(self, context: Any, disabled: bool,
                             reason: str | None) -> Any:
        """Change it at once."""
        self.service.disabled, self.service.disabled_reason = disabled, reason
        return self.service

    def _change(self, context: Any, instance: Any, method: str, before: str,
                after: str, power: int) -> None:
        if instance.vm_state != before or instance.task_state is not None:
            raise exception.InstanceInvalidState(
                instance_uuid=instance.uuid, attr='vm_state',
                state=instance.vm_state, method=method)
        instance.vm_state, instance.power_state = after, power
        self._record(context, instance, method)

    def _record(self, context: Any, instance: Any, action: str) -> None:
        self.actions[instance.uuid].append(types.SimpleNamespace(
            id=len(self.actions[instance.uuid]) + 1, action=action,
            instance_uuid=instance.uuid, request_id=context.request_id,
            user_id=context.user_id, project_id=context.project_id,
            start_time=NOW, updated_at=None, message=None))


def _fits(found: Any, filters: dict[str, Any]) -> bool:
    return all(_fits_one(getattr(found, name, None), name, wanted)
               for name, wanted in filters.items())


def _fits_one(value: Any, name: str, wanted: Any) -> bool:
    if name == 'display_name':
        return re.search(wanted, value) is not None
    if name.startswith('changes-'):
        return True
    return value in wanted if isinstance(wanted, list) else value == wanted


#: A task that every fake instance may be given.
BUSY = task_states.POWERING_OFF
