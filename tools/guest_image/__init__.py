# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Make a tiny bootable disk image out of Debian or Ubuntu packages.

A kernel, a static busybox and a boot loader on one FAT partition. Nothing is
mounted and nothing is installed, so an ordinary user can build it, and the
same packages give the same bytes.
"""
