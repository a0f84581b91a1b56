# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Interfaces come, work, change and go while the guest runs, and leave nothing."""

import re
import subprocess

import libvirt

from nova import context
from nova import exception
import nova.conf
from nova.network import model
from nova.tests.functional import base
from nova.tests.functional import waiting


class HotplugTestCase(base.NetworkTestCase):

    def setUp(self) -> None:
        super().setUp()
        (self.server,) = self.boot(self.bridge.vif(10))
        self.driver = self.hypervisor.driver

    def attach(self, vif: model.VIF) -> None:
        self.driver.attach_interface(
            context.get_admin_context(), self.server.instance,
            self.hypervisor.image_meta, vif)
        waiting.until(lambda: len(self.cards()) == 2, 30, 'a second card')

    def detach(self, vif: model.VIF) -> None:
        self.driver.detach_interface(
            context.get_admin_context(), self.server.instance, vif)

    def cards(self) -> list[str]:
        found = self.server.shell.run('ls /sys/class/net').split()
        return [name for name in found if name.startswith('eth')]

    def state(self) -> dict[str, object]:
        """Collect all that interfaces are made of: host, libvirt and guest."""
        documents = (self.server.domain.XMLDesc(),
                     self.server.domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        return {'ports': self.bridge.ports(), 'filters': self.hypervisor.filters(),
                'macs': [re.findall(r"<mac address='(.*?)'", xml) for xml in documents],
                'cards': self.cards()}


class HotplugTest(HotplugTestCase):

    def test_interfaces_come_work_change_and_go(self) -> None:
        before = self.state()
        for check in (self.check_use, self.check_use, self.check_what_fails,
                      self.check_guest_that_does_not_answer, self.check_cable):
            check()
            self.assertEqual(before, self.state(), check.__name__)
        self.check_filter()

    def check_use(self) -> None:
        vif = self.bridge.vif(20)
        self.attach(vif)
        self.assertEqual(3, self.use(vif))
        self.detach(vif)

    def use(self, vif: model.VIF) -> int:
        """Let the second card take the place of the first, and ping through it."""
        self.server.shell.run('ip link set eth0 down')
        self.server.configure(self.cards()[-1], vif)
        answers = self.server.ping(self.bridge.gateway)
        self.server.shell.run('ip link set eth0 up')
        return answers

    def check_what_fails(self) -> None:
        nowhere, (present,) = self.bridge.vif(20), self.server.vifs
        nowhere['network']['bridge'] = 'not-there'
        for vif, reason in ((nowhere, "there is no bridge 'not-there'"),
                            (present, present['address'])):
            error = self.assertRaises(
                exception.InterfaceAttachFailed, self.attach, vif)

            self.assertIn(reason, f'{error} {error.__cause__}')
        self.assertEqual(3, self.server.ping(self.bridge.gateway))

    def check_guest_that_does_not_answer(self) -> None:
        vif = self.bridge.vif(20)
        self.attach(vif)
        self.set_patience(attempts=1, seconds=1)
        self.server.domain.suspend()
        error = self.assertRaises(exception.InterfaceDetachFailed, self.detach, vif)
        self.server.domain.resume()

        self.assertIn('has not let go', str(error.__cause__))
        # It answers when nobody listens any more, which is found the next time.
        waiting.until(lambda: len(self.cards()) == 1, 30, 'one card')
        self.detach(vif)
        self.driver = self.hypervisor.driver

    def set_patience(self, attempts: int, seconds: int) -> None:
        config = nova.conf.CONF
        config.set_override('device_detach_attempts', attempts, 'libvirt')
        config.set_override('device_detach_timeout', seconds, 'libvirt')
        self.addCleanup(config.clear_override, 'device_detach_attempts', 'libvirt')
        self.addCleanup(config.clear_override, 'device_detach_timeout', 'libvirt')
        self.driver = self.hypervisor.make_driver()

    def check_cable(self) -> None:
        (vif,) = self.server.vifs
        for is_up, answers in ((False, 0), (True, 3)):
            self.driver.set_link_state(self.server.instance, vif, is_up)
            carrier = self.server.shell.run('cat /sys/class/net/eth0/carrier')
            self.assertEqual(str(int(is_up)), carrier)
            self.assertEqual(answers, self.server.ping(self.bridge.gateway))

    def check_filter(self) -> None:
        (vif,) = self.server.vifs
        foreign = f'{self.bridge.prefix}.99'
        self.server.shell.run(f'ip address add {foreign}/24 dev eth0')
        for is_secure, answers in ((False, 3), (True, 0)):
            vif['meta']['port_security_enabled'] = is_secure
            self.driver.update_interface(self.server.instance, vif)
            self.assertEqual(answers, self.server.ping(self.bridge.gateway, foreign))


class LimitsTest(HotplugTestCase):

    def setUp(self) -> None:
        self._require_traffic_control()
        super().setUp()

    def _require_traffic_control(self) -> None:
        for words in ('add dev lo root sfq perturb 10', 'del dev lo root'):
            done = subprocess.run(['tc', 'qdisc', *words.split()], capture_output=True,
                                  text=True, check=False)
            if done.returncode:
                self.skipTest(f'this kernel cannot limit traffic: {done.stderr}')

    def test_limits_change(self) -> None:
        (vif,) = self.server.vifs
        for average in (100, 200):
            self.server.instance.flavor.extra_specs = {
                'quota:vif_inbound_average': str(average),
                'quota:vif_outbound_average': str(average)}
            self.driver.update_interface(self.server.instance, vif)
            limits = self.server.domain.interfaceParameters(vif['devname'])
            self.assertEqual((average, average),
                             (limits['inbound.average'], limits['outbound.average']))
