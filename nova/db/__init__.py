# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What a standalone node must remember, in one SQL database."""
