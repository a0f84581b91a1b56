# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Shares, quotas and pinning of virtual CPUs; limits of memory."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import KIB
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigGuestCPUTuneVCPUPin(LibvirtConfigObject):
    """``<vcpupin vcpu='0' cpuset='1-4,^2'/>``"""

    root_name = 'vcpupin'

    id = Attr('@vcpu', INT)
    cpuset = Attr('@cpuset', CPUSET)


class LibvirtConfigGuestCPUTuneEmulatorPin(LibvirtConfigObject):
    """``<emulatorpin cpuset='1-3'/>``"""

    root_name = 'emulatorpin'

    cpuset = Attr('@cpuset', CPUSET)


class LibvirtConfigGuestCPUTuneIOThreadPin(LibvirtConfigObject):
    """``<iothreadpin iothread='1' cpuset='5,6'/>``"""

    root_name = 'iothreadpin'

    iothread = Attr('@iothread', INT)
    cpuset = Attr('@cpuset', CPUSET)


class LibvirtConfigGuestCPUTuneVCPUSched(LibvirtConfigObject):
    """``<vcpusched vcpus='0-3' scheduler='fifo' priority='1'/>``"""

    root_name = 'vcpusched'

    vcpus = Attr('@vcpus', CPUSET)
    scheduler = Attr('@scheduler')
    priority = Attr('@priority', INT)


class LibvirtConfigGuestCPUTune(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#cpu-tuning"""

    root_name = 'cputune'

    shares = Text('shares', INT)
    period = Text('period', INT)
    quota = Text('quota', INT)

    vcpupin = Children('', LibvirtConfigGuestCPUTuneVCPUPin)
    emulatorpin = Child(LibvirtConfigGuestCPUTuneEmulatorPin)
    iothreadpin = Children('', LibvirtConfigGuestCPUTuneIOThreadPin)
    vcpusched = Children('', LibvirtConfigGuestCPUTuneVCPUSched)


class LibvirtConfigGuestMemoryTune(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#memory-tuning ; all in KiB."""

    root_name = 'memtune'

    hard_limit = Text('hard_limit', KIB)
    soft_limit = Text('soft_limit', KIB)
    swap_hard_limit = Text('swap_hard_limit', KIB)
    min_guarantee = Text('min_guarantee', KIB)
