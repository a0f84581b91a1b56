# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Measure spawn and destroy beside libvirt by hand: ``python -m benchmarks.spawn``.

By hand is what cannot be left out: one ``qemu-img create``, define and create, of the
same guest, in turns with ours in the same run.  Its image is in the cache and holds no
system, so that guests do not compete with what is measured.  Needs a libvirtd, and
root or a user who may use it.  Prints milliseconds and the ratio, of the middle of
many turns; the processor time of this process, the calls over libvirt's connection and
the programs.
"""

import argparse
from collections.abc import Callable, Iterator
import contextlib
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any
import uuid

from benchmarks import database
from nova import monkey_patch

#: Calls of libvirt-python that the client library answers by itself.
_LOCAL = re.compile(
    r'virDomainGet(UUID|UUIDString|Name|ID|Connect)|virConnectIsAlive|vir\w*(Ref|Free)'
    r'|virGetLastError|virEvent\w+|virConnSetErrorFunc|virRegisterErrorHandler')


class Counters:
    """What this process asks of others."""

    def __init__(self, libvirt: Any) -> None:
        self.calls: list[str] = []
        self.programs: list[str] = []
        self._module = libvirt.libvirtmod
        libvirt.libvirtmod = self
        sys.addaudithook(self._audit)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if not callable(found) or _LOCAL.fullmatch(name):
            return found

        def counted(*args: Any) -> Any:
            self.calls.append(name)
            return found(*args)
        return counted

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event in ('subprocess.Popen', 'os.posix_spawn'):
            words = [str(word) for word in args[1]]
            # Those before it set limits, and then become it.
            while os.path.basename(words[0]) in ('prlimit', 'setpriv'):
                words = words[words.index('--') + 1:]
            self.programs.append(os.path.basename(words[0]))

    def clear(self) -> None:
        self.calls.clear()
        self.programs.clear()


class Bench:
    """A driver with a folder of its own, and the same by hand."""

    def __init__(self, folder: pathlib.Path, uri: str) -> None:
        import libvirt

        from nova import context
        from nova import objects
        from nova.tests.fixtures import instances
        from nova.virt import virtapi
        from nova.virt.libvirt import driver

        libvirt.registerErrorHandler(lambda *_: None, None)
        self.counters = Counters(libvirt)
        _configure(folder, uri)
        self._make_instance = instances.make
        self._folder, self._context = folder, context.get_admin_context()
        self._image_id = _add_image(folder / 'images')
        self._image_meta = objects.ImageMeta.from_dict(
            {'id': self._image_id, 'disk_format': 'qcow2', 'properties': {}})
        self.driver = driver.LibvirtDriver(virtapi.VirtAPI())
        self.driver.init_host('here')
        self._conn = libvirt.open(uri)
        self._document, self._base = self._pattern()

    def _pattern(self) -> tuple[str, str]:
        """Spawn a guest; return its document and its disk's base."""
        instance = self.instance()
        self.spawn(instance)
        xml = self._conn.lookupByUUIDString(instance.uuid).XMLDesc(2)
        shown = subprocess.run(['qemu-img', 'info', '-U', self._disk(instance.uuid)],
                               check=True, capture_output=True, text=True).stdout
        base = re.search(r'^backing file: (.*)$', shown, re.MULTILINE)
        self.destroy(instance)
        name = re.search('<name>(.*)</name>', xml)
        if base is None or name is None:
            raise RuntimeError(f'no pattern in {shown}')
        pattern = xml.replace(instance.uuid, 'THE-UUID').replace(name[1], 'THE-NAME')
        return re.sub(r'<seclabel.*</seclabel>', '', pattern), base[1]

    def _disk(self, instance_uuid: str) -> str:
        return str(self._folder / 'instances' / instance_uuid / 'disk')

    def instance(self) -> Any:
        return self._make_instance(self._image_id)

    # Ours

    def spawn(self, instance: Any) -> None:
        self.driver.spawn(self._context, instance, self._image_meta, [], None, {})

    def destroy(self, instance: Any) -> None:
        self.driver.destroy(self._context, instance, [])

    # By hand

    def spawn_by_hand(self, instance: Any) -> None:
        disk = self._disk(instance.uuid)
        os.mkdir(os.path.dirname(disk))
        subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-o',
                        f'backing_file={self._base},backing_fmt=raw', disk, '1G'],
                       check=True)
        xml = self._document.replace('THE-UUID', instance.uuid).replace(
            'THE-NAME', f'by-hand-{instance.uuid[:8]}')
        self._conn.defineXML(xml).create()

    def destroy_by_hand(self, instance: Any) -> None:
        domain = self._conn.lookupByUUIDString(instance.uuid)
        domain.destroy()
        domain.undefine()
        shutil.rmtree(os.path.dirname(self._disk(instance.uuid)))

    def close(self) -> None:
        self.driver.cleanup_host('here')
        self._conn.close()


def _configure(folder: pathlib.Path, uri: str) -> None:
    from oslo_concurrency import lockutils

    import nova.conf
    conf = nova.conf.CONF
    conf([], project='nova', default_config_files=[])
    for group, name, value in (
            (None, 'state_path', str(folder)),
            (None, 'instances_path', str(folder / 'instances')),
            (None, 'instance_name_template', f'{folder.name}-%08x'),
            ('libvirt', 'connection_uri', uri), ('libvirt', 'virt_type', 'qemu'),
            ('standalone', 'images_path', str(folder / 'images'))):
        conf.set_override(name, value, group)
    lockutils.set_defaults(lock_path=str(folder / 'locks'))
    database.make(folder)


def _add_image(images: pathlib.Path) -> str:
    image_id = str(uuid.uuid4())
    images.mkdir()
    image = images / 'blank.qcow2'
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', image, '10M'],
                   check=True)
    (images / 'blank.qcow2.yaml').write_text(
        f'{{id: {image_id}, name: blank, disk_format: qcow2, container_format: bare}}')
    return image_id


# Measuring

def one_by_one(bench: Bench, rounds: int) -> bool:
    """Spawn and destroy in turns, by hand and ours; tell whether the bounds hold."""
    wall: dict[str, list[float]] = {'by hand': [], 'ours': []}
    cpu_ms: dict[str, list[float]] = {'by hand': [], 'ours': []}
    asked: dict[str, list[list[str]]] = {'spawn': [], 'run': [], 'destroy': []}
    for _round in range(rounds):
        instance = bench.instance()
        began = time.process_time()
        wall['by hand'].append(_timed(bench.spawn_by_hand, instance))
        cpu_ms['by hand'].append((time.process_time() - began) * 1000)
        bench.destroy_by_hand(instance)
        instance = bench.instance()
        bench.counters.clear()
        began = time.process_time()
        wall['ours'].append(_timed(bench.spawn, instance))
        cpu_ms['ours'].append((time.process_time() - began) * 1000)
        asked['spawn'].append(list(bench.counters.calls))
        asked['run'].append(list(bench.counters.programs))
        bench.counters.clear()
        bench.destroy(instance)
        asked['destroy'].append(list(bench.counters.calls))
    # Now and then what a new connection still has to ask comes in between.
    calls, programs, destroy_calls = (min(found, key=len) for found in asked.values())
    ratio = _report(f'spawn, {rounds} turns', wall)
    cpu = statistics.median(cpu_ms['ours'])
    print(f'  own processor time    {cpu:7.1f} ms (best {min(cpu_ms["ours"]):.1f}); '
          f'by hand {statistics.median(cpu_ms["by hand"]):.1f} ms')
    print(f'  libvirt round trips   {len(calls):7d}    {", ".join(calls)}')
    print(f'  programs              {len(programs):7d}    {", ".join(programs)}')
    print(f'  destroy, round trips  {len(destroy_calls):7d}    '
          f'{", ".join(destroy_calls)}')
    return (ratio <= 1.1 and len(calls) <= 4 and len(programs) == 1
            and cpu < 10 and len(destroy_calls) <= 3)


def together(bench: Bench, count: int, rounds: int) -> bool:
    """Spawn many at once, by hand and ours; tell whether the bound holds."""
    ways = {'by hand': (bench.spawn_by_hand, bench.destroy_by_hand),
            'ours': (bench.spawn, bench.destroy)}
    wall: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(rounds):
        for name, (spawn, destroy) in ways.items():
            instances = [bench.instance() for _number in range(count)]
            wall[name].append(_timed(_all_at_once, spawn, instances))
            _all_at_once(destroy, instances)
    return _report(f'spawn of {count} at once, {rounds} turns', wall) <= 1.15


def _timed(call: Callable[..., Any], *args: Any) -> float:
    began = time.perf_counter()
    call(*args)
    return (time.perf_counter() - began) * 1000


def _all_at_once(call: Callable[[Any], None], instances: list[Any]) -> None:
    failed: list[BaseException] = []

    def run(instance: Any) -> None:
        try:
            call(instance)
        except Exception as error:  # noqa: BLE001  raised where it is seen
            failed.append(error)
    threads = [threading.Thread(target=run, args=(each,)) for each in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _report(title: str, wall: dict[str, list[float]]) -> float:
    middle = {name: statistics.median(found) for name, found in wall.items()}
    ratio = middle['ours'] / middle['by hand']
    print(title)
    for name, found in wall.items():
        print(f'  {name:20}  {middle[name]:7.1f} ms (best {min(found):.1f})')
    print(f'  ratio                 {ratio:7.2f}')
    return ratio


@contextlib.contextmanager
def _folder() -> Iterator[pathlib.Path]:
    parent = '/var/lib' if os.geteuid() == 0 else None
    path = pathlib.Path(tempfile.mkdtemp(prefix='nova-spawn-', dir=parent))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def main() -> int:
    """Measure; 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(prog='benchmarks.spawn', description=__doc__)
    parser.add_argument('--rounds', type=int, default=10)
    parser.add_argument('--at-once', type=int, default=20)
    parser.add_argument('--rounds-at-once', type=int, default=3)
    parser.add_argument('--eventlet', action='store_true')
    parser.add_argument('--uri', default='qemu:///system')
    options = parser.parse_args()
    monkey_patch.patch('eventlet' if options.eventlet else 'threading')
    with _folder() as folder:
        bench = Bench(folder, options.uri)
        with contextlib.closing(bench):
            good = one_by_one(bench, options.rounds)
            if options.at_once:
                good &= together(bench, options.at_once, options.rounds_at_once)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
