# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What describing a guest settles about its instance; the caller records it."""

import dataclasses

from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer import storage
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

_MACHINE_TYPE = 'image_hw_machine_type'


@dataclasses.dataclass(frozen=True)
class Decisions:
    """What to record about an instance."""

    #: Entries that are new or have another value.
    system_metadata_changed: dict[str, str]
    default_ephemeral_device: str | None
    default_swap_device: str | None
    #: Device names of the volumes, in the order of their mappings.
    bdm_device_names: tuple[str, ...]


def decide(inputs: GuestInputs, host_facts: HostFacts,
           settings: Settings) -> Decisions:
    """Return what has been settled; records nothing."""
    return Decisions(
        _changed_metadata(inputs, host_facts, settings),
        _device_of('disk.local', inputs, settings),
        _device_of('disk.swap', inputs, settings),
        tuple(f'/dev/{info["dev"]}' for _volume, info in storage.volumes(inputs)))


def _changed_metadata(inputs: GuestInputs, host_facts: HostFacts,
                      settings: Settings) -> dict[str, str]:
    """Return the machine type: a changed default must not change old guests."""
    machine_type = machines.machine_type(inputs, host_facts, settings)
    recorded = inputs.instance.system_metadata.get(_MACHINE_TYPE)
    if machine_type is None or machine_type == recorded:
        return {}
    return {_MACHINE_TYPE: machine_type}


def _device_of(name: str, inputs: GuestInputs, settings: Settings) -> str | None:
    if settings.virt_type == 'lxc' or name not in storage.local_disks(inputs):
        return None
    return f'/dev/{inputs.disk_info["mapping"][name]["dev"]}'
