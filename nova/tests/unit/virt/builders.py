# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Small instances, flavors and images for tests that need one."""

from typing import Any

from nova import objects

UUID = '6ce9ba9b-7c1b-4d67-9f0c-0a1b2c3d4e5f'
IMAGE_ID = '155d900f-4e14-4e4c-a73d-069cbf4541e6'


def flavor(extra_specs: dict[str, str] | None = None,
           **values: Any) -> 'objects.Flavor':
    """Return a flavor, small unless values say otherwise."""
    defaults = {'id': 1, 'name': 'm1.tiny', 'flavorid': '1', 'memory_mb': 512,
                'vcpus': 1, 'root_gb': 1, 'ephemeral_gb': 0, 'swap': 0}
    return objects.Flavor(extra_specs=extra_specs or {}, **(defaults | values))


def image(disk_format: str = 'qcow2', **properties: Any) -> 'objects.ImageMeta':
    """Return an image with these properties."""
    return objects.ImageMeta.from_dict({
        'id': IMAGE_ID, 'disk_format': disk_format, 'container_format': 'bare',
        'properties': {name: str(value) for name, value in properties.items()}})


def instance(instance_flavor: 'objects.Flavor | None' = None,
             **values: Any) -> 'objects.Instance':
    """Return an instance that is in no database."""
    defaults = {
        'id': 42, 'uuid': UUID, 'display_name': 'vm1', 'user_id': 'user',
        'project_id': 'project', 'image_ref': IMAGE_ID, 'kernel_id': '',
        'ramdisk_id': '', 'os_type': None, 'vm_mode': None, 'config_drive': '',
        'root_device_name': None, 'metadata': {}, 'system_metadata': {}}
    result = objects.Instance(**(defaults | values))
    result.flavor = instance_flavor or flavor()
    result.numa_topology = None
    return result
