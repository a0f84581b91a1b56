# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Exceptions: every class formats the data that it is given."""

import collections
import inspect

from nova import exception
from nova.tests.unit import base


def _classes() -> list[type[exception.NovaException]]:
    return [c for _name, c in inspect.getmembers(exception, inspect.isclass)
            if issubclass(c, exception.NovaException)]


class ExceptionTestCase(base.TestCase):

    def test_every_class_formats(self) -> None:
        for cls in _classes():
            data = collections.defaultdict(lambda: 1)
            text = cls.msg_fmt % data
            shown = str(cls(**{key: 1 for key in data}))
            self.assertEqual(text, shown, cls.__name__)

    def test_ready_message_wins(self) -> None:
        self.assertEqual('as is %s', str(exception.Invalid('as is %s')))

    def test_missing_data_does_not_hide_the_failure(self) -> None:
        error = exception.ImageNotFound()
        self.assertEqual(exception.ImageNotFound.msg_fmt, str(error))
        self.assertIn('ImageNotFound', self.logs.output)

    def test_code_is_inherited(self) -> None:
        self.assertEqual(404, exception.FlavorNotFoundByName.code)
        self.assertEqual(400, exception.ImageUnacceptable(
            image_id='i', reason='r').kwargs['code'])
