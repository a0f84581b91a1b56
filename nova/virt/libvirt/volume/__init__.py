# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Volumes, by the kind of connection that they have."""
