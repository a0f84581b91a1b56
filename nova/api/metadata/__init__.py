# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a guest is told about itself."""
