# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova.objects import fields
from nova.tests.unit import base
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import host
from nova.virt.libvirt import support

V1 = 'cgroup /sys/fs/cgroup/cpu cgroup rw,nosuid,cpu,cpuacct 0 0'
SEV = ("<sev supported='yes'><cbitpos>51</cbitpos><maxGuests>59</maxGuests>"
       "<maxESGuests>450</maxESGuests></sev>")
SNP = ("<launchSecurity supported='yes'><enum name='sectype'><value>sev</value>"
       "<value>sev-snp</value></enum></launchSecurity>")
TDX = "<tdx supported='yes'/>"
ON = {f'/sys/module/kvm_amd/parameters/{name}': 'Y\n'
      for name in ('sev', 'sev_es', 'sev_snp')}
CAPS = """<capabilities><host><cpu><arch>x86_64</arch></cpu><topology><cells num='1'>
<cell id='0'><memory unit='KiB'>1024</memory><pages unit='KiB' size='4'>256</pages>
{pages}<cpus num='1'><cpu id='0' socket_id='0' core_id='0' siblings='0'/></cpus></cell>
</cells></topology></host></capabilities>"""


def view(features='', devices='', more='', files=None, pages='', libvirt=9_000_000,
         hypervisor=7_002_000):
    caps = vconfig.LibvirtConfigCaps()
    caps.parse_str(CAPS.format(pages=pages))
    guest = vconfig.LibvirtConfigDomainCaps()
    guest.parse_str(f'<domainCapabilities>{more}<devices>{devices}</devices>'
                    f'<features>{features}</features></domainCapabilities>')
    return support.View(libvirt, hypervisor, caps, lambda: (guest,), (files or {}).get)


def holding(**kwargs):
    seen = view(**kwargs)
    return {name for name, each in support.PREDICATES.items() if each.holds(seen)}


class MinimumTestCase(base.TestCase):
    def test_exactly_the_minimum_will_do(self):
        self.assertEqual(
            [], support.too_old(8_000_000, 6_002_000, 'QEMU', support.MINIMUM))

    def test_one_below_it_will_not(self):
        self.assertEqual(
            ['libvirt 7.999.999 has to be upgraded to 8.0.0 or newer',
             'QEMU 6.1.999 has to be upgraded to 6.2.0 or newer'],
            support.too_old(7_999_999, 6_001_999, 'QEMU', support.MINIMUM))

    def test_other_hypervisors_have_none(self):
        self.assertEqual([], support.too_old(8_000_000, 2, 'TEST', support.MINIMUM))


class PredicateTestCase(base.TestCase):
    def changed_by(self, **kwargs):
        return holding(**kwargs) - holding()

    def test_host_has_each_as_a_property(self):
        own = {name for name in support.PREDICATES if name != 'has_cpu_controller'}
        self.assertEqual(own, {name for name in own if hasattr(host.Host, name)
                               or name in vars(host.Host)})

    def test_versions_alone_decide(self):
        self.assertEqual({'supports_secure_loader_with_firmware'},
                         holding(libvirt=9_002_000) - holding(libvirt=9_001_999))
        self.assertEqual({'supports_virtio_iommu'},
                         holding(libvirt=8_003_000) - holding(libvirt=8_002_999))
        self.assertEqual({'supports_packed_rings'},
                         holding(hypervisor=4_002_000) - holding(hypervisor=4_001_999))

    def test_folders_of_the_host(self):
        self.assertEqual({'supports_virtio_fs'}, self.changed_by(
            devices="<filesystem supported='yes'><enum name='driverType'>"
                    "<value>virtiofs</value></enum></filesystem>"))
        self.assertEqual(set(), self.changed_by(
            devices="<filesystem supported='no'><enum name='driverType'>"
                    "<value>virtiofs</value></enum></filesystem>"))

    def test_memory_in_files(self):
        self.assertEqual({'supports_mem_backing_file', 'supports_mem_backing_memfd'},
                         self.changed_by(
            more="<memoryBacking supported='yes'><enum name='sourceType'>"
                 "<value>file</value><value>memfd</value></enum></memoryBacking>"))

    def test_large_pages(self):
        self.assertEqual({'supports_hugepages'}, self.changed_by(
            pages="<pages unit='KiB' size='2048'>1</pages>"))

    def test_large_pages_of_which_there_are_none(self):
        self.assertEqual(set(), self.changed_by(
            pages="<pages unit='KiB' size='2048'>0</pages>"))


class EncryptionTestCase(base.TestCase):
    def test_names_are_novas(self):
        self.assertEqual(set(fields.MemEncryptionModel.ALL),
                         {support.AMD_SEV, support.AMD_SEV_ES, support.AMD_SEV_SNP,
                          support.INTEL_TDX})

    def test_everything_of_amd(self):
        self.assertEqual(
            {'amd-sev': 59, 'amd-sev-es': 450, 'amd-sev-snp': 450},
            support.encryption_slots(view(SEV + SNP, files=ON)))

    def test_slots_that_nobody_counts(self):
        self.assertEqual(
            {'amd-sev': None, 'amd-sev-es': 450},
            self.slots('<maxESGuests>450</maxESGuests>'))

    def test_slots_that_are_all_set_aside_for_encrypted_state(self):
        self.assertEqual({'amd-sev-es': 509}, self.slots(
            '<maxGuests>0</maxGuests><maxESGuests>509</maxESGuests>'))

    def test_no_slots_of_trust_domains(self):
        files = {'/sys/fs/cgroup/misc.capacity': 'tdx 0\n'}
        self.assertEqual({}, support.encryption_slots(view(TDX, files=files)))

    def slots(self, counted):
        """Return the slots of a processor without SNP."""
        return support.encryption_slots(view(
            f"<sev supported='yes'><cbitpos>51</cbitpos>{counted}</sev>", files=ON))

    def test_kernel_must_have_switched_it_on(self):
        self.assertEqual(frozenset(), support.encryption_models(view(SEV + SNP)))
        only = {'/sys/module/kvm_amd/parameters/sev': '1'}
        self.assertEqual({'amd-sev'},
                         support.encryption_models(view(SEV + SNP, files=only)))

    def test_snp_without_sev_is_none(self):
        self.assertEqual(frozenset(), support.encryption_models(view(SNP, files=ON)))

    def test_trust_domains_are_counted_by_the_kernel(self):
        self.assertEqual({'intel-tdx': None}, support.encryption_slots(view(TDX)))
        files = {'/sys/fs/cgroup/misc.capacity': 'sev 59\ntdx 31\n'}
        self.assertEqual({'intel-tdx': 31},
                         support.encryption_slots(view(TDX, files=files)))


class CPUControllerTestCase(base.TestCase):
    def test_unified_hierarchy(self):
        self.assertTrue(support.has_cpu_controller('cpuset cpu io', None))
        self.assertFalse(support.has_cpu_controller('cpuset io', V1))

    def test_first_version(self):
        self.assertTrue(support.has_cpu_controller(None, f'proc /proc proc rw\n{V1}'))
        self.assertFalse(support.has_cpu_controller(
            None, 'cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0'))

    def test_no_cgroups(self):
        self.assertFalse(support.has_cpu_controller(None, None))
