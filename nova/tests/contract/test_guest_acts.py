# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What is done to a guest as a whole, one after the other."""

import libvirt

from nova import exception
from nova.compute import power_state
from nova.tests.contract import base
from nova.tests.contract import guests
from nova.virt.libvirt import config as vconfig

_LIVE = libvirt.VIR_MIGRATE_LIVE | libvirt.VIR_MIGRATE_PEER2PEER


class ActsContract(guests.GuestContract):
    requires = ('jobStats', 'updateDeviceFlags')

    def describe(self) -> vconfig.LibvirtConfigGuest:
        conf = super().describe()
        conf.iothreads = 1
        self.card = vconfig.LibvirtConfigGuestInterface(
            net_type='user', mac_addr='52:54:00:11:22:33', model='virtio')
        conf.add_device(self.card)
        return conf

    def domain(self):
        return self.conn.lookupByUUIDString(self.uuid)

    def state(self) -> int:
        return self.guest.get_power_state(self.host)

    def test_while_it_runs(self):
        self.guest.launch()
        for act in (self.tell, self.pause, self.change_device, self.do_not_migrate,
                    self.announce, self.pin, self.weigh, self.power_off):
            act()

    def tell(self):
        self.guest.sync_guest_time()
        info = self.guest.get_info(self.host)

        self.assertEqual(
            (self.uuid, self.name, power_state.RUNNING, self.guest.id, True),
            (self.guest.uuid, self.guest.name, info.state, info.internal_id,
             self.guest.has_persistent_configuration()))
        self.assertIn(self.uuid, self.guest.get_xml_desc(dump_inactive=True))

    def pause(self):
        self.guest.pause()
        paused = self.state()
        self.guest.resume()

        self.assertEqual((power_state.PAUSED, power_state.RUNNING),
                         (paused, self.state()))
        self.assertRaises(exception.InternalError, self.guest.resume)
        self.assertEqual(power_state.RUNNING, self.state())

    def change_device(self):
        self.card.link_state = 'down'
        self.guest.update_device(self.card, persistent=True, live=True)
        self.assertEqual(['down', 'down'], self.link_states())

        unknown = vconfig.LibvirtConfigGuestInterface(
            net_type='user', mac_addr='52:54:00:44:55:66', model='virtio',
            link_state='up')
        self.assertRaises(exception.InternalError, self.guest.update_device, unknown,
                          persistent=True, live=True)
        self.assertEqual(['down', 'down'], self.link_states())

    def link_states(self):
        return [self.guest.get_interface_by_cfg(self.card, persistent).link_state
                for persistent in (False, True)]

    def do_not_migrate(self):
        self.guest.migrate_configure_max_downtime(250)
        for call, args in ((self.guest.migrate, (self.backend.uri, None, None, None,
                                                 _LIVE)),
                           (self.guest.migrate_start_postcopy, ()),
                           (self.guest.abort_job, ())):
            self.assertRaises(exception.InternalError, call, *args)
        self.assertEqual((power_state.RUNNING, libvirt.VIR_DOMAIN_JOB_NONE),
                         (self.state(), self.guest.get_job_info().type))

    def announce(self):
        self.guest.announce_self()

        self.assertEqual(power_state.RUNNING, self.state())

    def pin(self):
        tuning = self.guest.tuning
        tuning.pin_iothread(1, {0}, persistent=True, live=True)
        self.assertRaises(exception.InternalError, tuning.pin_iothread, 7, {0},
                          live=True)
        self.assertRaises(exception.InvalidInput, tuning.pin_iothread, 1, set(),
                          live=True)

        for flags in (libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG):
            (_number, cpus), = self.domain().ioThreadInfo(flags)
            self.assertEqual([0], [cpu for cpu, may in enumerate(cpus) if may])

    def weigh(self):
        weight = vconfig.LibvirtConfigGuestBlockIOTune(weight=500)
        try:
            self.guest.tuning.set_blkio(weight, persistent=True, live=True)
        except exception.InternalError as error:
            # There are hosts without such a controller.
            self.assertRegex(str(error), 'blkio|cgroup|weight')
            self.assertEqual(0, self.weight(libvirt.VIR_DOMAIN_AFFECT_CONFIG))
            return
        self.assertEqual((500, 500), (self.weight(libvirt.VIR_DOMAIN_AFFECT_LIVE),
                                      self.weight(libvirt.VIR_DOMAIN_AFFECT_CONFIG)))

    def weight(self, flags: int) -> int:
        return self.domain().blkioParameters(flags)['weight']

    def power_off(self):
        for _number in range(2):
            self.guest.poweroff()
            self.assertEqual(power_state.SHUTDOWN, self.state())

    def test_while_it_is_off(self):
        for call, args in (
                (self.guest.pause, ()), (self.guest.resume, ()), (self.guest.reset, ()),
                (self.guest.inject_nmi, ()), (self.guest.announce_self, ()),
                (self.guest.migrate_configure_max_downtime, (100,)),
                (self.guest.migrate, (self.backend.uri, None, None, None, _LIVE)),
                (self.guest.core_dump, ('/nowhere',)), (self.guest.screenshot, ())):
            self.assertRaises(exception.InternalError, call, *args)
        self.guest.poweroff()
        self.guest.shutdown()

        self.assertEqual(power_state.SHUTDOWN, self.state())


class TestActsOnFake(ActsContract, base.OnFake):
    pass


class TestActsOnTestDriver(ActsContract, base.OnTestDriver):
    pass


class TestActsOnQemu(ActsContract, base.OnQemu):
    pass


del ActsContract  # incomplete: not to be collected by itself
