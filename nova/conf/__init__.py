# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Every option; one file for each group, names and defaults are Nova's."""

from oslo_config import cfg

from nova.conf import api
from nova.conf import compute
from nova.conf import compute_sets
from nova.conf import database
from nova.conf import ephemeral_storage
from nova.conf import image_cache
from nova.conf import libvirt
from nova.conf import netconf
from nova.conf import paths
from nova.conf import serial_console
from nova.conf import service
from nova.conf import spice
from nova.conf import standalone
from nova.conf import vnc
from nova.conf import workarounds

CONF = cfg.CONF

MODULES = (
    paths, netconf, service, compute, compute_sets, libvirt, image_cache, vnc,
    spice, serial_console, workarounds, api, database, standalone,
    ephemeral_storage)

for _module in MODULES:
    _module.register_opts(CONF)
