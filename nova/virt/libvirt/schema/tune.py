# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Shares, quotas and pinning of virtual CPUs; limits of memory."""

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import CPUSET
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import KIB
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.convert import amount
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Children
from nova.virt.libvirt.schema.mapping import Spanned
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


class LibvirtConfigGuestCPUTuneIOThreadSched(LibvirtConfigObject):
    """``<iothreadsched iothreads='2' scheduler='batch'/>``"""

    root_name = 'iothreadsched'

    iothreads = Attr('@iothreads', CPUSET)
    scheduler = Attr('@scheduler')
    priority = Attr('@priority', INT)


class LibvirtConfigGuestCPUTuneEmulatorSched(LibvirtConfigObject):
    """``<emulatorsched scheduler='fifo' priority='1'/>``"""

    root_name = 'emulatorsched'

    scheduler = Attr('@scheduler')
    priority = Attr('@priority', INT)


class LibvirtConfigGuestCPUTuneCache(LibvirtConfigObject):
    """``<cache id='0' level='3' type='both' size='3' unit='MiB'/>``"""

    root_name = 'cache'

    id = Attr('@id', INT)
    level = Attr('@level', INT)
    type = Attr('@type')
    #: KiB
    size = Spanned('.', amount('size', base='KiB'))


class LibvirtConfigGuestCPUTuneMonitor(LibvirtConfigObject):
    """``<monitor level='3' vcpus='0-3'/>``"""

    root_name = 'monitor'

    level = Attr('@level', INT)
    vcpus = Attr('@vcpus', CPUSET)


class LibvirtConfigGuestCPUTuneCacheTune(LibvirtConfigObject):
    """``<cachetune vcpus='0-3'>``: parts of the host's caches for some CPUs"""

    root_name = 'cachetune'

    vcpus = Attr('@vcpus', CPUSET)
    id = Attr('@id')
    caches = Children('', LibvirtConfigGuestCPUTuneCache)
    monitors = Children('', LibvirtConfigGuestCPUTuneMonitor)


class LibvirtConfigGuestCPUTuneMemoryNode(LibvirtConfigObject):
    """``<node id='0' bandwidth='60'/>``, in percent"""

    root_name = 'node'

    id = Attr('@id', INT)
    bandwidth = Attr('@bandwidth', INT)


class LibvirtConfigGuestCPUTuneMemoryTune(LibvirtConfigObject):
    """``<memorytune vcpus='0-3'>``: the bandwidth of memory of some CPUs"""

    root_name = 'memorytune'

    vcpus = Attr('@vcpus', CPUSET)
    nodes = Children('', LibvirtConfigGuestCPUTuneMemoryNode)
    monitors = Children('', LibvirtConfigGuestCPUTuneMonitor)


class LibvirtConfigGuestCPUTune(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#cpu-tuning"""

    root_name = 'cputune'

    shares = Text('shares', INT)
    period = Text('period', INT)
    quota = Text('quota', INT)
    global_period = Text('global_period', INT)
    global_quota = Text('global_quota', INT)
    emulator_period = Text('emulator_period', INT)
    emulator_quota = Text('emulator_quota', INT)
    iothread_period = Text('iothread_period', INT)
    iothread_quota = Text('iothread_quota', INT)

    vcpupin = Children('', LibvirtConfigGuestCPUTuneVCPUPin)
    emulatorpin = Child(LibvirtConfigGuestCPUTuneEmulatorPin)
    iothreadpin = Children('', LibvirtConfigGuestCPUTuneIOThreadPin)
    vcpusched = Children('', LibvirtConfigGuestCPUTuneVCPUSched)
    iothreadsched = Children('', LibvirtConfigGuestCPUTuneIOThreadSched)
    emulatorsched = Child(LibvirtConfigGuestCPUTuneEmulatorSched)

    cachetune = Children('', LibvirtConfigGuestCPUTuneCacheTune)
    memorytune = Children('', LibvirtConfigGuestCPUTuneMemoryTune)


class LibvirtConfigGuestMemoryTune(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#memory-tuning ; all in KiB."""

    root_name = 'memtune'

    hard_limit = Text('hard_limit', KIB)
    soft_limit = Text('soft_limit', KIB)
    swap_hard_limit = Text('swap_hard_limit', KIB)
    min_guarantee = Text('min_guarantee', KIB)


class LibvirtConfigGuestBlockIOTuneDevice(LibvirtConfigObject):
    """``<device><path>/dev/sda</path><weight>1000</weight></device>``"""

    root_name = 'device'

    path = Text('path')
    weight = Text('weight', INT)
    read_iops_sec = Text('read_iops_sec', INT)
    write_iops_sec = Text('write_iops_sec', INT)
    read_bytes_sec = Text('read_bytes_sec', INT)
    write_bytes_sec = Text('write_bytes_sec', INT)


class LibvirtConfigGuestBlockIOTune(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#block-i-o-tuning"""

    root_name = 'blkiotune'

    weight = Text('weight', INT)
    devices = Children('', LibvirtConfigGuestBlockIOTuneDevice)


class LibvirtConfigGuestVCPU(LibvirtConfigObject):
    """``<vcpu id='0' enabled='yes' hotpluggable='no' order='1'/>``"""

    root_name = 'vcpu'

    id = Attr('@id', INT)
    enabled = Attr('@enabled', YESNO)
    hotpluggable = Attr('@hotpluggable', YESNO)
    order = Attr('@order', INT)


class LibvirtConfigGuestIOThread(LibvirtConfigObject):
    """``<iothread id='2' thread_pool_min='8' thread_pool_max='16'/>``"""

    root_name = 'iothread'

    id = Attr('@id', INT)
    thread_pool_min = Attr('@thread_pool_min', INT)
    thread_pool_max = Attr('@thread_pool_max', INT)
    #: Nanoseconds
    poll_max = Attr('poll/@max', INT)
    poll_grow = Attr('poll/@grow', INT)
    poll_shrink = Attr('poll/@shrink', INT)


class LibvirtConfigGuestDefaultIOThread(LibvirtConfigObject):
    """``<defaultiothread thread_pool_min='8' thread_pool_max='16'/>``"""

    root_name = 'defaultiothread'

    thread_pool_min = Attr('@thread_pool_min', INT)
    thread_pool_max = Attr('@thread_pool_max', INT)
