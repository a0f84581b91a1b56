# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Bodies of the actions on servers."""

from nova.api import validation
from nova.api.compute.schemas import parameters

#: Actions that need no more than their name.
BARE: validation.Schema = {}

REBOOT: validation.Schema = parameters.object_of(
    {'type': {'enum': ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']}},
    ('type',))

CONSOLE_OUTPUT: validation.Schema = parameters.object_of({
    'length': {'type': ['integer', 'string', 'null'], 'minimum': -1,
               'maximum': 1000000, 'pattern': r'\A(-1|[0-9]{1,6})\Z'}})


def of(name: str, content: validation.Schema) -> validation.Validator:
    """Return what the body of an action must look like."""
    return validation.Validator(parameters.body_with(name, content))
