# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Measure config objects against lxml by hand: ``python -m benchmarks.config``.

Writing is compared with building and serialising the identical tree; reading with
parsing and visiting every node: element by element as the tree has them, and flat,
which tells nobody what is in what.  Prints microseconds and the ratio, best of many.
"""

from collections.abc import Callable
import sys
import timeit

from lxml import etree

from nova.virt.libvirt import config

#: Calls in one round: few, as whatever else the machine does strikes the longer ones.
_NUMBER = 5
_parser = etree.XMLParser(remove_blank_text=True)


def typical_guest(disks: int = 2, interfaces: int = 2) -> config.LibvirtConfigGuest:
    """Return a guest made by hand, as one that is about to be started."""
    guest = config.LibvirtConfigGuest(
        virt_type='kvm', uuid='6ce9ba9b-7c1b-4d67-9f0c-0a1b2c3d4e5f', name='guest',
        memory=2097152, vcpus=2, os_type='hvm', os_arch='x86_64', os_mach_type='q35')
    guest.metadata.append(_metadata())
    guest.sysinfo = config.LibvirtConfigGuestSysinfo(
        system_manufacturer='OpenStack Foundation', system_product='OpenStack Nova',
        system_version='34.0.0', system_serial=guest.uuid, system_uuid=guest.uuid,
        system_family='Virtual Machine')
    guest.os_boot_dev = ['hd']
    guest.os_smbios = config.LibvirtConfigGuestSMBIOS()
    guest.features = [config.LibvirtConfigGuestFeatureACPI(),
                      config.LibvirtConfigGuestFeatureAPIC()]
    guest.clock = config.LibvirtConfigGuestClock(timers=[
        config.LibvirtConfigGuestTimer(name='pit', tickpolicy='delay'),
        config.LibvirtConfigGuestTimer(name='rtc', tickpolicy='catchup'),
        config.LibvirtConfigGuestTimer(name='hpet', present=False)])
    guest.cpu = config.LibvirtConfigGuestCPU(mode='host-model', sockets=2, cores=1,
                                             threads=1)
    for index in range(disks):
        guest.add_device(_disk(index))
    for index in range(interfaces):
        guest.add_device(_interface(index))
    for device in [*_controllers(), *_peripherals()]:
        guest.add_device(device)
    for index, device in enumerate(guest.devices):
        _place(device, index)
    return guest


def _place(device: config.LibvirtConfigObject, index: int) -> None:
    """Give the device the name and the address that libvirt would."""
    device.alias = f'device{index}'
    device.device_addr = config.LibvirtConfigGuestDeviceAddressPCI(
        domain='0x0000', bus='0x00', slot=f'0x{index:02x}', function='0x0')


def _metadata() -> config.LibvirtConfigGuestMetaNovaInstance:
    return config.LibvirtConfigGuestMetaNovaInstance(
        package='34.0.0', name='vm', creationTime=1760000000.0,
        flavor=config.LibvirtConfigGuestMetaNovaFlavor(
            name='m1.small', id='2', memory=2048, disk=20, swap=0, ephemeral=0, vcpus=2,
            extra_specs=config.LibvirtConfigGuestMetaNovaFlavorExtraSpecs()),
        owner=config.LibvirtConfigGuestMetaNovaOwner(
            userid='u', username='alice', projectid='p', projectname='demo'),
        roottype='image', rootid='155d900f-4e14-4e4c-a73d-069cbf4541e6')


def _disk(index: int) -> config.LibvirtConfigGuestDisk:
    return config.LibvirtConfigGuestDisk(
        driver_name='qemu', driver_format='qcow2', driver_cache='none',
        source_path=f'/var/lib/nova/instances/x/disk.{index}',
        target_dev=f'vd{chr(97 + index)}', target_bus='virtio',
        serial=f'serial-{index}', disk_read_iops_sec=100 + index)


def _interface(index: int) -> config.LibvirtConfigGuestInterface:
    return config.LibvirtConfigGuestInterface(
        net_type='bridge', mac_addr=f'fa:16:3e:00:00:{index:02x}', model='virtio',
        source_dev='br-int', mtu=1450, target_dev=f'tap{index}',
        vporttype='openvswitch', vportparams=[{'key': 'interfaceid', 'value': 'port'}])


def _controllers() -> list[config.LibvirtConfigObject]:
    return [config.LibvirtConfigGuestPCIeRootController(),
            *(config.LibvirtConfigGuestPCIeRootPortController() for _ in range(4))]


def _peripherals() -> list[config.LibvirtConfigObject]:
    return [
        config.LibvirtConfigGuestSerial(
            log=config.LibvirtConfigGuestCharDeviceLog(file='/tmp/console.log')),
        config.LibvirtConfigGuestGraphics(listen='127.0.0.1'),
        config.LibvirtConfigGuestVideo(), config.LibvirtConfigGuestInput(),
        config.LibvirtConfigGuestRng(backend='/dev/urandom'),
        config.LibvirtConfigGuestUSBHostController(index=0),
        config.LibvirtConfigMemoryBalloon(model='virtio', period=10)]


def _recipe(element):  # type: ignore[no-untyped-def]
    return (element.tag, dict(element.attrib), element.text,
            [_recipe(child) for child in element])


def _build(parent, recipe):  # type: ignore[no-untyped-def]
    tag, attrs, text, children = recipe
    element = (etree.Element(tag, attrs) if parent is None
               else etree.SubElement(parent, tag, attrs))
    if text is not None:
        element.text = text
    for child in children:
        _build(element, child)
    return element


def _visit(element) -> int:  # type: ignore[no-untyped-def]
    """Look at every element, attribute and text, as any parser by hand must."""
    count = 1
    for _name, _value in element.attrib.items():
        count += 1
    if element.text is not None:
        count += 1
    if element.tail is not None:
        count += 1
    for child in element:
        count += _visit(child)
    return count


def _flat_visit(root) -> int:  # type: ignore[no-untyped-def]
    """Look at the same without knowing what is in what."""
    count = 0
    for element in root.iter():
        count += len(element.tag) + len(element.items()) + len(element.text or '')
    return count


def _best(functions: list[Callable[[], object]], repeat: int) -> list[float]:
    """Return the least microseconds of each, measured in turns: no one is favoured."""
    timers = [timeit.Timer(function) for function in functions]
    rounds = [[timer.timeit(_NUMBER) for timer in timers] for _ in range(repeat)]
    return [min(times) / _NUMBER * 1e6 for times in zip(*rounds, strict=True)]


def measure(guest: config.LibvirtConfigGuest, repeat: int = 400
            ) -> dict[str, tuple[float, float]]:
    """Return microseconds of ours and by hand, for writing and reading."""
    xml = guest.to_xml()
    recipe = _recipe(guest.format_dom())
    write, build, read, visit, flat = _best([
        guest.to_xml,
        lambda: etree.tostring(_build(None, recipe), encoding='unicode',
                               pretty_print=True),
        lambda: config.LibvirtConfigGuest().parse_str(xml),
        lambda: _visit(etree.fromstring(xml, _parser)),
        lambda: _flat_visit(etree.fromstring(xml, _parser)),
    ], repeat)
    return {'write': (write, build), 'read': (read, visit), 'flat read': (read, flat)}


def main() -> None:
    """Print the table."""
    for name, guest in (('typical', typical_guest()), ('30 devices',
                                                       typical_guest(15, 8))):
        elements = sum(1 for _ in guest.format_dom().iter())
        for what, (ours, by_hand) in measure(guest).items():
            sys.stdout.write(f'{name:12} {elements:4} elements  {what:9}  '
                             f'{ours:7.1f} us  by hand {by_hand:7.1f} us  '
                             f'ratio {ours / by_hand:.2f}\n')


if __name__ == '__main__':
    main()
