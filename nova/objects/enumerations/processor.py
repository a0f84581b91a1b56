# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""CPUs, NUMA and PCI placement."""

from nova.objects.enumerations import base


class CPUAllocationPolicy(base.BaseNovaEnum):
    DEDICATED = 'dedicated'
    SHARED = 'shared'
    MIXED = 'mixed'


class CPUThreadAllocationPolicy(base.BaseNovaEnum):
    PREFER = 'prefer'
    ISOLATE = 'isolate'
    REQUIRE = 'require'


class CPUEmulatorThreadsPolicy(base.BaseNovaEnum):
    SHARE = 'share'
    ISOLATE = 'isolate'


class CPUFeaturePolicy(base.BaseNovaEnum):
    FORCE = 'force'
    REQUIRE = 'require'
    OPTIONAL = 'optional'
    DISABLE = 'disable'
    FORBID = 'forbid'


class CPUMatch(base.BaseNovaEnum):
    MINIMUM = 'minimum'
    EXACT = 'exact'
    STRICT = 'strict'


class CPUMode(base.BaseNovaEnum):
    CUSTOM = 'custom'
    HOST_MODEL = 'host-model'
    HOST_PASSTHROUGH = 'host-passthrough'


class PCINUMAAffinityPolicy(base.BaseNovaEnum):
    REQUIRED = 'required'
    LEGACY = 'legacy'
    PREFERRED = 'preferred'
    SOCKET = 'socket'


class PciDeviceStatus(base.BaseNovaEnum):
    AVAILABLE = 'available'
    CLAIMED = 'claimed'
    ALLOCATED = 'allocated'
    REMOVED = 'removed'
    DELETED = 'deleted'
    UNAVAILABLE = 'unavailable'
    UNCLAIMABLE = 'unclaimable'


class PciDeviceType(base.BaseNovaEnum):
    STANDARD = 'type-PCI'
    SRIOV_PF = 'type-PF'
    SRIOV_VF = 'type-VF'
    VDPA = 'vdpa'


class MonitorMetricType(base.BaseNovaEnum):
    CPU_FREQUENCY = 'cpu.frequency'
    CPU_USER_TIME = 'cpu.user.time'
    CPU_KERNEL_TIME = 'cpu.kernel.time'
    CPU_IDLE_TIME = 'cpu.idle.time'
    CPU_IOWAIT_TIME = 'cpu.iowait.time'
    CPU_USER_PERCENT = 'cpu.user.percent'
    CPU_KERNEL_PERCENT = 'cpu.kernel.percent'
    CPU_IDLE_PERCENT = 'cpu.idle.percent'
    CPU_IOWAIT_PERCENT = 'cpu.iowait.percent'
    CPU_PERCENT = 'cpu.percent'
    NUMA_MEMBW_MAX = 'numa.membw.max'
    NUMA_MEMBW_CURRENT = 'numa.membw.current'
