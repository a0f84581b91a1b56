# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Real libvirtd, real QEMU, a real nova-compute: one feature per file."""
