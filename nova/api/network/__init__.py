# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A read-only subset of the Networking API v2.0."""
