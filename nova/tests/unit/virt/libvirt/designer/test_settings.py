# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import dataclasses
from typing import Any

import nova.conf
from nova.tests.unit import base
from nova.virt.libvirt.designer import settings

CONF = nova.conf.CONF


def from_conf(group: str, name: str) -> Any:
    return CONF[name] if group == 'DEFAULT' else CONF[group][name]


class FromOptionsTestCase(base.TestCase):

    def test_every_option_exists_and_has_the_default_of_the_field(self) -> None:
        built = settings.from_options(settings.Settings, from_conf)
        mounts = CONF.libvirt.nfs_mount_point_base
        defaults = dataclasses.replace(
            settings.Settings(),
            disk=dataclasses.replace(
                settings.DiskSettings(), instances_path=CONF.instances_path),
            share=settings.ShareSettings(nfs_mounts=mounts, ceph_mounts=mounts),
            volume=settings.VolumeSettings(quobyte_mounts=mounts))

        self.assertEqual(defaults, built)

    def test_configured_values(self) -> None:
        self.flags(group='libvirt', cpu_mode='custom', cpu_models=['a', 'b'])
        self.flags(group='vnc', enabled=False)

        built = settings.from_options(settings.Settings, from_conf)

        self.assertEqual('custom', built.cpu.mode)
        self.assertEqual(('a', 'b'), built.cpu.models)
        self.assertFalse(built.console.vnc.enabled)

    def test_given_values_are_not_looked_up(self) -> None:
        product = settings.ProductSettings('v', 'p', '1')

        built = settings.from_options(settings.Settings, from_conf, product=product)

        self.assertIs(product, built.product)

    def test_unknown_option_leaves_the_default(self) -> None:
        built = settings.from_options(settings.Settings, lambda group, name: {}[name])

        self.assertEqual(settings.Settings(), built)
