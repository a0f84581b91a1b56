# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How much of libvirt's own documents the classes of config.py declare and keep."""
