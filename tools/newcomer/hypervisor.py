# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""A libvirt that answers."""

import grp
import os
import pathlib
import signal
import socket
import subprocess

from tools.newcomer import report as report_lib

#: When libvirtd starts first it tries out each QEMU; on a machine whose KVM hangs it
#: gives up on that only after most of a minute.
_START_DEADLINE_S = 180.0
_ANSWER_DEADLINE_S = 60
_KVM = '/dev/kvm'
_LOCKS = pathlib.Path('/run/lock')
_SYSTEMD = pathlib.Path('/run/systemd/system')
_SOCKETS = {
    'virtlogd': '/run/libvirt/virtlogd-sock',
    'libvirtd': '/run/libvirt/libvirt-sock',
}


def default_uri() -> str:
    """Name the libvirt that this user works with."""
    return 'qemu:///system' if os.geteuid() == 0 else 'qemu:///session'


def give_kvm_to_qemu(report: report_lib.Report) -> None:
    """Let other users open /dev/kvm, as systemd's udev rule does, where none did.

    Not only KVM needs it: as long as root may use KVM and libvirt's user may not,
    libvirt finds what it knows of QEMU out of date at each call, and tries QEMU out
    anew, for seconds.
    """
    if os.geteuid() == 0 and os.path.exists(_KVM) and not _opens_for_qemu(_KVM):
        report.say(f'{_KVM}: mode 0666')
        os.chmod(_KVM, 0o666)


def _opens_for_qemu(path: str) -> bool:
    status = os.stat(path)
    if status.st_mode & 0o006 == 0o006:
        return True
    try:
        group = grp.getgrnam('kvm').gr_gid
    except KeyError:
        return False
    return status.st_gid == group and status.st_mode & 0o060 == 0o060


def ensure_libvirt(report: report_lib.Report, uri: str) -> bool:
    """Have libvirt answer at `uri`; return whether it had to be started.

    :raises: StepFailed with what libvirt said
    """
    give_kvm_to_qemu(report)
    _make_lock_folder()
    if answers(uri):
        report.say(f'{uri} answers')
        return False
    if os.geteuid() != 0:
        raise report_lib.StepFailed(f'{uri} does not answer:\n{_complaint(uri)}')
    _start_daemons(report)
    if not report.wait_for(uri, lambda: answers(uri), _START_DEADLINE_S):
        raise report_lib.StepFailed(
            f'{uri} did not answer within {_START_DEADLINE_S:.0f} s:\n'
            f'{_complaint(uri)}'
        )
    report.say(f'{uri} answers')
    return True


def _make_lock_folder() -> None:
    """Make /run/lock, which libvirt needs for consoles and only an init makes."""
    if os.geteuid() == 0 and not _LOCKS.exists():
        _LOCKS.mkdir()
        _LOCKS.chmod(0o1777)


def _start_daemons(report: report_lib.Report) -> None:
    if _SYSTEMD.is_dir():
        report.say('starting libvirtd with systemctl')
        report.run(['systemctl', 'start', 'libvirtd'])
        return
    report.say('starting virtlogd and libvirtd')
    for name, path in _SOCKETS.items():
        if not _accepts(path):
            report.run([name, '-d'])


def answers(uri: str) -> bool:
    return _ask(uri).returncode == 0


def _complaint(uri: str) -> str:
    return _ask(uri).stderr.strip() or f'no answer within {_ANSWER_DEADLINE_S} s'


def _ask(uri: str) -> subprocess.CompletedProcess[str]:
    command = ['timeout', str(_ANSWER_DEADLINE_S), 'virsh', '--connect', uri, 'version']
    return subprocess.run(command, check=False, capture_output=True, text=True)


def _accepts(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(path)
        except OSError:
            return False
    return True


def stop_daemon(name: str, pid_file: pathlib.Path) -> None:
    """End a daemon by its pid file, if that process still is the daemon."""
    try:
        pid = int(pid_file.read_text())
        command = pathlib.Path(f'/proc/{pid}/comm').read_text().strip()
    except (OSError, ValueError):
        return
    if command == name:
        os.kill(pid, signal.SIGTERM)
