# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The description of a guest, built without asking or touching anything."""

from nova.virt.libvirt.designer.design import design_guest

__all__ = ['design_guest']
