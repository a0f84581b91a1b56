# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The data model, as versioned objects.

``objects.Instance`` and the like are loaded when they are first asked for, so that
importing one object does not import all of them.
"""

import importlib
from typing import Any

_MODULES = (
    'block_device', 'compute_node', 'diagnostics', 'ec2', 'flavor', 'hv_spec',
    'image_meta', 'instance', 'instance_action', 'instance_fault',
    'instance_info_cache', 'instance_numa', 'instance_pci_requests', 'keypair',
    'migrate_data', 'migration', 'migration_context', 'monitor_metric',
    'network_metadata', 'numa', 'pci_device', 'pci_device_pool', 'resource',
    'security_group', 'service', 'share_mapping', 'tag', 'trusted_certs',
    'vcpu_model', 'virt_cpu_topology', 'virt_device_metadata', 'virtual_interface',
)


def register_all() -> None:
    """Import every object, so that any of them can be read from its primitive."""
    for name in _MODULES:
        importlib.import_module(f'nova.objects.{name}')


def __getattr__(name: str) -> Any:
    if not name[:1].isupper():
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    register_all()
    try:
        return globals()[name]
    except KeyError:
        raise AttributeError(
            f'module {__name__!r} has no attribute {name!r}') from None
