# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Network devices of the host's kernel: bridges, taps, VLANs, virtual functions.

Everything needs CAP_NET_ADMIN.  What is wanted and there already is left as it is,
and what is to go and not there is no error.
"""

from collections.abc import Iterator
import contextlib
import errno
import os
import pathlib
import re
from typing import Any

#: What the kernel refuses is raised as this, with its error number.
Error = OSError

PCI_DEVICES = pathlib.Path('/sys/bus/pci/devices')

#: QEMU wants packets without a header of tun, and with one of virtio.
_TAP_FLAGS = {'no_pi': 1, 'one_queue': 0, 'vnet_hdr': 1}


class NetDevices:
    """The devices of the network namespace that this process is in.

    :param pci_devices: where the kernel shows PCI devices.
    """

    def __init__(self, pci_devices: pathlib.Path = PCI_DEVICES) -> None:
        self._pci_devices = pci_devices

    # Any device

    def exists(self, name: str) -> bool:
        """Tell whether there is a device of a name."""
        with _kernel() as kernel:
            return _index(kernel, name) is not None

    def delete(self, name: str) -> None:
        """Remove a device."""
        with _kernel() as kernel:
            index = _index(kernel, name)
            if index is not None:
                with _unless(errno.ENODEV):
                    kernel.link('del', index=index)

    def set_up(self, name: str, mtu: int | None = None) -> None:
        """Let a device run, with an MTU if one is given."""
        changes: dict[str, Any] = {'mtu': mtu} if mtu else {}
        self._set(name, state='up', **changes)

    def _set(self, name: str, **changes: Any) -> None:
        with _kernel() as kernel:
            kernel.link('set', index=_index_of(kernel, name), **changes)

    # Bridges

    def is_bridge(self, name: str) -> bool:
        """Tell whether there is a bridge of a name."""
        with _kernel() as kernel:
            index = _index(kernel, name)
            return index is not None and _kind(kernel, index) == 'bridge'

    def add_bridge(self, name: str, mtu: int | None = None) -> bool:
        """Make a bridge that runs; False if it was there.

        After a failure there is none that was not there before.
        """
        # Without the protocol and the delay, a guest can talk at once.
        with _kernel() as kernel, self._removed_on_failure(kernel, name):
            if not _add(kernel, ifname=name, kind='bridge', br_stp_state=0,
                        br_forward_delay=0):
                return False
            changes: dict[str, Any] = {'mtu': mtu} if mtu else {}
            kernel.link('set', index=_index_of(kernel, name), state='up', **changes)
        return True

    def add_port(self, bridge: str, name: str) -> None:
        """Make a device a port of a bridge."""
        with _kernel() as kernel:
            kernel.link('set', index=_index_of(kernel, name),
                        master=_index_of(kernel, bridge))

    def ports(self, bridge: str) -> list[str]:
        """Return the names of a bridge's ports."""
        with _kernel() as kernel:
            index = _index(kernel, bridge)
            if index is None:
                return []
            return [link.get_attr('IFLA_IFNAME') for link in kernel.get_links()
                    if link.get_attr('IFLA_MASTER') == index]

    def filter_bridged(self, bridge: str) -> None:
        """Let the rules for IP packets hold for those that a bridge passes on."""
        with _kernel() as kernel:
            kernel.link('set', index=_index_of(kernel, bridge), kind='bridge',
                        br_nf_call_iptables=1, br_nf_call_ip6tables=1)

    # Taps and VLANs

    def add_tap(self, name: str, mac_addr: str | None = None, mtu: int | None = None,
                multiqueue: bool = False) -> bool:
        """Make a tap device that runs; False if it was there.

        After a failure there is none that was not there before.
        """
        with _kernel() as kernel, self._removed_on_failure(kernel, name):
            if _index(kernel, name) is not None:
                return False
            kernel.link('add', ifname=name, kind='tuntap', mode='tap',
                        ifr={**_TAP_FLAGS, 'multi_queue': int(multiqueue)})
            changes = {key: value for key, value in
                       (('address', mac_addr), ('mtu', mtu)) if value}
            kernel.link('set', index=_index_of(kernel, name), state='up', **changes)
        return True

    def add_vlan(self, name: str, parent: str, vlan: int,
                 mtu: int | None = None, mac_addr: str | None = None) -> bool:
        """Make a VLAN of a device, which runs; False if it was there.

        After a failure there is none that was not there before.
        """
        with _kernel() as kernel, self._removed_on_failure(kernel, name):
            if not _add(kernel, ifname=name, kind='vlan', vlan_id=vlan,
                        link=_index_of(kernel, parent)):
                return False
            changes = {key: value for key, value in
                       (('address', mac_addr), ('mtu', mtu)) if value}
            kernel.link('set', index=_index_of(kernel, name), state='up', **changes)
        return True

    @contextlib.contextmanager
    def _removed_on_failure(self, kernel: Any, name: str) -> Iterator[None]:
        before = _index(kernel, name)
        try:
            yield
        except BaseException:
            index = _index(kernel, name)
            if before is None and index is not None:
                with contextlib.suppress(_netlink_error(), OSError):
                    kernel.link('del', index=index)
            raise

    # PCI functions

    def set_function(self, pci_addr: str, mac_addr: str | None = None,
                     vlan: int | None = None, trusted: bool | None = None) -> None:
        """Tell a card how one of its virtual functions is to behave.

        :raises LookupError: if no card has such a function.
        """
        card, number = self._card_of(pci_addr)
        wanted = {'mac': mac_addr, 'vlan': vlan,
                  'trust': None if trusted is None else int(trusted)}
        with _kernel() as kernel:
            for name, value in wanted.items():
                if value is not None:
                    kernel.link('set', index=_index_of(kernel, card),
                                vf={'vf': number, name: value})

    def get_name(self, pci_addr: str) -> str:
        """Return the network device that the host has of a PCI function.

        :raises LookupError: if it has none.
        """
        return self._name_in(self._pci_devices / pci_addr / 'net', pci_addr)

    def _card_of(self, pci_addr: str) -> tuple[str, int]:
        """Return the device of a function's card, and the function's number there."""
        card = self._pci_devices / pci_addr / 'physfn'
        for link in card.glob('virtfn*'):
            number = re.fullmatch(r'virtfn(\d+)', link.name)
            if number and os.path.realpath(link).endswith(f'/{pci_addr}'):
                return self._name_in(card / 'net', pci_addr), int(number[1])
        raise LookupError(f'{pci_addr} is no virtual function')

    @staticmethod
    def _name_in(folder: pathlib.Path, pci_addr: str) -> str:
        names = sorted(os.listdir(folder)) if folder.is_dir() else []
        if not names:
            raise LookupError(f'{pci_addr} has no network device')
        return names[0]


@contextlib.contextmanager
def _kernel() -> Iterator[Any]:
    # pyroute2 takes long to load, and a node without networks never needs it.
    import pyroute2
    with pyroute2.IPRoute() as kernel:
        try:
            yield kernel
        except _netlink_error() as error:
            raise OSError(error.code, str(error)) from error


def _netlink_error() -> Any:
    from pyroute2.netlink import exceptions
    return exceptions.NetlinkError


@contextlib.contextmanager
def _unless(code: int) -> Iterator[None]:
    try:
        yield
    except _netlink_error() as error:
        if error.code != code:
            raise


def _index(kernel: Any, name: str) -> int | None:
    found = kernel.link_lookup(ifname=name)
    return found[0] if found else None


def _index_of(kernel: Any, name: str) -> int:
    index = _index(kernel, name)
    if index is None:
        raise OSError(errno.ENODEV, 'there is no such network device', name)
    return index


def _kind(kernel: Any, index: int) -> str | None:
    (link,) = kernel.get_links(index)
    info = link.get_attr('IFLA_LINKINFO')
    kind: str | None = info.get_attr('IFLA_INFO_KIND') if info else None
    return kind


def _add(kernel: Any, **device: Any) -> bool:
    """Make a device; False if there is one of this name."""
    try:
        kernel.link('add', **device)
    except _netlink_error() as error:
        if error.code == errno.EEXIST:
            return False
        raise
    return True
