# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Whole guests, compared with what is expected of recorded scenarios."""
