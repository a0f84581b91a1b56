# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Kinds of values that several bodies and queries have."""

from typing import Any

from nova.api.validation import Schema

NAME: Schema = {
    'type': 'string', 'minLength': 1, 'maxLength': 255, 'format': 'name'}

DESCRIPTION: Schema = {
    'type': ['string', 'null'], 'maxLength': 255,
    'pattern': r'\A[^\x00-\x08\x0b-\x1f\x7f]*\Z'}

IMAGE_OR_NONE: Schema = {
    'type': 'string',
    'anyOf': [{'format': 'uuid', 'minLength': 1}, {'maxLength': 0}]}

FLAVOR: Schema = {
    'type': ['string', 'integer'], 'minLength': 1, 'maxLength': 255,
    'minimum': 0}

POSITIVE: Schema = {
    'type': ['integer', 'string'], 'minimum': 1, 'maximum': 1000000,
    'pattern': r'\A0*[1-9][0-9]{0,5}\Z'}

BOOLEAN: Schema = {
    'type': ['boolean', 'string'],
    'enum': [True, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes',
             'yes', False, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off',
             'NO', 'No', 'no']}

METADATA: Schema = {
    'type': 'object',
    'patternProperties': {
        r'\A[a-zA-Z0-9\-_:. ]{1,255}\Z': {'type': 'string', 'maxLength': 255}},
    'additionalProperties': False}

# Values of a query are lists of strings; most parameters count once.

ONE_TEXT: Schema = {
    'type': 'array', 'maxItems': 1, 'items': {'maxLength': 255}}

SOME_TEXT: Schema = {
    'type': 'array', 'maxItems': 64, 'items': {'maxLength': 255}}

ONE_NUMBER: Schema = {
    'type': 'array', 'maxItems': 1, 'items': {'pattern': r'\A[0-9]{1,9}\Z'}}

ONE_TIME: Schema = {
    'type': 'array', 'maxItems': 1,
    'items': {'format': 'date-time', 'maxLength': 64}}

SORT_DIRECTIONS: Schema = {
    'type': 'array', 'maxItems': 16, 'items': {'enum': ['asc', 'desc']}}

PAGE: dict[str, Any] = {'limit': ONE_NUMBER, 'marker': ONE_TEXT}


def body_with(name: str, content: Schema,
              **others: Schema) -> dict[str, Any]:
    """Return the schema of a body that consists of one named thing."""
    return {'type': 'object', 'properties': {name: content, **others},
            'required': [name], 'additionalProperties': False}


def object_of(properties: dict[str, Any],
              required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the schema of an object without any other properties."""
    return {'type': 'object', 'properties': properties,
            'required': list(required), 'additionalProperties': False}
