# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

import gc
import weakref

from nova import heap
from nova.tests.unit import base


class Ring:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


class HeapTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(gc.unfreeze)

    def test_what_there_is_is_not_looked_at_again(self) -> None:
        kept = Ring()
        self.assertTrue(any(each is kept for each in gc.get_objects()))
        heap.freeze()
        self.assertFalse(any(each is kept for each in gc.get_objects()))

    def test_what_nobody_needs_does_not_stay(self) -> None:
        left, later = Ring(), Ring()
        ended = weakref.ref(left)
        del left
        heap.freeze()
        self.assertIsNone(ended())
        ended = weakref.ref(later)
        later.itself = None
        del later
        self.assertIsNone(ended())

    def test_what_comes_later_is_collected(self) -> None:
        heap.freeze()
        ended = weakref.ref(Ring())
        gc.collect()
        self.assertIsNone(ended())
