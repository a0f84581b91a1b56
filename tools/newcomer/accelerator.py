# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Find out what really runs guests: KVM, or else QEMU's own emulation (TCG).

A /dev/kvm proves little: inside other virtual machines it may be there and run
no more than the first instructions of a guest. So a whole guest is started.
"""

import dataclasses
import os
import pathlib
import subprocess
import threading

_KVM = '/dev/kvm'
_DEADLINE_S = 15.0
_BANNER = b'userland is up'
#: QEMU stays when the kernel gives up on a guest; there is no use in waiting.
_BROKEN = b'KVM internal error'


@dataclasses.dataclass(frozen=True)
class Accelerator:
    """libvirt's domain type, and why it was chosen."""

    virt_type: str
    reason: str


def find(tiny_image: pathlib.Path) -> Accelerator:
    """Boot the tiny image under KVM, and fall back to TCG where that fails."""
    if not os.path.exists(_KVM):
        return _emulation(f'there is no {_KVM}')
    if not os.access(_KVM, os.R_OK | os.W_OK):
        return _emulation(f'this user may not use {_KVM}')
    if not boots(tiny_image, 'kvm', _DEADLINE_S):
        return _emulation(f'{_KVM} is there, but a guest does not boot with it')
    return Accelerator('kvm', 'KVM: a guest boots with it')


def boots(tiny_image: pathlib.Path, accelerator: str, deadline_s: float) -> bool:
    """Tell whether the guest's userland speaks up in time; nothing is left running."""
    command = [
        'qemu-system-x86_64', '-machine', 'pc', '-accel', accelerator, '-m', '256',
        '-display', 'none', '-no-user-config', '-nodefaults', '-no-reboot',
        '-serial', 'stdio', '-snapshot',
        '-drive', f'if=virtio,format=qcow2,file={tiny_image}',
    ]  # fmt: skip
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as qemu:
        timer = threading.Timer(deadline_s, qemu.kill)
        timer.start()
        try:
            return _reads_banner(qemu)
        finally:
            timer.cancel()
            qemu.kill()


def _reads_banner(qemu: subprocess.Popen[bytes]) -> bool:
    assert qemu.stdout is not None
    for line in qemu.stdout:
        if _BANNER in line:
            return True
        if _BROKEN in line:
            return False
    return False


def _emulation(why: str) -> Accelerator:
    return Accelerator('qemu', f'TCG (emulation): {why}')
