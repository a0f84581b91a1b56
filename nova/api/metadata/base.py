# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a guest is told about itself, as the files of a config drive.

There is a folder for each version of the metadata; what a version lacks came later.
"""

import base64
from collections.abc import Iterator, Sequence
import os
import posixpath
from typing import TYPE_CHECKING, Any

from oslo_serialization import jsonutils

from nova.api.metadata import devices
from nova.api.metadata import ec2
from nova.api.metadata import vendordata
import nova.conf
from nova.virt import netutils

if TYPE_CHECKING:
    from nova import objects

CONF = nova.conf.CONF

FOLSOM = '2012-08-10'
GRIZZLY = '2013-04-04'
HAVANA = '2013-10-17'
LIBERTY = '2015-10-15'
NEWTON_ONE = '2016-06-30'
NEWTON_TWO = '2016-10-06'
OCATA = '2017-02-22'
ROCKY = '2018-08-27'
VICTORIA = '2020-10-14'
LATEST = 'latest'
#: Dates, so that they compare as text; and latest comes after all of them.
OPENSTACK_VERSIONS = (FOLSOM, GRIZZLY, HAVANA, LIBERTY, NEWTON_ONE, NEWTON_TWO, OCATA,
                      ROCKY, VICTORIA, LATEST)

_RANDOM_BYTES = 512
DEFAULT_ZONE = 'nova'

Files = Sequence[tuple[str, bytes | str]]


class InstanceMetadata:
    """All that one instance is told.

    :param content: files that its user wants in it: path and content each.
    :param extra_md: more for meta_data.json.
    :param network_metadata: what network_data.json holds, if not what
        network_info says.
    :raises exception.InvalidConfiguration: if the operator's data cannot be read.
    """

    def __init__(self, instance: 'objects.Instance', address: str | None = None,
                 content: Files | None = None,
                 extra_md: dict[str, Any] | None = None, network_info: Any = None,
                 network_metadata: dict[str, Any] | None = None) -> None:
        self.instance = instance
        self.address = address
        self.extra_md = extra_md or {}
        self.network_info = (instance.get_network_info() if network_info is None
                             else network_info)
        self.network_metadata = network_metadata or netutils.get_network_metadata(
            self.network_info)
        self.files = {f'{number:04d}': (path, data) for number, (path, data)
                      in enumerate(content or ())}
        self.user_data = (base64.b64decode(instance.user_data)
                          if instance.user_data else None)
        # The same in each version, as a guest may read more than one.
        self._random_seed = base64.b64encode(os.urandom(_RANDOM_BYTES)).decode()
        self._vendor_data = vendordata.static()

    def metadata_for_config_drive(self) -> Iterator[tuple[str, bytes]]:
        """Yield the path and the content of every file."""
        for version in ec2.versions():
            yield from self._of_ec2(version)
        for version in OPENSTACK_VERSIONS:
            for name, content in self._of_openstack(version):
                yield f'openstack/{version}/{name}', content
        for name, (_path, data) in self.files.items():
            yield f'openstack/content/{name}', (
                data.encode() if isinstance(data, str) else data)

    def _of_ec2(self, version: str) -> Iterator[tuple[str, bytes]]:
        shown = ec2.metadata(self.instance, self.hostname, self.zone,
                             self.network_info)
        yield f'ec2/{version}/meta-data.json', _json(shown)
        if self.user_data is not None:
            yield f'ec2/{version}/user-data', self.user_data

    def _of_openstack(self, version: str) -> Iterator[tuple[str, bytes]]:
        yield 'meta_data.json', _json(self.metadata_as_of(version))
        if self.user_data is not None:
            yield 'user_data', self.user_data
        if version >= HAVANA:
            yield 'vendor_data.json', _json(self._vendor_data)
        if version >= NEWTON_TWO:
            named = {'static': self._vendor_data} if self._vendor_data else {}
            yield 'vendor_data2.json', _json(named)
        if version >= LIBERTY:
            yield 'network_data.json', _json(self.network_metadata)

    def metadata_as_of(self, version: str) -> dict[str, Any]:
        """Return what meta_data.json held in a version."""
        instance = self.instance
        shown: dict[str, Any] = {
            'uuid': instance.uuid, 'hostname': self.hostname,
            'name': instance.display_name, 'launch_index': instance.launch_index or 0,
            'availability_zone': self.zone, 'meta': dict(instance.metadata or {}),
            **self._keys(), **self.extra_md}
        if self.files:
            shown['files'] = [
                {'path': path, 'content_path': posixpath.join('/content', name)}
                for name, (path, _data) in self.files.items()]
        if version >= GRIZZLY:
            shown['random_seed'] = self._random_seed
        if version >= LIBERTY:
            shown['project_id'] = instance.project_id
        if version >= NEWTON_ONE:
            shown['devices'] = devices.described(
                instance.device_metadata, with_vlans=version >= OCATA,
                with_trust=version >= ROCKY)
        if version >= VICTORIA:
            shown['dedicated_cpus'] = _dedicated_cpus(instance)
        return shown

    @property
    def hostname(self) -> str:
        """The name that the guest is to give itself, with its domain."""
        domain = CONF.api.dhcp_domain
        return f'{self.instance.hostname}.{domain}' if domain else str(
            self.instance.hostname)

    @property
    def zone(self) -> str:
        """The availability zone that the instance is in."""
        return str(self.instance.availability_zone or DEFAULT_ZONE)

    def _keys(self) -> dict[str, Any]:
        keys = [{'name': key.name, 'type': key.type, 'data': key.public_key}
                for key in self.instance.keypairs]
        if not keys and self.instance.key_name:
            keys = [{'name': self.instance.key_name, 'type': 'ssh',
                     'data': self.instance.key_data}]
        if not keys:
            return {}
        return {'keys': keys,
                'public_keys': {key['name']: key['data'] for key in keys}}


def _dedicated_cpus(instance: 'objects.Instance') -> list[int]:
    topology = instance.numa_topology
    if topology is None:
        return []
    return sorted(cpu for cell in topology.cells for cpu in cell.pcpuset)


def _json(content: Any) -> bytes:
    return bytes(jsonutils.dump_as_bytes(content))
