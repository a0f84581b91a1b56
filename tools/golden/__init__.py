# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Describes the guests of recorded scenarios and says where they differ."""
