# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Encrypted memory, and a TPM."""

from nova import exception
from nova.i18n import _
from nova.objects import fields
from nova.virt import hardware
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt.designer import machines
from nova.virt.libvirt.designer.inputs import GuestInputs
from nova.virt.libvirt.designer.inputs import HostFacts
from nova.virt.libvirt.designer.inputs import Settings

_SEV = fields.MemEncryptionModel.AMD_SEV
_SEV_ES = fields.MemEncryptionModel.AMD_SEV_ES
_SNP = fields.MemEncryptionModel.AMD_SEV_SNP
_TDX = fields.MemEncryptionModel.INTEL_TDX

#: Bit of a policy of SEV: registers are encrypted as well.
_ENCRYPTED_STATE = 0x4

_SECRET = 'vtpm_secret_uuid'  # nosec B105


def memory_encryption(inputs: GuestInputs, host_facts: HostFacts,
                      settings: Settings) -> str | None:
    """Return how the memory is encrypted; None where it is not.

    Only guests whose host can do it are sent to it, so that one which cannot has
    nothing to refuse.

    :raises nova.exception.FlavorImageConflict: if flavor and image differ, or the
        firmware cannot do it.
    :raises nova.exception.InvalidMachineType: if the machine type cannot.
    """
    model = hardware.get_mem_encryption_constraint(
        inputs.flavor, inputs.image_meta,
        machines.machine_type(inputs, host_facts, settings))
    return model if model in host_facts.memory_encryption else None


def describe_launch_security(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                             host_facts: HostFacts, settings: Settings) -> None:
    """Encrypt the memory of the guest.

    :raises nova.exception.InvalidVideoMode: for a TDX guest with a video adapter,
        whose memory the host could not reach.
    """
    model = memory_encryption(inputs, host_facts, settings)
    if model is None:
        return
    if model in (_SEV, _SEV_ES):
        _lock_memory(guest)
        guest.launch_security = vconfig.LibvirtConfigGuestSEVLaunchSecurity()
        if model == _SEV_ES:
            guest.launch_security.policy |= _ENCRYPTED_STATE
    elif model == _SNP:
        guest.launch_security = vconfig.LibvirtConfigGuestSEVSNPLaunchSecurity()
        # The firmware measures a kernel that comes from outside the disk.
        guest.launch_security.kernelHashes = bool(guest.os_kernel)
    else:
        _refuse_video(inputs)
        guest.launch_security = vconfig.LibvirtConfigGuestTDXLaunchSecurity()
        guest.os_loader_secure = None
        guest.os_loader_readonly = True


def _lock_memory(guest: vconfig.LibvirtConfigGuest) -> None:
    """Keep pages where they are: what is encrypted cannot be swapped."""
    if guest.membacking is None:
        guest.membacking = vconfig.LibvirtConfigGuestMemoryBacking()
    guest.membacking.locked = True


def _refuse_video(inputs: GuestInputs) -> None:
    model = inputs.image_meta.properties.get('hw_video_model')
    if model != fields.VideoModel.NONE:
        raise exception.InvalidVideoMode(model=model)


def describe_tpm(guest: vconfig.LibvirtConfigGuest, inputs: GuestInputs,
                 host_facts: HostFacts, settings: Settings) -> None:
    """Give the guest a TPM whose state is encrypted.

    :raises nova.exception.Invalid: if nothing has been made to encrypt it with.
    """
    wanted = hardware.get_vtpm_constraint(inputs.flavor, inputs.image_meta)
    if wanted is None:
        return
    secret = inputs.instance.system_metadata.get(_SECRET)
    if not secret:
        raise exception.Invalid(_('Refusing to give instance %s a TPM whose state '
                                  'would not be encrypted') % inputs.instance.uuid)
    guest.add_device(vconfig.LibvirtConfigGuestVTPM(wanted, secret))
