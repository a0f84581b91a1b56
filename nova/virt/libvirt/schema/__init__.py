# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The mapping between libvirt's XML and objects, one file per element family.

Nothing outside imports this package: ``nova.virt.libvirt.config`` is its public name.
"""
