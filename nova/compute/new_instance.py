# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""From what a client asks for to the instances that are recorded."""

from collections.abc import Mapping, Sequence
import dataclasses
from typing import TYPE_CHECKING, Any

from oslo_utils import uuidutils

from nova import exception
from nova import objects
from nova import utils
from nova.compute import power_state
from nova.compute import task_states
from nova.compute import vm_states
import nova.conf
from nova.i18n import _
from nova.network import allotment
from nova.objects import fields

if TYPE_CHECKING:
    from nova import context as nova_context

CONF = nova.conf.CONF

DEFAULT_ZONE = 'nova'


@dataclasses.dataclass(frozen=True)
class Request:
    """What one request asks for.

    :param image: the image, as the image service describes it.
    :param networks: the interfaces; None leaves the choice to the node.
    :param user_data: in base 64.
    """

    name: str
    image: Mapping[str, Any]
    flavor: 'objects.Flavor'
    metadata: Mapping[str, str]
    description: str | None = None
    hostname: str | None = None
    networks: Sequence[allotment.Asked] | None = ()
    user_data: str | None = None
    config_drive: bool = False
    availability_zone: str | None = None

    def check(self) -> None:
        """Refuse what can be seen to be wrong.

        :raises exception.InvalidInput: for what this node cannot give.
        """
        _refuse_data_without_drive(self)
        _check_zone(self.availability_zone)

    def asked_networks(self) -> Sequence[allotment.Asked]:
        """Return the interfaces, chosen here where the client leaves the choice.

        :raises exception.InvalidInput: if there is a choice.
        """
        return allotment.automatic() if self.networks is None else self.networks


def _refuse_data_without_drive(request: Request) -> None:
    """Refuse what a guest would look for in vain: only a drive hands it over."""
    if request.user_data and not _has_config_drive(request):
        raise exception.InvalidInput(
            reason=_('user_data: it is handed over on a config drive; ask for one '
                     '(config_drive), as this node has no metadata service'))


def _has_config_drive(request: Request) -> bool:
    wanted = (request.image.get('properties') or {}).get('img_config_drive')
    return bool(request.config_drive or CONF.force_config_drive
                or wanted == fields.ConfigDrivePolicy.MANDATORY)


def _check_zone(asked: str | None) -> None:
    zone, _colon, place = (asked or DEFAULT_ZONE).partition(':')
    host, _colon, _node = place.partition(':')
    if zone != DEFAULT_ZONE or host not in ('', CONF.host):
        raise exception.InvalidInput(
            reason=_('The requested availability zone %s is not available')
            % asked)


def record(context: 'nova_context.RequestContext', request: Request, count: int,
           taken: allotment.Taken | None = None) -> 'Sequence[objects.Instance]':
    """Record the instances that are to be built.

    After a failure none of them is recorded.

    :param taken: addresses that others have.
    """
    asked = request.asked_networks()
    allotment.check(asked, count, taken)
    reservation_id = f'r-{utils.get_hash_str(uuidutils.generate_uuid())[:8]}'
    recorded: list[objects.Instance] = []
    try:
        for index in range(count):
            instance = _make(context, request, index, count)
            instance.reservation_id = reservation_id
            instance.create()
            recorded.append(instance)
            if asked:
                allotment.allot(context, instance, asked, taken)
    except Exception:
        for instance in recorded:
            instance.destroy()
        raise
    return recorded


def _make(context: 'nova_context.RequestContext', request: Request, index: int,
          count: int) -> 'objects.Instance':
    uuid = uuidutils.generate_uuid()
    suffix = f'-{index + 1}' if count > 1 else ''
    name = f'{request.name[:255 - len(suffix)]}{suffix}'
    zone = (request.availability_zone or '').partition(':')[0]
    return objects.Instance(
        context, uuid=uuid, user_id=context.user_id, project_id=context.project_id,
        display_name=name, display_description=request.description,
        hostname=utils.sanitize_hostname(
            f'{request.hostname}{suffix}' if request.hostname else name,
            f'server-{uuid}'),
        launch_index=index, metadata=dict(request.metadata),
        user_data=request.user_data, key_name=None, key_data=None,
        config_drive='True' if request.config_drive else '',
        availability_zone=zone or None,
        vm_state=vm_states.BUILDING, task_state=task_states.SCHEDULING,
        power_state=power_state.NOSTATE, progress=0, host=None, node=None,
        launched_at=None, terminated_at=None, locked=False, hidden=False,
        auto_disk_config=False, shutdown_terminate=False, disable_terminate=False,
        **_of_flavor(request.flavor), **_of_image(request))


def _of_flavor(flavor: 'objects.Flavor') -> dict[str, Any]:
    return {'flavor': flavor, 'instance_type_id': flavor.id,
            'memory_mb': flavor.memory_mb, 'vcpus': flavor.vcpus,
            'root_gb': flavor.root_gb, 'ephemeral_gb': flavor.ephemeral_gb}


def _of_image(request: Request) -> dict[str, Any]:
    image = dict(request.image)
    properties = image.get('properties') or {}
    system_metadata = utils.get_system_metadata_from_image(image, request.flavor)
    system_metadata['image_base_image_ref'] = str(image['id'])
    return {'image_ref': image['id'], 'system_metadata': system_metadata,
            'kernel_id': properties.get('kernel_id'),
            'ramdisk_id': properties.get('ramdisk_id'),
            'os_type': properties.get('os_type'),
            'architecture': (properties.get('hw_architecture')
                             or properties.get('architecture')),
            'vm_mode': (properties.get('hw_vm_mode')
                        or properties.get('vm_mode')),
            'root_device_name': (properties.get('img_root_device_name')
                                 or properties.get('root_device_name'))}
