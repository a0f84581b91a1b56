# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The enumerations of the data model, by what they describe."""
