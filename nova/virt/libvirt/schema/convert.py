# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How values are spelled in libvirt's XML: pairs of functions, as data.

``parse`` raises ValueError for what it does not understand; ``format`` does for what
it cannot write, and returns None for what is not to be written at all.  How a value
was spelled is remembered elsewhere: here ``0x10`` and ``16`` are the same.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
import datetime
from fractions import Fraction
import re
from typing import Any, NamedTuple


def _not_quick(text: str) -> Any:
    return None


class Converter(NamedTuple):
    """One text to one value and back."""

    name: str
    parse: Callable[[str], Any]
    format: Callable[[Any], str | None]
    #: The value of a frequent text that would be written the same; None for others.
    quick: Callable[[str], Any] = _not_quick


class Span(NamedTuple):
    """Several attributes of one element to one value and back.

    ``names`` are the attributes, the one that must be there first; ``'.'`` is the text
    of the element.
    """

    name: str
    names: tuple[str, ...]
    parse: Callable[[Mapping[str, str]], Any]
    format: Callable[[Any], dict[str, str] | None]


#: Either.
Converting = Converter | Span

#: Most numbers of a guest: counts, sizes of pages, megabytes, sizes of packets.
_NUMBERS = {str(number): number for number in range(4097)}
_BYTES = {text: text for number in range(256)
          for text in (f'0x{number:x}', f'0x{number:02x}', f'0x{number:04x}')}
_DECIMAL = re.compile(r'[+-]?[0-9]+\Z')
_HEX = re.compile(r'0[xX][0-9a-fA-F]+\Z')
_BARE_HEX = re.compile(r'[0-9a-fA-F]+\Z')
_NUMBER = re.compile(r'[0-9]+(\.[0-9]+)?\Z')
_MOMENT = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\Z')


def _is_digits(text: str) -> bool:
    # There are decimals of other scripts.
    return text.isdecimal() and text.isascii()


def _parse_str(text: str) -> str:
    return text


def _format_str(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise ValueError('a string is needed')


def _parse_int(text: str) -> int:
    if _is_digits(text):
        return int(text)
    text = text.strip()
    if _DECIMAL.match(text):
        return int(text)
    if _HEX.match(text):
        return int(text, 16)
    raise ValueError('a whole number is needed')


def _format_int(value: Any) -> str:
    if value.__class__ is int:
        return str(value)
    if isinstance(value, str):
        _parse_int(value)
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(int(value))
    raise ValueError('a whole number is needed')


def _words(name: str, words: Mapping[str, Any]) -> Converter:
    """Return a converter between fixed words and values."""
    texts = {value: word for word, value in words.items()}

    def parse(text: str) -> Any:
        try:
            return words[text]
        except KeyError:
            raise ValueError(f'one of {", ".join(words)} is needed') from None

    def write(value: Any) -> str:
        if value.__class__ is str and value in words:
            return str(value)
        if value not in texts:
            raise ValueError(f'one of {", ".join(map(str, texts))} is needed')
        return texts[value]

    exact = {word: value for word, value in words.items() if texts[value] == word}
    return Converter(name, parse, write, exact.get)


def _parse_number(text: str) -> int | str:
    return text if text.startswith('$') else _parse_int(text)


def _format_number(value: Any) -> str:
    if isinstance(value, str) and value.startswith('$'):
        return value
    return _format_int(value)


def _hex(width: int) -> Converter:
    """Return a converter for hexadecimal strings, written with ``0x``."""

    def parse(text: str) -> str:
        if _HEX.match(text):
            return text
        if not _is_digits(text):
            raise ValueError('a hexadecimal number is needed')
        # Without the prefix it would be taken for hexadecimal when it is written.
        return f'0x{int(text):0{width}x}'

    def write(value: Any) -> str:
        if value.__class__ is int and value >= 0:
            return f'0x{value:0{width}x}'
        if isinstance(value, str) and (value in _BYTES or _HEX.match(value)):
            return value
        if isinstance(value, str) and _BARE_HEX.match(value):
            return f'0x{value}'
        raise ValueError('a hexadecimal number is needed')

    return Converter(f'HEX{width}', parse, write, _BYTES.get)


def _parse_hex_int(text: str) -> int:
    return int(_hex(1).parse(text.strip()), 0)


def _hex_int(width: int) -> Converter:
    """Return a converter for numbers that are written in hexadecimal."""
    write = _hex(width).format
    return Converter(f'HEXINT{width}', _parse_hex_int, write)


def _cpu_range(text: str) -> Iterator[int]:
    first, dash, last = text.partition('-')
    if not _is_digits(first) or (dash and not _is_digits(last)):
        raise ValueError('a list of CPUs such as 0-3,^2 is needed')
    low, high = int(first), int(last or first)
    # libvirt's own bitmaps end far below; an enormous range must not eat the memory.
    if high < low or high > 1 << 20:
        raise ValueError('a CPU range is backwards or too large')
    return iter(range(low, high + 1))


def _parse_cpus(text: str) -> set[int]:
    cpus: set[int] = set()
    excluded: set[int] = set()
    for part in text.replace(' ', '').split(','):
        target = excluded if part.startswith('^') else cpus
        target.update(_cpu_range(part.removeprefix('^')))
    return cpus - excluded


def _runs(numbers: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last number of each run of neighbours."""
    ordered = sorted(numbers)
    first = last = ordered[0]
    for number in ordered[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last


def _format_cpus(value: Any) -> str | None:
    if isinstance(value, str):
        _parse_cpus(value)
        return value
    if not isinstance(value, Collection) or not all(
            isinstance(number, int) and number >= 0 for number in value):
        raise ValueError('a set of numbers is needed')
    if not value:
        return None
    return ','.join(str(first) if first == last else f'{first}-{last}'
                    for first, last in _runs(value))


def _parse_time(text: str) -> float:
    moment = datetime.datetime.strptime(text.strip(), '%Y-%m-%d %H:%M:%S')
    return moment.replace(tzinfo=datetime.UTC).timestamp()


def _quick_time(text: str) -> float | None:
    # Parsing by a pattern takes longer than reading all of a disk.
    if not _MOMENT.match(text):
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=datetime.UTC).timestamp()


def _format_time(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError('seconds since the epoch are needed')
    moment = datetime.datetime.fromtimestamp(value, datetime.UTC)
    return moment.replace(tzinfo=None).isoformat(' ', 'seconds')


#: Bytes in a unit; without a suffix ``b`` the step is 1024, as libvirt has it.
UNITS: dict[str, int] = {'b': 1, 'byte': 1, 'bytes': 1}
for _power, _letter in enumerate('kmgtpe', start=1):
    UNITS[_letter] = UNITS[f'{_letter}ib'] = 1024 ** _power
    UNITS[f'{_letter}b'] = 1000 ** _power


def _unit_bytes(unit: str) -> int:
    if unit.lower() not in UNITS:
        raise ValueError(f'{unit} is not a unit')
    return UNITS[unit.lower()]


def amount(name: str, *, base: str, unit_name: str = 'unit', written: bool = True,
           unspecified: str | None = None) -> Span:
    """Return a converter for an amount of memory, in ``base`` on our side.

    :param name: the attribute that holds the number, ``'.'`` for the text.
    :param written: whether ``base`` is written as the unit; else it is left out.
    :param unspecified: the unit when none is given, ``base`` unless said.
    """
    assumed = unspecified or base
    base_bytes = UNITS[base.lower()]

    def parse(raw: Mapping[str, str]) -> int | Fraction:
        number = raw[name].strip()
        if not _NUMBER.match(number):
            raise ValueError('a number is needed')
        unit_bytes = _unit_bytes(raw.get(unit_name, assumed))
        if number.isdecimal():
            whole, rest = divmod(int(number) * unit_bytes, base_bytes)
            if not rest:
                return whole
        exact = Fraction(number) * unit_bytes / base_bytes
        return exact.numerator if exact.denominator == 1 else exact

    def write(value: Any) -> dict[str, str] | None:
        unit = {unit_name: base} if written else {}
        if isinstance(value, Fraction):
            return {name: str(value * base_bytes), unit_name: 'b'}
        number = _format_int(value)
        if number.startswith('-'):
            raise ValueError('an amount is not below nothing')
        return {name: number, **unit}

    return Span(f'AMOUNT:{base}', (name, unit_name), parse, write)


_PCI_PARTS = ('domain', 'bus', 'slot', 'function')
#: The slot comes first: it is what an address cannot be without.
_PCI_NAMES = ('slot', 'domain', 'bus', 'function')
_PCI_ADDRESS = re.compile(
    r'([0-9a-fA-F]{4,8}):([0-9a-fA-F]{2}):([0-9a-fA-F]{2})\.([0-7])\Z')


def _parse_pci(raw: Mapping[str, str]) -> str:
    number = {name: _parse_hex_int(raw.get(name, '0')) for name in _PCI_NAMES}
    return '{domain:04x}:{bus:02x}:{slot:02x}.{function:x}'.format(**number)


def _format_pci(value: Any) -> dict[str, str]:
    match = _PCI_ADDRESS.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a PCI address such as 0000:0a:00.1 is needed')
    return {name: f'0x{part}'
            for name, part in zip(_PCI_PARTS, match.groups(), strict=True)}


def _parse_pci_numbers(raw: Mapping[str, str]) -> tuple[int, ...]:
    return tuple(_parse_hex_int(raw.get(name, '0')) for name in _PCI_PARTS)


def _format_pci_numbers(value: Any) -> dict[str, str]:
    if not isinstance(value, tuple) or len(value) != len(_PCI_PARTS):
        raise ValueError('four numbers are needed')
    texts = (f'0x{number:0{width}x}'
             for number, width in zip(value, (4, 2, 2, 1), strict=True))
    return dict(zip(_PCI_PARTS, texts, strict=True))


STR = Converter('STR', _parse_str, _format_str, _parse_str)
INT = Converter('INT', _parse_int, _format_int, _NUMBERS.get)
HEX1, HEX2, HEX4, HEX8 = _hex(1), _hex(2), _hex(4), _hex(8)
HEXINT4, HEXINT8 = _hex_int(4), _hex_int(8)
YESNO = _words('YESNO', {'yes': True, 'no': False})
ONOFF = _words('ONOFF', {'on': True, 'off': False})
#: The words that network filters take beside yes and no.
BOOL = _words('BOOL', {'1': True, '0': False, 'true': True, 'false': False,
                       'yes': True, 'no': False})
#: A whole number, or the ``$NAME`` of a variable of a network filter.
NUMBER = Converter('NUMBER', _parse_number, _format_number)
CPUSET = Converter('CPUSET', _parse_cpus, _format_cpus)
DATETIME = Converter('DATETIME', _parse_time, _format_time, _quick_time)

#: An amount as text, without a unit where libvirt's own default is KiB.
MEMORY_KIB = amount('.', base='KiB', written=False)
#: An amount as text that carries its unit.
KIB = amount('.', base='KiB')
BYTES = amount('.', base='b', written=False)
#: A PCI address: four hexadecimal attributes to ``dddd:bb:ss.f``.
PCI = Span('PCI', _PCI_NAMES, _parse_pci, _format_pci)
#: The same as four numbers.
PCI_NUMBERS = Span('PCI_NUMBERS', _PCI_NAMES, _parse_pci_numbers, _format_pci_numbers)
