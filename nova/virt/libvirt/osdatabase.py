# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""libosinfo's database of operating systems, read once into plain values."""

from collections.abc import Callable, Iterable, Iterator, Mapping
import dataclasses
from typing import Any

from oslo_log import log as logging

from nova import exception
from nova import utils
from nova.virt.libvirt import threads
from nova.virt.libvirt.designer import guestos

LOG = logging.getLogger(__name__)

_MIB = 1 << 20
_ANY_ARCH = 'all'
_BIOS, _EFI = 'bios', 'efi'


@dataclasses.dataclass(frozen=True)
class Entry:
    """One system of the database."""

    #: The first short id, such as ``debian11``.
    name: str
    #: Its id, which is a URL, and every short id.
    names: frozenset[str]
    #: As in ``os_distro`` and ``os_version`` of images.
    distro: str | None = None
    version: str | None = None
    family: str | None = None
    is_dated: bool = False
    #: Names of all devices that it has drivers for.
    devices: frozenset[str] = frozenset()
    #: (architecture, ``bios`` or ``efi``) to whether it starts from it.
    firmware: Mapping[tuple[str, str], bool] = dataclasses.field(default_factory=dict)
    #: Architecture, or ``all``, to the least memory.
    memory_mb: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @property
    def says_nothing(self) -> bool:
        """Whether it stands for systems that nothing is known of."""
        return not self.devices and not self.is_dated

    def on(self, arch: str) -> guestos.GuestOS:
        """Return what holds for one architecture."""
        starts = {kind: is_possible for (of, kind), is_possible
                  in self.firmware.items() if of == arch}
        return guestos.GuestOS(
            name=self.name, family=self.family, version=self.version,
            devices=self.devices & guestos.RELEVANT,
            needs_uefi=starts.get(_EFI, False) and not starts.get(_BIOS, True),
            minimum_memory_mb=self.memory_mb.get(arch, self.memory_mb.get(_ANY_ARCH)))


class OSDatabase:
    """Finds systems by their names.

    The database is read when a name is looked up for the first time, in a native
    thread, since it takes a while, and kept as it was then.

    :param read: reads the entries.
    """

    def __init__(self, read: Callable[[], Iterable[Entry]] | None = None) -> None:
        self._read = read or read_libosinfo
        # Taken in native threads.
        self._lock = threads.native('threading').Lock()
        self._index: _Index | None = None

    def find(self, name: str, version: str | None = None) -> Entry:
        """Return a system.

        :param name: one of its ids; or its distribution, where that is one system,
            or one of this version.
        :raises nova.exception.OsInfoNotFound: if nothing is known of it, or if
            there is no libosinfo here.
        """
        index = self._index
        if index is None:
            index = utils.tpool_wrap(self)._load()
            index.report()
        found = index.find(name.lower(), (version or '').lower())
        if found is None or found.says_nothing:
            raise exception.OsInfoNotFound(os_name=name)
        return found

    def _load(self) -> '_Index':
        with self._lock:
            if self._index is None:
                self._index = _Index.of(self._read)
            return self._index


class _Index:
    """The entries by their names.

    :param problem: why there are none.
    """

    def __init__(self, entries: Iterable[Entry], problem: str | None = None) -> None:
        self._by_name: dict[str, Entry] = {}
        self._by_distro: dict[str, list[Entry]] = {}
        self._problem = problem
        self._is_reported = False
        for entry in entries:
            self._by_name.update(dict.fromkeys(map(str.lower, entry.names), entry))
            if entry.distro:
                self._by_distro.setdefault(entry.distro.lower(), []).append(entry)

    @classmethod
    def of(cls, read: Callable[[], Iterable[Entry]]) -> '_Index':
        """Read the entries; what keeps them from being read is the problem."""
        try:
            return cls(read())
        except (ImportError, ValueError, RuntimeError) as error:
            # No PyGObject, no typelib of this version, no database.
            return cls((), str(error))

    def report(self) -> None:
        """Log once what was found, from a thread that may."""
        if self._is_reported:
            return
        self._is_reported = True
        if self._problem:
            LOG.info('libosinfo cannot be asked, so that the devices of guests do not '
                     'depend on their systems: %s', self._problem)
        else:
            LOG.debug('libosinfo knows %d names of systems', len(self._by_name))

    def find(self, name: str, version: str) -> Entry | None:
        if name in self._by_name and not version:
            return self._by_name[name]
        of_distro = self._by_distro.get(name, [])
        of_version = [entry for entry in of_distro
                      if version and (entry.version or '').lower() == version]
        for matching in (of_version, of_distro if not version else []):
            named = [entry for entry in matching if f'{name}{version}' in entry.names]
            if len(matching) == 1 or len(named) == 1:
                return (named or matching)[0]
        return self._by_name.get(name)


def read_libosinfo() -> Iterator[Entry]:
    """Yield every system of the database that is installed.

    :raises ImportError: without PyGObject.
    :raises ValueError: without libosinfo's description of itself.
    :raises RuntimeError: if the database cannot be read.
    """
    # An optional extra, and slow to load.
    import gi
    gi.require_version('Libosinfo', '1.0')
    from gi.repository import Libosinfo

    loader = Libosinfo.Loader()
    loader.process_default_path()
    for system in loader.get_db().get_os_list().get_elements():
        if system.get_short_id():
            yield _entry(system)


def _entry(system: Any) -> Entry:
    """Read one system off libosinfo's object."""
    names = (system.get_id(), *system.get_short_id_list())
    return Entry(
        name=system.get_short_id(), names=frozenset(names),
        distro=system.get_distro(), version=system.get_version(),
        family=system.get_family(), is_dated=system.get_release_date() is not None,
        # Those of the systems that it derives from are among them.
        devices=frozenset(device.get_name() for device
                          in system.get_all_devices(None).get_elements()),
        firmware={(firmware.get_architecture(), firmware.get_firmware_type()):
                  firmware.is_supported() for firmware
                  in system.get_complete_firmware_list(None).get_elements()},
        memory_mb={resources.get_architecture(): resources.get_ram() // _MIB
                   for resources in system.get_minimum_resources().get_elements()
                   if resources.get_ram() > 0})
