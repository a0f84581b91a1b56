# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#time-keeping"""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Children


class LibvirtConfigGuestTimer(LibvirtConfigObject):
    """``<timer name='rtc' track='wall' tickpolicy='catchup'/>``"""

    root_name = 'timer'

    name = Attr('@name', default='platform')
    track = Attr('@track')
    tickpolicy = Attr('@tickpolicy')
    #: Hz
    frequency = Attr('@frequency', INT)
    mode = Attr('@mode')
    present = Attr('@present', YESNO)

    catchup_threshold = Attr('catchup/@threshold', INT)
    catchup_slew = Attr('catchup/@slew', INT)
    catchup_limit = Attr('catchup/@limit', INT)


class LibvirtConfigGuestClock(LibvirtConfigObject):
    """``<clock offset='variable' adjustment='3600'/>``"""

    root_name = 'clock'

    offset = Attr('@offset', default='utc')
    #: Seconds, or ``reset``.
    adjustment = Attr('@adjustment')
    basis = Attr('@basis')
    timezone = Attr('@timezone')
    #: Seconds since the epoch.
    start = Attr('@start', INT)
    timers = Children('', LibvirtConfigGuestTimer)

    def add_timer(self, tm: LibvirtConfigGuestTimer) -> None:
        """Add a timer."""
        self.timers.append(tm)
