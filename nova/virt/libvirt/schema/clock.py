# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#time-keeping"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children


class LibvirtConfigGuestTimer(LibvirtConfigObject):
    """``<timer name='rtc' track='wall' tickpolicy='catchup'/>``"""

    root_name = 'timer'

    name = Attr('@name', default='platform')
    track = Attr('@track')
    tickpolicy = Attr('@tickpolicy')
    present = Attr('@present', YESNO)


class LibvirtConfigGuestClock(LibvirtConfigObject):
    """``<clock offset='variable' adjustment='3600'/>``"""

    root_name = 'clock'

    offset = Attr('@offset', default='utc')
    adjustment = Attr('@adjustment')
    timezone = Attr('@timezone')
    timers = Children('', LibvirtConfigGuestTimer)

    def add_timer(self, tm: LibvirtConfigGuestTimer) -> None:
        """Add a timer."""
        self.timers.append(tm)
