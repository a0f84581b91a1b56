# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Launch security, TPM, labels."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import HEXINT4
from nova.virt.libvirt.schema.convert import HEXINT8
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
    policy = Text('policy', HEXINT4, default=0x33)


class LibvirtConfigGuestSEVSNPLaunchSecurity(LibvirtConfigObject):
    """``<launchSecurity type='sev-snp'><policy>0x00030000</policy>``"""

    root_name = 'launchSecurity'
    recognised_by = {'type': 'sev-snp'}

    type = Attr('@type', default='sev-snp')
    authorKey = Attr('@authorKey', YESNO, default=False)  # noqa: N815
    kernelHashes = Attr('@kernelHashes', YESNO, default=False)  # noqa: N815
    vcek = Attr('@vcek', YESNO, default=True)
    policy = Text('policy', HEXINT8, default=0x30000)


class LibvirtConfigGuestTDXLaunchSecurity(LibvirtConfigObject):
    """``<launchSecurity type='tdx'><quoteGenerationService/></launchSecurity>``"""

    root_name = 'launchSecurity'
    recognised_by = {'type': 'tdx'}

    type = Attr('@type', default='tdx')
    quote_generation_service = Flag('quoteGenerationService', default=True)


#: The kinds of launch security, to choose from.
LAUNCH_SECURITY = (LibvirtConfigGuestSEVLaunchSecurity,
                   LibvirtConfigGuestSEVSNPLaunchSecurity,
                   LibvirtConfigGuestTDXLaunchSecurity)


class LibvirtConfigGuestVTPM(LibvirtConfigGuestDevice):
    """https://libvirt.org/formatdomain.html#tpm-device

    :param vtpm_config: what has a ``model`` and a ``version``.
    """

    root_name = 'tpm'

    model = Attr('@model')
    backend_type = Attr('backend/@type', default='emulator')
    version = Attr('backend/@version')
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
    baselabel = Text('baselabel')
