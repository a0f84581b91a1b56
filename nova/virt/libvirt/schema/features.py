# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""https://libvirt.org/formatdomain.html#hypervisor-features"""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
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


class LibvirtConfigGuestFeatureVMCoreInfo(LibvirtConfigGuestFeature):
    """``<vmcoreinfo/>``"""

    root_name = 'vmcoreinfo'


class LibvirtConfigGuestFeatureSMM(LibvirtConfigGuestFeature):
    """``<smm state='on'/>``"""

    root_name = 'smm'

    state = Attr('@state', ONOFF, default=True)


class LibvirtConfigGuestFeatureKvmHidden(LibvirtConfigGuestFeature):
    """``<kvm><hidden state='on'/></kvm>``"""

    root_name = 'kvm'

    hidden = Attr('hidden/@state', ONOFF, default=True)


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

    relaxed_state = Attr('relaxed/@state', ONOFF)
    vapic_state = Attr('vapic/@state', ONOFF)
    spinlocks_state = Attr('spinlocks/@state', ONOFF)
    spinlock_retries = Attr('spinlocks/@retries', INT, default=4095,
                            needs='spinlocks_state')
    vpindex_state = Attr('vpindex/@state', ONOFF)
    runtime_state = Attr('runtime/@state', ONOFF)
    synic_state = Attr('synic/@state', ONOFF)
    reset_state = Attr('reset/@state', ONOFF)
    vendorid_state = Attr('vendor_id/@state', ONOFF)
    vendorid = Attr('vendor_id/@value', default='1234567890ab', needs='vendorid_state')
    frequencies_state = Attr('frequencies/@state', ONOFF)
    reenlightenment_state = Attr('reenlightenment/@state', ONOFF)
    tlbflush_state = Attr('tlbflush/@state', ONOFF)
    ipi_state = Attr('ipi/@state', ONOFF)
    evmcs_state = Attr('evmcs/@state', ONOFF)

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


#: What a domain's features are chosen from.
FEATURES = (
    LibvirtConfigGuestFeatureACPI, LibvirtConfigGuestFeatureAPIC,
    LibvirtConfigGuestFeatureHyperV, LibvirtConfigGuestFeatureIOAPIC,
    LibvirtConfigGuestFeatureKvmHidden, LibvirtConfigGuestFeaturePMU,
    LibvirtConfigGuestFeatureSMM, LibvirtConfigGuestFeatureTCG,
    LibvirtConfigGuestFeatureVMCoreInfo,
)
