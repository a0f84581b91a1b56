# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""VM states: what an instance is, once no task is running on it."""

ACTIVE = 'active'
BUILDING = 'building'
PAUSED = 'paused'
SUSPENDED = 'suspended'
STOPPED = 'stopped'
RESCUED = 'rescued'
RESIZED = 'resized'
SOFT_DELETE = 'soft-delete'
DELETED = 'deleted'
ERROR = 'error'
SHELVED = 'shelved'
SHELVED_OFFLOADED = 'shelved_offloaded'

#: States in which an instance can be rebooted softly; the guest must run.
ALLOW_SOFT_REBOOT = (ACTIVE,)

#: States in which a hard reboot may start; it also heals a failed instance.
ALLOW_HARD_REBOOT = ALLOW_SOFT_REBOOT + (STOPPED, PAUSED, SUSPENDED, ERROR)
