# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What this host has, and how much of it is in use."""

import os
from typing import Any

from oslo_serialization import jsonutils
from oslo_utils import units

from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt.storage import instancedir


class HostResources:
    """Counts the resources of this host.

    :param dirs: the folders of the instances, whose file system is the disk that
        counts.
    """

    def __init__(self, host: libvirt_host.Host,
                 dirs: instancedir.InstanceDirs) -> None:
        self._host = host
        self._dirs = dirs

    def available(self) -> dict[str, Any]:
        """Return the resources as the compute manager stores them.

        Memory is in MiB, disk in GiB.

        :raises exception.HypervisorUnavailable: without a connection.
        """
        return {
            **self._hypervisor(),
            **self._disk(),
            'vcpus': self._host.get_vcpu_total(),
            'vcpus_used': self._host.get_vcpu_used(),
            'memory_mb': self._host.get_memory_mb_total(),
            'memory_mb_used': self._host.get_memory_mb_used(),
            'supported_instances': self._supported_instances(),
            'cpu_info': jsonutils.dumps(self._host.get_cpu_info()),
            'numa_topology': None,
            'pci_passthrough_devices': '[]',
        }

    def _hypervisor(self) -> dict[str, Any]:
        return {
            'hypervisor_type': self._host.get_hypervisor_type(),
            'hypervisor_version': self._host.get_hypervisor_version(),
            'hypervisor_hostname': self._host.get_hostname(),
        }

    def _disk(self) -> dict[str, int]:
        stat = os.statvfs(self._dirs.instances_path)
        total_bytes = stat.f_frsize * stat.f_blocks
        free_bytes = stat.f_frsize * stat.f_bavail
        promised_bytes = self._dirs.promised_bytes()
        return {
            'local_gb': total_bytes // units.Gi,
            'local_gb_used': (total_bytes - free_bytes) // units.Gi,
            # Negative where more is promised than there is.
            'disk_available_least': (free_bytes - promised_bytes) // units.Gi,
        }

    def _supported_instances(self) -> list[tuple[str, str, str]]:
        """Return (architecture, hypervisor type, mode) of each kind of guest."""
        return [(guest.arch, domain_type, guest.ostype)
                for guest in self._host.get_capabilities().guests
                for domain_type in guest.domains]


def get_uptime(proc: str = '/proc') -> str:
    """Return what ``uptime`` prints, after the time of day.

    :param proc: where the proc file system is mounted.
    """
    with open(os.path.join(proc, 'uptime'), encoding='ascii') as file:
        minutes, _seconds = divmod(int(float(file.read().split()[0])), 60)
    with open(os.path.join(proc, 'loadavg'), encoding='ascii') as file:
        load = ', '.join(file.read().split()[:3])
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f'up {days} days, {hours}:{minutes:02},  load average: {load}'
