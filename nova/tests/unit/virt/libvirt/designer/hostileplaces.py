# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Wherever a user, an image, a flavor, a port or a volume brings some text along.

The places are those of the recorded scenarios, each of them once, and of three
scenarios with what no recorded one has.
"""

from collections.abc import Iterator
import copy
from typing import Any, NamedTuple

from nova import objects
from nova.tests.golden import outcome
from nova.tests.golden import scenario
from nova.tests.unit.virt.libvirt.designer import test_golden

objects.register_all()

SECTIONS = ('instance', 'flavor', 'image_meta', 'network_info', 'block_device_info',
            'share_info', 'rescue', 'accel_info', 'mdevs')
#: What somebody else than us gives names to.
NAMED_BY_USERS = {
    ('flavor', 'extra_specs'), ('image_meta', 'properties'), ('instance', 'metadata'),
    ('instance', 'system_metadata'), ('network_info', '*', 'meta'),
    ('network_info', '*', 'details'), ('network_info', '*', 'profile'),
    ('block_device_info', 'block_device_mapping', '*', 'connection_info', 'data'),
    ('block_device_info', 'block_device_mapping', '*', 'connection_info', 'data',
     'qos_specs'),
}

Path = tuple[str | int, ...]


class Place(NamedTuple):
    scenario: str
    path: Path

    @property
    def kind(self) -> tuple[str, ...]:
        """The path with a star for each number."""
        return tuple('*' if isinstance(part, int) else part for part in self.path)


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of all texts."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in items:
            yield from leaves(child, (*path, key))


def folders(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of all that has names in it."""
    if isinstance(value, dict | list):
        if isinstance(value, dict):
            yield path
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in items:
            yield from folders(child, (*path, key))


def _loaded(name: str) -> scenario.Scenario:
    return scenario.load(test_golden.FOLDER / 'scenarios' / f'{name}.json',
                         test_golden.INSTANCES_PATH)


def _changed(name: str, **changes: Any) -> scenario.Scenario:
    source = _loaded(name)
    return scenario.Scenario({**copy.deepcopy(source.data), **changes},
                             source.instances_path)


def _with_devices() -> scenario.Scenario:
    """Return a guest with accelerators, persistent memory and shares."""
    source = _changed(
        'base-kvm-defaults', mdevs=['7d3ae1f8-0000-4000-8000-000000000001'],
        accel_info=[
            {'attach_handle_type': 'PCI', 'attach_handle_uuid': 'not-used',
             'attach_handle_info': {'domain': '0000', 'bus': '0c', 'device': '00',
                                    'function': '0'}},
            {'attach_handle_type': 'MDEV', 'attach_handle_info': {},
             'attach_handle_uuid': '7d3ae1f8-0000-4000-8000-000000000002'}],
        share_info=[{'tag': 'share', 'share_proto': 'NFS',
                     'export_location': '192.0.2.1:/share'}])
    source.data['flavor']['extra_specs']['hw:pmem'] = '4GB'
    source.data['instance']['resources'] = [{
        'resource_class': 'CUSTOM_PMEM_NAMESPACE_4GB', 'identifier': 'ns_0',
        'metadata': {'label': '4GB', 'name': 'ns_0', 'devpath': '/dev/dax0.0',
                     'size': 4 << 30, 'align': 2 << 20}}]
    return source


#: Extra specs that no recorded flavor has beside one another.
_SPECS = {f'quota:{name}': '1024' for name in (
    'cpu_shares', 'cpu_period', 'cpu_quota', 'disk_read_iops_sec',
    'disk_write_bytes_sec', 'vif_inbound_average', 'vif_inbound_peak',
    'vif_inbound_burst', 'vif_outbound_average')}
_SPECS.update({'hw_rng:rate_bytes': '10', 'hw_rng:rate_period': '20',
               'hw_video:ram_max_mb': '64', 'hw:maxphysaddr_bits': '42',
               'hw:maxphysaddr_mode': 'emulate', 'hw:cpu_max_cores': '4',
               'hw:cpu_sockets': '1', 'hw:redirected_usb_ports': '2',
               'hw:serial_port_count': '1', 'hw:pmu': 'true',
               'hw:virtio_packed_ring': 'true', 'hw:vif_multiqueue_enabled': 'true'})


def _with_specs() -> scenario.Scenario:
    source = _changed('vif-hw-veb-bandwidth')
    source.data['flavor']['extra_specs'].update(_SPECS)
    return source


def _with_existing_domain() -> scenario.Scenario:
    """Return a guest of an image that is defined already."""
    there = _loaded('serial-already-defined').data['existing_domain_xml']
    return _changed('meta-image-properties', existing_domain_xml=there)


SOURCES = {path.stem: _loaded(path.stem)
           for path in scenario.paths(test_golden.FOLDER)}
SOURCES.update({'devices': _with_devices(), 'specs': _with_specs(),
                'existing': _with_existing_domain()})


def _unique(found: Iterator[Place]) -> list[Place]:
    """Return one place of each kind, the richer scenarios first."""
    places: dict[tuple[str, ...], Place] = {}
    for place in found:
        # What an image says is read anew for a domain that is there already.
        is_again = place.scenario == 'existing' and place.path[0] == 'image_meta'
        places.setdefault((*place.kind, 'again') if is_again else place.kind, place)
    return list(places.values())


def _sections(finder: Any) -> Iterator[Place]:
    names = ['devices', 'specs', 'existing',
             # Those that are refused for another reason tell least.
             *sorted(SOURCES, key=lambda name: name.startswith('err-'))]
    for name in dict.fromkeys(names):
        for section in SECTIONS:
            for path in finder(SOURCES[name].data[section]):
                yield Place(name, (section, *path))


#: One for each kind of text.
TEXTS = _unique(_sections(leaves))
#: One for each kind of dictionary whose names are somebody's.
NAMES = [place for place in _unique(_sections(folders))
         if place.kind in NAMED_BY_USERS]


def described(place: Place, change: Any) -> outcome.Outcome:
    """Describe the guest of a scenario in which one place has been changed.

    :param change: is given what holds the place, and the place's key.
    """
    source = SOURCES[place.scenario]
    data = dict(source.data)
    section = data[place.path[0]] = copy.deepcopy(data[place.path[0]])
    holder: Any = {place.path[0]: section}
    for key in place.path[:-1]:
        holder = holder[key]
    change(holder, place.path[-1])
    asked = scenario.Scenario(data, source.instances_path)
    # The host is the same, and reading about it takes longest.
    vars(asked).update(settings=source.settings, host_facts=source.host_facts)
    return outcome.of(asked)
