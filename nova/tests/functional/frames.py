# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Ethernet frames, written down byte by byte, so that a guest can lie as it wants."""

import ipaddress
import struct

BROADCAST = 'ff:ff:ff:ff:ff:ff'
_ARP, _IPV4, _IPV6 = 0x0806, 0x0800, 0x86DD
_UDP, _ICMP = 17, 1


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(':', ''))


def _ip(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def ethernet(source: str, destination: str, kind: int, content: bytes) -> bytes:
    return mac(destination) + mac(source) + struct.pack('!H', kind) + content


def arp(source: str, claimed_mac: str, claimed_ip: str, asked_ip: str,
        *, opcode: int = 1, destination: str = BROADCAST, tag: bytes = b'') -> bytes:
    """Ask for, or claim (opcode 2), an address; `tag` follows as padding."""
    content = struct.pack('!HHBBH', 1, _IPV4, 6, 4, opcode)
    content += mac(claimed_mac) + _ip(claimed_ip) + bytes(6) + _ip(asked_ip)
    return ethernet(source, destination, _ARP, (content + tag).ljust(46, b'\0'))


def udp(macs: tuple[str, str], ips: tuple[str, str], ports: tuple[int, int],
        content: bytes) -> bytes:
    """An IPv4 datagram, from the first of each pair to the second."""
    datagram = struct.pack('!HHHH', *ports, 8 + len(content), 0) + content
    header = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(datagram), 1, 0, 64, _UDP,
                         0, _ip(ips[0]), _ip(ips[1]))
    header = header[:10] + struct.pack('!H', _checksum(header)) + header[12:]
    return ethernet(*macs, _IPV4, header + datagram)


def udp6(macs: tuple[str, str], ips: tuple[str, str], ports: tuple[int, int],
         content: bytes) -> bytes:
    """An IPv6 datagram, from the first of each pair to the second."""
    length = 8 + len(content)
    addresses = _ip(ips[0]) + _ip(ips[1])
    head = struct.pack('!HHH', *ports, length)
    checksum = _checksum(addresses + struct.pack('!II', length, _UDP)
                         + head + b'\0\0' + content)
    datagram = head + struct.pack('!H', checksum) + content
    header = struct.pack('!IHBB', 6 << 28, length, _UDP, 64) + addresses
    return ethernet(*macs, _IPV6, header + datagram)


def dhcp_offer(macs: tuple[str, str], ips: tuple[str, str], tag: bytes) -> bytes:
    """What a DHCP server answers with; `tag` stands in the server's name."""
    content = struct.pack('!BBBBIHH4s4s4s4s', 2, 1, 6, 0, 7, 0, 0, bytes(4),
                          _ip(ips[1]), _ip(ips[0]), bytes(4))
    content += mac(macs[1]).ljust(16, b'\0') + tag.ljust(64, b'\0')
    content += bytes(128) + bytes.fromhex('63825363350102ff')
    return udp(macs, ips, (67, 68), content)


def _checksum(content: bytes) -> int:
    content += b'\0' * (len(content) % 2)
    total = sum(struct.unpack(f'!{len(content) // 2}H', content))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
