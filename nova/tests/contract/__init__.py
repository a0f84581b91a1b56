# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The same assertions on fakelibvirt, libvirt's test driver and real QEMU.

What the fake allows and libvirt refuses, or the other way round, is a bug of the
fake.
"""
