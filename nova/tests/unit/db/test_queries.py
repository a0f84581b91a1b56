# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import datetime
from typing import Any
import uuid

import hypothesis
from hypothesis import strategies as st

from nova import exception
from nova.db import api as db
from nova.db import engine
from nova.db import models
from nova.tests.fixtures import database
from nova.tests.unit import base

SORTS = st.lists(
    st.tuples(st.sampled_from(['display_name', 'memory_mb', 'created_at', 'host']),
              st.sampled_from(['asc', 'desc'])), max_size=3)
ROWS = st.lists(
    st.tuples(st.sampled_from([None, 'a', 'b']), st.sampled_from([None, 1, 2]),
              st.integers(0, 2)), max_size=8)


def add(**values: Any) -> str:
    name = str(uuid.uuid4())
    db.instance_create({'uuid': name, **values})
    return name


class QueryTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(database.Database())

    def names(self, filters: dict[str, Any], **kwargs: Any) -> list[str]:
        rows = db.instance_get_by_filters(filters, **kwargs)
        return [row.display_name for row in rows]


class FilterTestCase(QueryTestCase):

    def setUp(self) -> None:
        super().setUp()
        add(display_name='web-1', vm_state='active', host='h')
        add(display_name='web-2', vm_state='stopped', host='h')
        add(display_name='db+1', vm_state='error', task_state='deleting')

    def test_no_filter(self) -> None:
        self.assertEqual(['web-1', 'web-2', 'db+1'], self.names({}))

    def test_value(self) -> None:
        self.assertEqual(['web-1', 'web-2'], self.names({'host': 'h'}))

    def test_none_is_a_value(self) -> None:
        self.assertEqual(['db+1'], self.names({'host': None}))

    def test_one_of_several(self) -> None:
        wanted = {'vm_state': ['active', 'error']}
        self.assertEqual(['web-1', 'db+1'], self.names(wanted))

    def test_one_of_several_or_none(self) -> None:
        wanted = {'task_state': ('deleting', None)}
        self.assertEqual(['web-1', 'web-2', 'db+1'], self.names(wanted))

    def test_one_of_nothing(self) -> None:
        self.assertEqual([], self.names({'uuid': []}))

    def test_all_filters_must_accept(self) -> None:
        self.assertEqual([], self.names({'host': 'h', 'vm_state': 'error'}))

    def test_name_is_a_pattern_found_anywhere(self) -> None:
        self.assertEqual(['web-1', 'web-2'], self.names({'name': 'eb'}))
        self.assertEqual(['web-2'], self.names({'display_name': '^web.2$'}))
        self.assertEqual(['db+1'], self.names({'name': r'db\+1'}))

    def test_bad_pattern(self) -> None:
        self.assertRaises(exception.InvalidInput, self.names, {'name': '('})

    def test_name_with_quotes_is_data(self) -> None:
        add(display_name="x'; DROP TABLE instances; --")
        self.assertEqual(["x'; DROP TABLE instances; --"],
                         self.names({'name': "x'; DROP"}))

    def test_unknown_filter(self) -> None:
        self.assertRaises(exception.InvalidInput, self.names, {'colour': 'red'})

    def test_deleted_ones_are_gone(self) -> None:
        self.assertEqual([], self.names({'deleted': True}))
        self.assertEqual(3, len(self.names({'deleted': False})))

    def test_changes(self) -> None:
        zone = datetime.timezone(datetime.timedelta(hours=2))
        now = datetime.datetime.now(zone)
        hour = datetime.timedelta(hours=1)
        self.assertEqual(3, len(self.names({'changes-since': now - hour})))
        self.assertEqual(0, len(self.names({'changes-since': now + hour})))
        self.assertEqual(0, len(self.names({'changes-before': now - hour})))
        self.assertEqual(3, len(self.names({'changes-before': now + hour})))


class SortTestCase(QueryTestCase):

    def setUp(self) -> None:
        super().setUp()
        for name in ('b', 'a', None, 'b'):
            add(display_name=name)

    def test_default_is_the_order_of_making(self) -> None:
        self.assertEqual(['b', 'a', None, 'b'], self.names({}))

    def test_ascending_ends_with_none(self) -> None:
        names = self.names({}, sort=[('display_name', 'asc')])
        self.assertEqual(['a', 'b', 'b', None], names)

    def test_descending_begins_with_none(self) -> None:
        names = self.names({}, sort=[('display_name', 'desc')])
        self.assertEqual([None, 'b', 'b', 'a'], names)

    def test_what_cannot_be_sorted_by(self) -> None:
        for key in ('metadata', 'flavor', 'user_data', '__table__', 'nothing'):
            self.assertRaises(exception.InvalidSortKey, self.names, {},
                              sort=[(key, 'asc')])

    def test_bad_direction(self) -> None:
        self.assertRaises(exception.InvalidInput, self.names, {},
                          sort=[('host', 'up')])

    def test_marker_that_is_gone(self) -> None:
        self.assertRaises(exception.MarkerNotFound, self.names, {},
                          marker=str(uuid.uuid4()))


class PagesTestCase(QueryTestCase):

    @hypothesis.settings(
        deadline=None, max_examples=30,
        suppress_health_check=[hypothesis.HealthCheck.differing_executors])
    @hypothesis.given(rows=ROWS, sort=SORTS, size=st.integers(1, 4))
    def test_pages_together_are_the_list(self, rows: Any, sort: Any,
                                         size: int) -> None:
        with engine.get().writer() as session:
            session.query(models.Instance).delete()
        for name, memory, day in rows:
            add(display_name=name, memory_mb=memory,
                created_at=datetime.datetime(2026, 1, day + 1))
        whole = [row.uuid for row in db.instance_get_by_filters({}, sort)]
        self.assertEqual(len(rows), len(whole))
        self.assertEqual(whole, self.all_pages(sort, size))

    def all_pages(self, sort: Any, size: int) -> list[str]:
        found: list[str] = []
        while page := db.instance_get_by_filters(
                {}, sort, limit=size, marker=found[-1] if found else None):
            self.assertLessEqual(len(page), size)
            found += [row.uuid for row in page]
        return found
