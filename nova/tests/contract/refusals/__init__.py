# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What libvirt refuses, and with which error: one table for each kind of call."""
