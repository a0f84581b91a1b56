# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Devices by guest OS: what the system of an image can drive, and what follows.

Each choice is for an image that asks for nothing: what it asks for, it gets.  A
sound card is never chosen, whatever the system could play on.
"""

from collections.abc import Iterable
import dataclasses
import json
from typing import Any

from nova import objects
from nova.objects import fields
from nova.virt.libvirt import machine

#: The choice of no device at all.
NONE = 'none'

#: NICs of QEMU beside virtio's, by libosinfo's names, the best first.
_EMULATED_NICS = (fields.VIFModel.E1000, fields.VIFModel.E1000E,
                  fields.VIFModel.RTL8139, fields.VIFModel.PCNET,
                  fields.VIFModel.NE2K_PCI)
_VIRTIO_KINDS = ('block', 'net', 'gpu', 'rng')
_QXL = fields.VideoModel.QXL

#: The devices, by libosinfo's names, that a choice depends on.
RELEVANT = frozenset({
    *_EMULATED_NICS, _QXL,
    *(f'{virtio}-{kind}' for virtio in ('virtio', 'virtio1.0')
      for kind in _VIRTIO_KINDS)})

#: Families of systems that take the clock of the machine to show local time.
_LOCAL_TIME = ('winnt', 'win9x', 'win16', 'msdos')
#: The first Windows NT that knows Microsoft's hypervisor: Vista.
_KNOWS_HYPERV = (6, 0)

#: x86 machines that lack the buses of a PC.
_NO_PC = ('isapc', 'microvm', 'none', 'xenpv')


@dataclasses.dataclass(frozen=True)
class GuestOS:
    """What libosinfo says about one system on one architecture."""

    #: Short id, such as ``debian11``.
    name: str
    #: Such as ``linux`` or ``winnt``.
    family: str | None = None
    version: str | None = None
    #: Those of RELEVANT that it has drivers for.
    devices: frozenset[str] = frozenset()
    #: Whether it starts from UEFI and from nothing else.
    needs_uefi: bool = False
    minimum_memory_mb: int | None = None

    def to_text(self) -> str:
        """Return it as one line, to be remembered with an instance."""
        values = {**dataclasses.asdict(self), 'devices': sorted(self.devices)}
        return json.dumps({name: value for name, value in values.items() if value},
                          separators=(',', ':'))

    @classmethod
    def from_text(cls, text: str) -> 'GuestOS':
        """Return what to_text() has written."""
        values = json.loads(text)
        return cls(**{**values, 'devices': frozenset(values.get('devices', ()))})


@dataclasses.dataclass(frozen=True)
class Board:
    """The machine that the devices are for."""

    arch: str
    machine_type: str | None

    @classmethod
    def of(cls, image_meta: 'objects.ImageMeta', host_arch: str,
           machine_types: Iterable[str] = ()) -> 'Board':
        """Return the machine that an image gets.

        :param machine_types: ``ARCH=MACHINE`` entries.
        """
        arch = machine.get_arch(image_meta, host_arch)
        return cls(arch, machine.get_machine_type(image_meta, arch, machine_types))

    @property
    def is_pc(self) -> bool:
        """Whether the emulated devices of a PC can be had."""
        return machine.is_x86(self.arch) and self.machine_type not in _NO_PC

    @property
    def has_pcie(self) -> bool:
        """Whether devices sit on PCI Express, where virtio is 1.0 and nothing else."""
        return machine.has_pcie(self.arch, self.machine_type)


@dataclasses.dataclass(frozen=True)
class Choice:
    """A device, or a way to set the machine up, and why it was chosen."""

    value: str
    reason: str


def chosen(**choices: Choice | None) -> dict[str, Any]:
    """Return the values of those that were chosen, by their names."""
    return {name: choice.value for name, choice in choices.items() if choice}


def disk_bus(guest_os: GuestOS | None, board: Board) -> Choice | None:
    """Choose the bus of disks; None where it is nobody's business here."""
    if guest_os is None or not board.is_pc:
        return None
    if _drives_virtio(guest_os, 'block', board):
        return _supported(guest_os, fields.DiskBus.VIRTIO)
    # A machine with PCI Express has no IDE.
    bus = fields.DiskBus.SATA if board.has_pcie else fields.DiskBus.IDE
    return _without_virtio(guest_os, bus, board)


def vif_model(guest_os: GuestOS | None, board: Board) -> Choice | None:
    """Choose the model of NICs."""
    if guest_os is None or not board.is_pc:
        return None
    if _drives_virtio(guest_os, 'net', board):
        return _supported(guest_os, fields.VIFModel.VIRTIO)
    best = (fields.VIFModel.E1000E,) if board.has_pcie else ()
    for model in (*best, *_EMULATED_NICS):
        if model in guest_os.devices:
            return _supported(guest_os, model)
    # There is hardly a system of its time that did not come with this driver.
    return _without_virtio(guest_os, fields.VIFModel.RTL8139, board)


def video_model(guest_os: GuestOS | None, board: Board, is_spice: bool,
                offered: Iterable[str] = ()) -> Choice | None:
    """Choose the video adapter.

    :param is_spice: whether the screen is shown by SPICE, which QXL is made for.
    :param offered: the models that the host has.
    """
    if guest_os is None or not board.is_pc:
        return None
    if _drives_virtio(guest_os, 'gpu', board):
        return _supported(guest_os, fields.VideoModel.VIRTIO)
    if is_spice and _QXL in guest_os.devices and _QXL in offered:
        return _supported(guest_os, _QXL)
    return _without_virtio(guest_os, fields.VideoModel.VGA, board)


def rng_model(guest_os: GuestOS | None, board: Board) -> Choice | None:
    """Choose the random number generator: virtio's, or none."""
    if guest_os is None or not board.is_pc:
        return None
    if _drives_virtio(guest_os, 'rng', board):
        return _supported(guest_os, fields.RNGModel.VIRTIO)
    return _without_virtio(guest_os, NONE, board)


def firmware(guest_os: GuestOS | None, has_uefi: bool) -> Choice | None:
    """Choose UEFI for a system that starts from nothing else.

    :param has_uefi: whether the host has it.
    """
    if guest_os is None or not guest_os.needs_uefi:
        return None
    if not has_uefi:
        return Choice(fields.FirmwareType.BIOS,
                      f'{guest_os.name} needs UEFI, which this host lacks')
    return Choice(fields.FirmwareType.UEFI, f'{guest_os.name} needs it')


def clock_offset(guest_os: GuestOS | None) -> Choice | None:
    """Choose what the clock of the machine shows."""
    if guest_os is None:
        return None
    if guest_os.family in _LOCAL_TIME:
        return Choice('localtime', f'{guest_os.name} expects local time')
    return Choice('utc', f'{guest_os.name} expects UTC')


def keeps_local_time(os_type: str | None, guest_os: GuestOS | None) -> bool:
    """Tell whether the clock has to show local time.

    :param os_type: what the image says; it outweighs what the system is known for.
    """
    if os_type:
        return os_type == fields.OSType.WINDOWS
    return guest_os is not None and guest_os.family in _LOCAL_TIME


def knows_hyperv(os_type: str | None, guest_os: GuestOS | None) -> bool:
    """Tell whether the guest makes use of the interfaces of Hyper-V."""
    if os_type:
        return os_type == fields.OSType.WINDOWS
    return (guest_os is not None and guest_os.family == 'winnt'
            and _numbers(guest_os.version) >= _KNOWS_HYPERV)


def lacking_memory_mb(guest_os: GuestOS | None, memory_mb: int) -> int:
    """Return how much memory is missing for what the system needs at least."""
    least = guest_os.minimum_memory_mb if guest_os else None
    return max((least or 0) - memory_mb, 0)


def _numbers(version: str | None) -> tuple[int, ...]:
    parts = (version or '').split('.')
    return tuple(int(part) for part in parts if part.isdecimal())


def _drives_virtio(guest_os: GuestOS, kind: str, board: Board) -> bool:
    names = {f'virtio1.0-{kind}'}
    if not board.has_pcie:
        names.add(f'virtio-{kind}')
    return not names.isdisjoint(guest_os.devices)


def _supported(guest_os: GuestOS, value: str) -> Choice:
    return Choice(value, f'supported by {guest_os.name}')


def _without_virtio(guest_os: GuestOS, value: str, board: Board) -> Choice:
    virtio = 'virtio 1.0' if board.has_pcie else 'virtio'
    return Choice(value, f'{guest_os.name} is not known to support {virtio} here')
