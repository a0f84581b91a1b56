# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors

from nova.tests.unit.virt.libvirt.schema import base
from nova.virt.libvirt import config


def _enum(name, *values):
    inner = ''.join(f'<value>{value}</value>' for value in sorted(values))
    return f'<enum name="{name}">{inner}</enum>'


class DomainCapsTestCase(base.DocumentTestCase):

    def test_what_the_machine_is(self):
        obj = config.LibvirtConfigDomainCaps(
            path='/usr/bin/qemu-system-x86_64', domain='kvm',
            machine_type='pc-i440fx-7.2', machine_type_alias='pc', arch='x86_64',
            max_vcpus=255, iothreads_supported=True, memory_backing_supported=True,
            memory_backing_sources=['file', 'memfd'])
        self.assertEqual(('pc-i440fx-7.2', 'pc', None),
                         (obj._machine, obj._alias, obj._devices))
        obj._alias = None
        self.assert_document(
            '<domainCapabilities><path>/usr/bin/qemu-system-x86_64</path>'
            '<domain>kvm</domain><machine>pc-i440fx-7.2</machine><arch>x86_64</arch>'
            '<vcpu max="255"/><iothreads supported="yes"/>'
            f'<memoryBacking supported="yes">{_enum("sourceType", "file", "memfd")}'
            '</memoryBacking></domainCapabilities>', obj)

    def test_firmware(self):
        obj = config.LibvirtConfigDomainCapsOS(
            supported=True, firmware_types=['bios', 'efi'], loader_supported=True,
            loader_paths=['/a.fd', '/b.fd'], loader_types=['pflash', 'rom'],
            loader_readonly=['no', 'yes'], loader_secure=['no'])
        self.assertEqual(
            (True, True, False), (obj.uefi_supported, obj.uefi_autoconfig_supported,
                                  obj.secure_boot_supported))
        self.assert_document(
            f'<os supported="yes">{_enum("firmware", "bios", "efi")}'
            '<loader supported="yes"><value>/a.fd</value><value>/b.fd</value>'
            f'{_enum("type", "pflash", "rom")}{_enum("readonly", "no", "yes")}'
            f'{_enum("secure", "no")}</loader></os>', obj)

    def test_nothing_is_said_about_firmware(self):
        obj = self.parsed(config.LibvirtConfigDomainCapsOS, '<os supported="yes"/>')
        self.assertIsNone(obj.uefi_supported)
        self.assertIsNone(obj.uefi_autoconfig_supported)
        self.assertIsNone(obj.secure_boot_supported)

    def test_cpu_modes(self):
        model = config.LibvirtConfigDomainCapsCPUHostModel(
            supported=True, model='EPYC', model_fallback='forbid', vendor='AMD',
            maxphysaddr=config.LibvirtConfigCPUMaxPhysAddr(mode='passthrough'),
            features={config.LibvirtConfigGuestCPUFeature('x2apic')})
        custom = config.LibvirtConfigDomainCapsCPUCustom(
            supported=True,
            models=[config.LibvirtConfigDomainCapsCPUModel(
                usable='no', deprecated=True, vendor='Intel', canonical='n270-v1',
                name='n270')],
            blockers=[config.LibvirtConfigDomainCapsCPUBlockers(
                model='n270', features=['xtpr'])])
        obj = config.LibvirtConfigDomainCaps(cpu_modes=[
            config.LibvirtConfigDomainCapsCPUHostPassthrough(
                supported=True, migratable=['off', 'on']),
            config.LibvirtConfigDomainCapsCPUMaximum(supported=True,
                                                     migratable=['on']),
            model, custom, config.LibvirtConfigDomainCapsCPUMode(name='later')])
        self.assert_document(
            '<domainCapabilities><cpu><mode name="host-passthrough" supported="yes">'
            f'{_enum("hostPassthroughMigratable", "off", "on")}</mode>'
            '<mode name="maximum" supported="yes">'
            f'{_enum("maximumMigratable", "on")}</mode>'
            '<mode name="host-model" supported="yes">'
            '<model fallback="forbid">EPYC</model><vendor>AMD</vendor>'
            '<maxphysaddr mode="passthrough"/>'
            '<feature policy="require" name="x2apic"/></mode>'
            '<mode name="custom" supported="yes"><model usable="no" deprecated="yes" '
            'vendor="Intel" canonical="n270-v1">n270</model>'
            '<blockers model="n270"><feature name="xtpr"/></blockers></mode>'
            '<mode name="later" supported="no"/></cpu></domainCapabilities>', obj)

    def test_a_device_that_is_not_said(self):
        obj = self.parsed(config.LibvirtConfigDomainCapsDevices, '<devices/>')
        self.assertEqual((None, None, None), (obj.disk, obj.video, obj.tpm))

    def _check_device(self, name, xml_enums, **fields):
        device = getattr(config, f'LibvirtConfigDomainCaps{name}')(
            supported=True, **fields)
        tag = device.root_name
        obj = config.LibvirtConfigDomainCapsDevices(devices={device})
        self.assert_document(
            f'<devices><{tag} supported="yes">{xml_enums}</{tag}></devices>', obj)
        self.assertIs(device, obj.get(type(device)))

    def test_every_device(self):
        self._check_device(
            'DiskBuses', _enum('diskDevice', 'cdrom', 'disk') + _enum('bus', 'virtio')
            + _enum('model', 'virtio'), disk_devices={'cdrom', 'disk'},
            buses={'virtio'}, models={'virtio'})
        self._check_device('Graphics', _enum('type', 'spice', 'vnc'),
                           types={'spice', 'vnc'})
        self._check_device('VideoModels', _enum('modelType', 'vga'), models={'vga'})
        self._check_device(
            'Hostdev', _enum('mode', 'subsystem') + _enum('startupPolicy', 'default')
            + _enum('subsysType', 'pci') + _enum('capsType', 'net')
            + _enum('pciBackend', 'vfio'), modes={'subsystem'},
            startup_policies={'default'}, subsys_types={'pci'}, caps_types={'net'},
            pci_backends={'vfio'})
        self._check_device(
            'Rng', _enum('model', 'virtio') + _enum('backendModel', 'egd'),
            models={'virtio'}, backend_models={'egd'})
        self._check_device('Filesystem', _enum('driverType', 'virtiofs'),
                           driver_types={'virtiofs'})
        self._check_device('Redirdev', _enum('bus', 'usb'), buses={'usb'})
        self._check_device('Channel', _enum('type', 'pty'), types={'pty'})
        self._check_device('Console', _enum('type', 'pty'), types={'pty'})
        self._check_device(
            'Crypto', _enum('model', 'virtio') + _enum('type', 'qemu')
            + _enum('backendModel', 'lkcf'), models={'virtio'}, types={'qemu'},
            backend_models={'lkcf'})
        self._check_device('Interface', _enum('backendType', 'passt'),
                           backend_types={'passt'})
        self._check_device('Panic', _enum('model', 'isa'), models={'isa'})

    def test_tpm(self):
        self._check_device(
            'Tpm', _enum('model', 'tpm-crb') + _enum('backendModel', 'emulator')
            + _enum('backendVersion', '2.0'), models=['tpm-crb'],
            backend_models=['emulator'], backend_versions=['2.0'])
        self.assertIsNone(config.LibvirtConfigDomainCapsTpm().backend_versions)

    def test_features(self):
        sgx = config.LibvirtConfigDomainCapsFeatureSGX(
            supported=True, flc=True, sgx1=True, sgx2=False, section_size=524288,
            sections=[config.LibvirtConfigDomainCapsSGXSection(node=0, size=262144)])
        hyperv = config.LibvirtConfigDomainCapsFeatureHyperV(
            supported=True, features=['relaxed', 'vapic'], spinlocks=4095,
            stimer_direct='on', tlbflush_direct='off', tlbflush_extended='on',
            vendor_id='Linux KVM Hv')
        sev = config.LibvirtConfigDomainCapsFeatureSev(
            supported=True, cbitpos=47, reduced_phys_bits=1, max_guests=59,
            max_es_guests=450, cpu0_id='aGVsbG8=')
        security = config.LibvirtConfigDomainCapsFeatureLaunchSecurity(
            supported=True, sectypes=['sev', 'tdx'])
        obj = config.LibvirtConfigDomainCapsFeatures(
            gic_supported=True, gic_versions=['2', '3'], vmcoreinfo_supported=True,
            genid_supported=False, backing_store_input_supported=True,
            backup_supported=True, async_teardown_supported=True,
            s390_pv_supported=False, ps2_supported=True,
            features=[sev, config.LibvirtConfigDomainCapsFeatureTDX(supported=True),
                      sgx, hyperv, security])
        self.assert_document(
            f'<features><gic supported="yes">{_enum("version", "2", "3")}</gic>'
            '<vmcoreinfo supported="yes"/><genid supported="no"/>'
            '<backingStoreInput supported="yes"/><backup supported="yes"/>'
            '<async-teardown supported="yes"/><s390-pv supported="no"/>'
            '<ps2 supported="yes"/><sev supported="yes"><cbitpos>47</cbitpos>'
            '<reducedPhysBits>1</reducedPhysBits><maxGuests>59</maxGuests>'
            '<maxESGuests>450</maxESGuests><cpu0Id>aGVsbG8=</cpu0Id></sev>'
            '<tdx supported="yes"/><sgx supported="yes"><flc>yes</flc><sgx1>yes</sgx1>'
            '<sgx2>no</sgx2><section_size unit="KiB">524288</section_size><sections>'
            '<section node="0" size="262144" unit="KiB"/></sections></sgx>'
            f'<hyperv supported="yes">{_enum("features", "relaxed", "vapic")}'
            '<defaults><spinlocks>4095</spinlocks><stimer_direct>on</stimer_direct>'
            '<tlbflush_direct>off</tlbflush_direct>'
            '<tlbflush_extended>on</tlbflush_extended>'
            '<vendor_id>Linux KVM Hv</vendor_id></defaults></hyperv>'
            f'<launchSecurity supported="yes">{_enum("sectype", "sev", "tdx")}'
            '</launchSecurity></features>', obj)

    def test_launch_security_that_is_not_said(self):
        obj = config.LibvirtConfigDomainCapsFeatureLaunchSecurity()
        self.assertIsNone(obj.sectypes)
