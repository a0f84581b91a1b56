# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Secrets that libvirt hands to QEMU: found by what they are for.

A secret is for one use: a volume, an iSCSI target, a Ceph user, a TLS key, the state
of an instance's TPM.
"""

import contextlib
import dataclasses

import libvirt

from nova import exception
from nova.i18n import _
from nova.virt.libvirt import calls
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import errors

USAGES = {
    'volume': libvirt.VIR_SECRET_USAGE_TYPE_VOLUME,
    'iscsi': libvirt.VIR_SECRET_USAGE_TYPE_ISCSI,
    'ceph': libvirt.VIR_SECRET_USAGE_TYPE_CEPH,
    'tls': libvirt.VIR_SECRET_USAGE_TYPE_TLS,
    'vtpm': libvirt.VIR_SECRET_USAGE_TYPE_VTPM,
}
#: Other names that a use goes by.
_ALIASES = {'rbd': 'ceph'}
#: Who owns these keeps them elsewhere, and nobody is to read them back.
_GUARDED = ('vtpm',)


def create(conn: libvirt.virConnect, usage_type: str, usage_id: str,
           password: str | bytes | None = None, uuid: str | None = None,
           ephemeral: bool | None = None, private: bool | None = None,
           ) -> libvirt.virSecret:
    """Define a secret and give it its value, if there is one.

    After a failure, or where the caller is stopped meanwhile, there is no secret that
    was not there before.

    :raises nova.exception.InvalidInput: if libvirt has no such use.
    :raises libvirt.libvirtError: if libvirt refuses, for example a second secret for
        the same use.
    """
    conf = _describe(usage_type, usage_id, uuid, ephemeral, private)
    value = password.encode() if isinstance(password, str) else password
    making = _Making(conf.to_xml(), USAGES[conf.usage_type], usage_id, value)
    with contextlib.ExitStack() as undo:
        undo.callback(_abandon, conn, making)
        calls.at_once(conn, 'secretDefineXML', _make, making)
        secret = conn.secretLookupByUsage(making.usage, usage_id)
        undo.pop_all()
    return secret


@dataclasses.dataclass
class _Making:
    """A secret on its way."""

    xml: str
    usage: int
    usage_id: str
    value: bytes | None
    #: The secret, if it was not there before; who takes it out undoes it.
    made: list[str] = dataclasses.field(default_factory=list)
    #: Nobody waits for it; it is undone where it is made.
    is_over: bool = False


def _make(conn: libvirt.virConnect, making: _Making) -> None:
    """Define it and give it its value, in one thread."""
    is_new = _lookup(conn, making.usage, making.usage_id) is None
    secret = conn.secretDefineXML(making.xml, 0)
    if is_new:
        making.made.append(secret.UUIDString())
    try:
        if making.value is not None and not making.is_over:
            secret.setValue(making.value, 0)
    except Exception:
        _unmake(conn, making)
        raise
    if making.is_over:
        _unmake(conn, making)


def _abandon(conn: libvirt.virConnect, making: _Making) -> None:
    """Leave nothing of a secret that nobody waits for any more."""
    making.is_over = True
    if making.made:
        with contextlib.suppress(exception.HypervisorUnavailable):
            calls.at_once(conn, 'secretUndefine', _unmake, making)


def _unmake(conn: libvirt.virConnect, making: _Making) -> None:
    # Two threads may do it at once: the secret is one's own.
    with contextlib.suppress(IndexError, libvirt.libvirtError):
        conn.secretLookupByUUIDString(making.made.pop()).undefine()


def _describe(usage_type: str, usage_id: str, uuid: str | None,
              ephemeral: bool | None, private: bool | None,
              ) -> vconfig.LibvirtConfigSecret:
    conf = vconfig.LibvirtConfigSecret()
    conf.usage_type = _usage(usage_type)
    conf.usage_id = usage_id
    conf.uuid = uuid
    is_guarded = conf.usage_type in _GUARDED
    conf.ephemeral = is_guarded if ephemeral is None else ephemeral
    conf.private = is_guarded if private is None else private
    return conf


def _usage(usage_type: str) -> str:
    usage = _ALIASES.get(usage_type, usage_type)
    if usage not in USAGES:
        raise exception.InvalidInput(
            reason=_('usage type of a secret is %(found)s, not one of %(known)s')
            % {'found': usage_type, 'known': ', '.join(sorted(USAGES))})
    return usage


def find(conn: libvirt.virConnect, usage_type: str, usage_id: str,
         ) -> libvirt.virSecret | None:
    """Return the secret for a use; None if there is none.

    :raises nova.exception.InvalidInput: if libvirt has no such use.
    """
    return _lookup(conn, USAGES[_usage(usage_type)], usage_id)


def _lookup(conn: libvirt.virConnect, usage: int, usage_id: str,
            ) -> libvirt.virSecret | None:
    try:
        return conn.secretLookupByUsage(usage, usage_id)
    except libvirt.libvirtError as ex:
        if errors.is_no_secret(ex):
            return None
        raise


def delete(conn: libvirt.virConnect, usage_type: str, usage_id: str) -> None:
    """Remove the secret for a use; that there is none is no error.

    :raises nova.exception.InvalidInput: if libvirt has no such use.
    """
    secret = find(conn, usage_type, usage_id)
    if secret is None:
        return
    try:
        secret.undefine()
    except libvirt.libvirtError as ex:
        # Another may have been faster.
        if not errors.is_no_secret(ex):
            raise
