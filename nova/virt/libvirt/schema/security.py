# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Launch security, TPM, labels."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import HEXINT4
from nova.virt.libvirt.schema.convert import HEXINT8
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import ONOFF
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Flag
from nova.virt.libvirt.schema.mapping import Text


class LibvirtConfigGuestSEVLaunchSecurity(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#launch-security"""

    root_name = 'launchSecurity'
    recognised_by = {'type': 'sev'}

    type = Attr('@type', default='sev')
    kernelHashes = Attr('@kernelHashes', YESNO)  # noqa: N815
    cbitpos = Text('cbitpos', INT)
    reduced_phys_bits = Text('reducedPhysBits', INT)
    policy = Text('policy', HEXINT4, default=0x33)
    handle = Text('handle', INT)
    #: Base64
    dh_cert = Text('dhCert')
    session = Text('session')


class LibvirtConfigGuestSEVSNPLaunchSecurity(LibvirtConfigObject):
    """``<launchSecurity type='sev-snp'><policy>0x00030000</policy>``"""

    root_name = 'launchSecurity'
    recognised_by = {'type': 'sev-snp'}

    type = Attr('@type', default='sev-snp')
    authorKey = Attr('@authorKey', YESNO, default=False)  # noqa: N815
    kernelHashes = Attr('@kernelHashes', YESNO, default=False)  # noqa: N815
    vcek = Attr('@vcek', YESNO, default=True)
    cbitpos = Text('cbitpos', INT)
    reduced_phys_bits = Text('reducedPhysBits', INT)
    policy = Text('policy', HEXINT8, default=0x30000)
    # Base64
    guest_visible_workarounds = Text('guestVisibleWorkarounds')
    id_block = Text('idBlock')
    id_auth = Text('idAuth')
    host_data = Text('hostData')


class LibvirtConfigGuestTDXLaunchSecurity(LibvirtConfigObject):
    """``<launchSecurity type='tdx'><quoteGenerationService/></launchSecurity>``"""

    root_name = 'launchSecurity'
    recognised_by = {'type': 'tdx'}

    type = Attr('@type', default='tdx')
    policy = Text('policy', HEXINT8)
    # Base64
    mr_config_id = Text('mrConfigId')
    mr_owner = Text('mrOwner')
    mr_owner_config = Text('mrOwnerConfig')
    quote_generation_service = Flag('quoteGenerationService', default=True)


class LibvirtConfigGuestS390PVLaunchSecurity(LibvirtConfigObject):
    """``<launchSecurity type='s390-pv'/>``"""

    root_name = 'launchSecurity'
    recognised_by = {'type': 's390-pv'}

    type = Attr('@type', default='s390-pv')


#: The kinds of launch security, to choose from.
LAUNCH_SECURITY = (LibvirtConfigGuestSEVLaunchSecurity,
                   LibvirtConfigGuestSEVSNPLaunchSecurity,
                   LibvirtConfigGuestTDXLaunchSecurity,
                   LibvirtConfigGuestS390PVLaunchSecurity)


class LibvirtConfigGuestVTPM(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#tpm-device

    :param vtpm_config: what has a ``model`` and a ``version``.
    """

    root_name = 'tpm'

    model = Attr('@model')
    backend_type = Attr('backend/@type', default='emulator')
    version = Attr('backend/@version')
    persistent_state = Attr('backend/@persistent_state', YESNO)
    debug = Attr('backend/@debug', INT)

    #: backend_type='passthrough'
    device_path = Attr('backend/device/@path')

    # backend_type='external'; of an emulator, where its state is
    source_type = Attr('backend/source/@type')
    source_mode = Attr('backend/source/@mode')
    source_path = Attr('backend/source/@path')

    profile_name = Attr('backend/profile/@name')
    profile_source = Attr('backend/profile/@source')
    profile_remove_disabled = Attr('backend/profile/@removeDisabled')

    # <active_pcr_banks>
    pcr_bank_sha1 = Flag('backend/active_pcr_banks/sha1')
    pcr_bank_sha256 = Flag('backend/active_pcr_banks/sha256')
    pcr_bank_sha384 = Flag('backend/active_pcr_banks/sha384')
    pcr_bank_sha512 = Flag('backend/active_pcr_banks/sha512')

    secret_uuid = Attr('backend/encryption/@secret')

    def __init__(self, vtpm_config: Any = None, vtpm_secret_uuid: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.secret_uuid = vtpm_secret_uuid
        if vtpm_config is not None:
            self.model = vtpm_config.model
            self.version = vtpm_config.version


class LibvirtConfigSeclabel(LibvirtConfigObject):
    """``<seclabel type='dynamic'><baselabel>...</baselabel></seclabel>``"""

    root_name = 'seclabel'

    type = Attr('@type', default='dynamic')
    model = Attr('@model')
    relabel = Attr('@relabel', YESNO)
    label = Text('label')
    baselabel = Text('baselabel')
    #: What libvirt labels the images with; it fills it.
    imagelabel = Text('imagelabel')


class LibvirtConfigGuestKeyWrapCipher(LibvirtConfigObject):
    """``<cipher name='aes' state='on'/>``, in the ``<keywrap>`` of s390x"""

    root_name = 'cipher'

    name = Attr('@name')
    state = Attr('@state', ONOFF)
