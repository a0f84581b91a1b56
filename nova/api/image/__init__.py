# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The part of the Image API v2 that lists and shows images."""
