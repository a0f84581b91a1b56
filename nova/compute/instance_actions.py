# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Names of actions: what users can ask to be done to an instance."""

CREATE = 'create'
DELETE = 'delete'
START = 'start'
STOP = 'stop'
REBOOT = 'reboot'
PAUSE = 'pause'
UNPAUSE = 'unpause'
ATTACH_INTERFACE = 'attach_interface'
DETACH_INTERFACE = 'detach_interface'
