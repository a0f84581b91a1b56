# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#hypervisor-features"""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.convert import amount
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Switch
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigGuestFeature(LibvirtConfigObject):
    """A feature that is an empty element."""

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(root_name=name, **kwargs)


class LibvirtConfigGuestFeatureACPI(LibvirtConfigGuestFeature):
    """``<acpi/>``"""

    root_name = 'acpi'


class LibvirtConfigGuestFeatureAPIC(LibvirtConfigGuestFeature):
    """``<apic/>``"""

    root_name = 'apic'

    eoi = Attr('@eoi', ONOFF)


class LibvirtConfigGuestFeatureVMCoreInfo(LibvirtConfigGuestFeature):
    """``<vmcoreinfo/>``"""

    root_name = 'vmcoreinfo'

    state = Attr('@state', ONOFF)


class LibvirtConfigGuestFeatureSMM(LibvirtConfigGuestFeature):
    """``<smm state='on'/>``"""

    root_name = 'smm'

    state = Attr('@state', ONOFF, default=True)
    #: MiB
    tseg = Text('tseg', amount('.', base='MiB'))


class LibvirtConfigGuestFeatureKvmHidden(LibvirtConfigGuestFeature):
    """``<kvm><hidden state='on'/></kvm>``"""

    root_name = 'kvm'

    hidden = Attr('hidden/@state', ONOFF, default=True)
    hint_dedicated = Attr('hint-dedicated/@state', ONOFF)
    poll_control = Attr('poll-control/@state', ONOFF)
    pv_ipi = Attr('pv-ipi/@state', ONOFF)
    dirty_ring = Attr('dirty-ring/@state', ONOFF)
    dirty_ring_size = Attr('dirty-ring/@size', INT)


class LibvirtConfigGuestFeaturePMU(LibvirtConfigGuestFeature):
    """``<pmu state='off'/>``"""

    root_name = 'pmu'

    state = Attr('@state', ONOFF, default=False)

    def __init__(self, state: bool | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if state is not None:
            self.state = state


class LibvirtConfigGuestFeatureIOAPIC(LibvirtConfigGuestFeature):
    """``<ioapic driver='qemu'/>``"""

    root_name = 'ioapic'

    driver = Attr('@driver', default='qemu')


class LibvirtConfigGuestFeatureTCG(LibvirtConfigGuestFeature):
    """``<tcg><tb-cache unit='MiB'>128</tb-cache></tcg>``"""

    root_name = 'tcg'

    #: MiB
    cache_size = Text('tb-cache', amount('.', base='MiB'))

    def __init__(self, cache_size: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cache_size = cache_size


class LibvirtConfigGuestFeatureHyperV(LibvirtConfigGuestFeature):
    """``<hyperv><relaxed state='on'/><spinlocks state='on' retries='4095'/></hyperv>``

    Each enlightenment is on, off, or left to QEMU; the bools tell whether it is on.
    """

    root_name = 'hyperv'

    mode = Attr('@mode')
    relaxed_state = Attr('relaxed/@state', ONOFF)
    vapic_state = Attr('vapic/@state', ONOFF)
    spinlocks_state = Attr('spinlocks/@state', ONOFF)
    spinlock_retries = Attr('spinlocks/@retries', INT, default=4095,
                            needs='spinlocks_state')
    vpindex_state = Attr('vpindex/@state', ONOFF)
    runtime_state = Attr('runtime/@state', ONOFF)
    synic_state = Attr('synic/@state', ONOFF)
    stimer_state = Attr('stimer/@state', ONOFF)
    stimer_direct_state = Attr('stimer/direct/@state', ONOFF)
    reset_state = Attr('reset/@state', ONOFF)
    vendorid_state = Attr('vendor_id/@state', ONOFF)
    vendorid = Attr('vendor_id/@value', default='1234567890ab', needs='vendorid_state')
    frequencies_state = Attr('frequencies/@state', ONOFF)
    reenlightenment_state = Attr('reenlightenment/@state', ONOFF)
    tlbflush_state = Attr('tlbflush/@state', ONOFF)
    tlbflush_direct_state = Attr('tlbflush/direct/@state', ONOFF)
    tlbflush_extended_state = Attr('tlbflush/extended/@state', ONOFF)
    ipi_state = Attr('ipi/@state', ONOFF)
    evmcs_state = Attr('evmcs/@state', ONOFF)
    avic_state = Attr('avic/@state', ONOFF)
    emsr_bitmap_state = Attr('emsr_bitmap/@state', ONOFF)
    xmm_input_state = Attr('xmm_input/@state', ONOFF)

    relaxed = Switch('relaxed_state')
    vapic = Switch('vapic_state')
    vpindex = Switch('vpindex_state')
    runtime = Switch('runtime_state')
    synic = Switch('synic_state')
    reset = Switch('reset_state')
    frequencies = Switch('frequencies_state')
    reenlightenment = Switch('reenlightenment_state')
    tlbflush = Switch('tlbflush_state')
    ipi = Switch('ipi_state')
    evmcs = Switch('evmcs_state')
    spinlocks = Switch('spinlocks_state')
    vendorid_spoof = Switch('vendorid_state')


class LibvirtConfigGuestFeaturePAE(LibvirtConfigGuestFeature):
    """``<pae/>``"""

    root_name = 'pae'


class LibvirtConfigGuestFeatureViridian(LibvirtConfigGuestFeature):
    """``<viridian/>``"""

    root_name = 'viridian'


class LibvirtConfigGuestFeaturePrivNet(LibvirtConfigGuestFeature):
    """``<privnet/>``"""

    root_name = 'privnet'


class FeatureState(LibvirtConfigGuestFeature):
    """A feature that is on, off, or left to QEMU."""

    state = Attr('@state', ONOFF)


class LibvirtConfigGuestFeatureHAP(FeatureState):
    """``<hap state='on'/>``"""

    root_name = 'hap'


class LibvirtConfigGuestFeaturePVSpinlock(FeatureState):
    """``<pvspinlock state='on'/>``"""

    root_name = 'pvspinlock'


class LibvirtConfigGuestFeatureVMPort(FeatureState):
    """``<vmport state='off'/>``"""

    root_name = 'vmport'


class LibvirtConfigGuestFeatureHTM(FeatureState):
    """``<htm state='on'/>``"""

    root_name = 'htm'


class LibvirtConfigGuestFeatureNestedHV(FeatureState):
    """``<nested-hv state='on'/>``"""

    root_name = 'nested-hv'


class LibvirtConfigGuestFeatureCCFAssist(FeatureState):
    """``<ccf-assist state='on'/>``"""

    root_name = 'ccf-assist'


class LibvirtConfigGuestFeatureRAS(FeatureState):
    """``<ras state='on'/>``"""

    root_name = 'ras'


class LibvirtConfigGuestFeaturePS2(FeatureState):
    """``<ps2 state='off'/>``"""

    root_name = 'ps2'


class FeatureValue(LibvirtConfigGuestFeature):
    """How a flaw of the CPU is dealt with, on POWER."""

    value = Attr('@value')


class LibvirtConfigGuestFeatureCFPC(FeatureValue):
    """``<cfpc value='workaround'/>``"""

    root_name = 'cfpc'


class LibvirtConfigGuestFeatureSBBC(FeatureValue):
    """``<sbbc value='workaround'/>``"""

    root_name = 'sbbc'


class LibvirtConfigGuestFeatureIBS(FeatureValue):
    """``<ibs value='fixed-ccd'/>``"""

    root_name = 'ibs'


class LibvirtConfigGuestFeatureGIC(LibvirtConfigGuestFeature):
    """``<gic version='2'/>``"""

    root_name = 'gic'

    version = Attr('@version')


class LibvirtConfigGuestFeatureHPT(LibvirtConfigGuestFeature):
    """``<hpt resizing='required'><maxpagesize unit='KiB'>64</maxpagesize></hpt>``"""

    root_name = 'hpt'

    resizing = Attr('@resizing')
    #: KiB
    max_page_size = Text('maxpagesize', amount('.', base='KiB'))


class LibvirtConfigGuestFeatureMSRs(LibvirtConfigGuestFeature):
    """``<msrs unknown='ignore'/>``"""

    root_name = 'msrs'

    unknown = Attr('@unknown')


class LibvirtConfigGuestFeatureAsyncTeardown(LibvirtConfigGuestFeature):
    """``<async-teardown enabled='yes'/>``"""

    root_name = 'async-teardown'

    enabled = Attr('@enabled', YESNO)


class LibvirtConfigGuestFeatureXen(LibvirtConfigGuestFeature):
    """``<xen><passthrough state='on' mode='share_pt'/></xen>``"""

    root_name = 'xen'

    e820_host = Attr('e820_host/@state', ONOFF)
    passthrough = Attr('passthrough/@state', ONOFF)
    passthrough_mode = Attr('passthrough/@mode')


#: What a domain's features are chosen from.
FEATURES = (
    LibvirtConfigGuestFeatureACPI, LibvirtConfigGuestFeatureAPIC,
    LibvirtConfigGuestFeatureVMCoreInfo, LibvirtConfigGuestFeatureSMM,
    LibvirtConfigGuestFeatureKvmHidden, LibvirtConfigGuestFeaturePMU,
    LibvirtConfigGuestFeatureIOAPIC, LibvirtConfigGuestFeatureTCG,
    LibvirtConfigGuestFeatureHyperV, LibvirtConfigGuestFeaturePAE,
    LibvirtConfigGuestFeatureViridian, LibvirtConfigGuestFeaturePrivNet,
    LibvirtConfigGuestFeatureHAP, LibvirtConfigGuestFeaturePVSpinlock,
    LibvirtConfigGuestFeatureVMPort, LibvirtConfigGuestFeatureHTM,
    LibvirtConfigGuestFeatureNestedHV, LibvirtConfigGuestFeatureCCFAssist,
    LibvirtConfigGuestFeatureRAS, LibvirtConfigGuestFeaturePS2,
    LibvirtConfigGuestFeatureCFPC, LibvirtConfigGuestFeatureSBBC,
    LibvirtConfigGuestFeatureIBS, LibvirtConfigGuestFeatureGIC,
    LibvirtConfigGuestFeatureHPT, LibvirtConfigGuestFeatureMSRs,
    LibvirtConfigGuestFeatureAsyncTeardown, LibvirtConfigGuestFeatureXen,
)
