# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatnwfilter.html"""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Params
from nova.virt.libvirt.schema.mapping import Text
from nova.virt.libvirt.schema.nwfilterrule import MATCHES


class LibvirtConfigNWFilterRef(LibvirtConfigObject):
    """``<filterref filter='clean-traffic'><parameter name='IP' value='...'/>``"""

    root_name = 'filterref'

    filter = Attr('@filter')
    parameters = Params('parameter')


class LibvirtConfigNWFilterRule(LibvirtConfigObject):
    """``<rule action='drop' direction='out'><mac match='no' .../></rule>``"""

    root_name = 'rule'

    action = Attr('@action')
    direction = Attr('@direction')
    priority = Attr('@priority', INT)
    #: ``false`` or ``0`` switches connection tracking off.
    statematch = Attr('@statematch')

    matches = Children('', *MATCHES)


class LibvirtConfigNWFilter(LibvirtConfigObject):
    """A named list of rules, and of other filters."""

    root_name = 'filter'

    name = Attr('@name')
    chain = Attr('@chain')
    priority = Attr('@priority', INT)

    uuid = Text('uuid')

    #: Rules and references in the order in which they apply.
    entries = Children('', LibvirtConfigNWFilterRef, LibvirtConfigNWFilterRule)

    def add_rule(self, rule: LibvirtConfigNWFilterRule) -> None:
        """Add a rule after the others."""
        self.entries.append(rule)

    def add_ref(self, name: str) -> None:
        """Refer to another filter."""
        self.entries.append(LibvirtConfigNWFilterRef(filter=name))


class LibvirtConfigNWFilterBinding(LibvirtConfigObject):
    """Which filter holds for which port of which domain."""

    root_name = 'filterbinding'

    owner_name = Text('owner/name')
    owner_uuid = Text('owner/uuid')

    portdev = Attr('portdev/@name')
    linkdev = Attr('linkdev/@name')
    mac_addr = Attr('mac/@address')

    filtername = Attr('filterref/@filter')
    filterparams = Params('filterref/parameter')

    def add_filter_param(self, key: str, value: Any) -> None:
        """Add a parameter of the filter."""
        self.filterparams.append({'key': key, 'value': value})
