# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What libvirt on a host must offer before the driver starts on it."""

from oslo_log import log as logging

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import host as libvirt_host
from nova.virt.libvirt import support

LOG = logging.getLogger(__name__)


class Suitability:
    """Whether a host can run the guests that are configured.

    :param uri: where its libvirt is.
    :param virt_type: [libvirt] virt_type
    """

    def __init__(self, host: libvirt_host.Host, uri: str, virt_type: str) -> None:
        self._host = host
        self._uri = uri
        self._virt_type = virt_type

    def check(self) -> None:
        """Refuse a host that cannot.

        :raises nova.exception.HypervisorTooOld: if libvirt or QEMU is.
        :raises nova.exception.InvalidHypervisorVirtType: if it has no guests of
            that type.
        """
        self._check_versions()
        offered = {name for guest in self._host.get_capabilities().guests
                   for name in guest.domains}
        if self._virt_type not in offered:
            raise exception.InvalidHypervisorVirtType(
                _('[libvirt] virt_type is %(wanted)s; libvirt at %(uri)s offers '
                  '%(offered)s') % {'wanted': self._virt_type, 'uri': self._uri,
                                    'offered': ', '.join(sorted(offered))},
                hv_type=self._virt_type)

    def _check_versions(self) -> None:
        too_old = self._host.get_too_old()
        if too_old:
            raise exception.HypervisorTooOld('; '.join(too_old))
        for needed in self._host.get_too_old(support.NEXT_MINIMUM):
            LOG.warning('A later release will not start here: %s', needed)
