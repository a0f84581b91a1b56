# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How things are shown by the Compute API, for each microversion."""
