# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The part of the Compute API v2.1 that one node can serve."""
