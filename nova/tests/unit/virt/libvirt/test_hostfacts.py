# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import os
from typing import Any
from unittest import mock

import fixtures

from nova import exception
from nova.tests.unit import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import hostfacts
from nova.virt.libvirt.designer import inputs
from nova.virt.libvirt.designer import settings


class DirectIOTestCase(base.TestCase):

    def test_leaves_nothing_behind(self) -> None:
        folder = self.useFixture(fixtures.TempDir()).path

        hostfacts.supports_direct_io(folder)

        self.assertEqual([], os.listdir(folder))

    def test_missing_folder(self) -> None:
        folder = self.useFixture(fixtures.TempDir()).path

        self.assertFalse(hostfacts.supports_direct_io(f'{folder}/missing'))

    def test_follows_what_open_says(self) -> None:
        folder = self.useFixture(fixtures.TempDir()).path
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.hostfacts._writes_directly', lambda path: False))

        self.assertFalse(hostfacts.supports_direct_io(folder))


class ModelFeaturesTestCase(base.TestCase):

    def features(self, *models: str) -> Any:
        host = mock.create_autospec(libvirt_host.Host, instance=True)
        host.get_baseline_cpu.side_effect = self._baseline
        chosen = settings.Settings(
            cpu=settings.CPUSettings(mode='custom', models=models))
        return hostfacts._model_features(
            host, 'x86_64', ('Haswell', 'Penryn', 'Foreign'), chosen)

    def _baseline(self, cpus: list[vconfig.LibvirtConfigCPU],
                  expanded: bool) -> vconfig.LibvirtConfigCPU:
        if cpus[0].model == 'Foreign':
            raise exception.InternalError(err='not on this host')
        found = vconfig.LibvirtConfigCPU()
        for name in ('avx2', 'sse4.2') if expanded else ():
            found.add_feature(vconfig.LibvirtConfigCPUFeature(name))
        return found

    def test_configured_models_by_the_names_of_libvirt(self) -> None:
        self.assertEqual({'Haswell': {'avx2', 'sse4.2'}},
                         self.features('haswell', 'unknown'))

    def test_model_that_cannot_be_expanded_is_left_out(self) -> None:
        self.assertEqual({'Penryn': {'avx2', 'sse4.2'}},
                         self.features('Foreign', 'Penryn'))


class CachedHostFactsTestCase(base.TestCase):

    def setUp(self) -> None:
        super().setUp()
        self.gathered = 0
        self.host = mock.Mock()
        self.host.get_capabilities.return_value = vconfig.LibvirtConfigCaps()
        self.useFixture(fixtures.MonkeyPatch(
            'nova.virt.libvirt.hostfacts.gather', self._gather))
        self.facts = hostfacts.CachedHostFacts(self.host, settings.Settings())

    def _gather(self, host: Any, chosen: settings.Settings) -> inputs.HostFacts:
        self.gathered += 1
        return inputs.HostFacts(arch='x86_64', caps=host.get_capabilities())

    def test_gathers_once(self) -> None:
        self.assertIs(self.facts(), self.facts())
        self.assertEqual(1, self.gathered)

    def test_gathers_again_after_a_new_connection(self) -> None:
        before = self.facts()
        self.host.get_capabilities.return_value = vconfig.LibvirtConfigCaps()

        self.assertIsNot(before, self.facts())
        self.assertEqual(2, self.gathered)
