# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What bodies and queries of the Compute API may look like."""
