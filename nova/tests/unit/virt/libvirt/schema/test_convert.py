# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Values and how they are spelled."""

from fractions import Fraction

import testtools

from nova.virt.libvirt.schema import convert


class ConvertTestCase(testtools.TestCase):

    def _refuses_text(self, conv, *texts):
        for text in texts:
            self.assertRaises(ValueError, conv.parse, text)

    def _refuses_value(self, conv, *values):
        for value in values:
            self.assertRaises(ValueError, conv.format, value)

    def test_strings_take_numbers_but_no_other_objects(self):
        self.assertEqual('10000', convert.STR.format(10000))
        self._refuses_value(convert.STR, True, object(), ['a'])

    def test_whole_numbers(self):
        self.assertEqual([2, -1, 16, 2], [convert.INT.parse(text) for text
                                          in ('2', '-1', '0x10', ' 2 ')])
        self.assertEqual('7', convert.INT.format(7))
        self.assertEqual('0007', convert.INT.format('0007'))
        self._refuses_text(convert.INT, 'many', '', '1_000', '1.5', '0x')
        self._refuses_value(convert.INT, True, 1.5, 'many')

    def test_hexadecimal_strings_get_their_prefix(self):
        self.assertEqual(['0x0a', '0x0a', '0x0a'],
                         [convert.HEX2.format(value) for value in ('0a', '0x0a', 10)])
        self._refuses_text(convert.HEX2, 'xyz', '')
        self._refuses_value(convert.HEX2, 'xyz', None)

    def test_decimal_is_not_taken_for_hexadecimal(self):
        self.assertEqual(['0x12', '0x012', '0x0'],
                         [convert.HEX2.parse(text) for text in ('18', '0x012', '0x0')])
        self._refuses_text(convert.HEX2, '-1', '1a')

    def test_hexadecimal_numbers(self):
        self.assertEqual('0x00030000', convert.HEXINT8.format(0x30000))
        self.assertEqual([51, 51], [convert.HEXINT4.parse(text)
                                    for text in ('0x0033', '51')])

    def test_words(self):
        self.assertIs(False, convert.YESNO.parse('no'))
        self.assertEqual('on', convert.ONOFF.format(True))
        self.assertEqual('yes', convert.YESNO.format('yes'))
        self._refuses_text(convert.YESNO, 'on', 'Yes', 'true', '')
        self._refuses_value(convert.ONOFF, 'yes', 2, None)

    def test_sets_of_cpus(self):
        self.assertEqual({0, 1, 3, 8}, convert.CPUSET.parse('0-3,^2,8'))
        self.assertEqual('0-1,3,8-9', convert.CPUSET.format([9, 8, 3, 1, 0]))
        self.assertEqual('0-3', convert.CPUSET.format('0-3'))
        self.assertIsNone(convert.CPUSET.format(set()))
        self._refuses_text(convert.CPUSET, 'all', '3-1', '1-', '', '0-99999999999')
        self._refuses_value(convert.CPUSET, 3, 'all')

    def test_times_are_utc(self):
        self.assertEqual('2025-10-09 08:53:20',
                         convert.DATETIME.format(1760000000.0))
        self.assertEqual(1760000000.0, convert.DATETIME.parse('2025-10-09 08:53:20'))
        self._refuses_text(convert.DATETIME, 'yesterday')
        self._refuses_value(convert.DATETIME, '2025', True)

    def test_amounts_in_every_unit_of_libvirt(self):
        def kib(number, unit):
            return convert.KIB.parse({'.': number, 'unit': unit})
        self.assertEqual([1, 1024, 2 ** 20, 2 ** 20, 2 ** 30],
                         [kib('1', unit) for unit in ('KiB', 'M', 'GiB', 'g', 'TiB')])
        self.assertEqual(125, kib('128', 'KB'))
        self.assertEqual(7, convert.KIB.parse({'.': '7'}))

    def test_an_amount_is_exact(self):
        odd = convert.KIB.parse({'.': '1025', 'unit': 'bytes'})
        self.assertEqual(Fraction(1025, 1024), odd)
        self.assertEqual({'.': '1025', 'unit': 'b'}, convert.KIB.format(odd))

    def test_no_such_unit(self):
        for raw in ({'.': '1', 'unit': 'parsec'}, {'.': 'many'}, {'.': '-1'}):
            self.assertRaises(ValueError, convert.KIB.parse, raw)

    def test_pci_addresses(self):
        raw = {'domain': '0x0000', 'bus': '0x0a', 'slot': '0x00', 'function': '0x1'}
        self.assertEqual('0000:0a:00.1', convert.PCI.parse(raw))
        self.assertEqual(raw, convert.PCI.format('0000:0a:00.1'))
        self.assertEqual((0, 10, 0, 1), convert.PCI_NUMBERS.parse(raw))
        self.assertEqual(raw, convert.PCI_NUMBERS.format((0, 10, 0, 1)))
        self._refuses_value(convert.PCI, '0a:00.1', None)
        self._refuses_value(convert.PCI_NUMBERS, (1, 2), '0000:0a:00.1')
