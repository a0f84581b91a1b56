# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Stop the node, or take away what quickstart brought."""

import contextlib
import pathlib
import shutil
import subprocess
import sys

from tools.newcomer import environment
from tools.newcomer import hypervisor
from tools.newcomer import node as node_lib
from tools.newcomer import report as report_lib
from tools.newcomer import server

STEPS = 4
_DELETE_DEADLINE_S = 120.0
_DAEMON_PIDS = {'libvirtd': '/run/libvirtd.pid', 'virtlogd': '/run/virtlogd.pid'}


def stop(node: node_lib.Node, report: report_lib.Report) -> int:
    """Stop nova-compute and leave the guests alone."""
    report.step('Stopping nova-compute')
    if node.stop(report):
        report.say('stopped; its guests run on, and are there when it starts again')
    else:
        report.say('it does not run')
    return 0


def remove(
    node: node_lib.Node,
    venv: environment.Environment,
    checkout: pathlib.Path,
    report: report_lib.Report,
    *,
    ask: bool,
) -> int:
    """Delete servers, state folder and environment; only what quickstart made."""
    doomed = [path for path in _doomed(node, venv, checkout) if path.exists()]
    if not doomed:
        print('there is nothing to remove')
        return 0
    if ask and not _confirmed(node, doomed):
        print('nothing was removed')
        return 1
    memory = node.memory() if node.is_ours() else {}
    report.step('Deleting the servers')
    _delete_servers(node, venv, report)
    report.step('Stopping nova-compute')
    node.stop(report)
    report.step('Removing files')
    for path in doomed:
        report.say(str(path))
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    _remove_empty(checkout / 'build')
    report.log_path.unlink(missing_ok=True)
    report.step('libvirt and packages')
    _stop_libvirt(memory.get('started_libvirt', False), report)
    _say_packages(memory.get('packages', []), report)
    return 0


def _doomed(
    node: node_lib.Node, venv: environment.Environment, checkout: pathlib.Path
) -> list[pathlib.Path]:
    paths = sorted((checkout / 'build').glob('tiny-*.qcow2'))
    if venv.is_ours() and not venv.users() - {node.pid()}:
        paths.append(venv.path)
    if node.is_ours():
        paths.append(node.state)
    return paths


def _remove_empty(folder: pathlib.Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _confirmed(node: node_lib.Node, doomed: list[pathlib.Path]) -> bool:
    servers = len(_instance_ids(node))
    print(f'This deletes {servers} server(s) with their disks, and these:')
    print('\n'.join(f'    {path}' for path in doomed))
    if not sys.stdin.isatty():
        print('Say --yes to do it without a question.')
        return False
    return input('Go on? [y/N] ').strip().lower() in ('y', 'yes')


def _instance_ids(node: node_lib.Node) -> list[str]:
    """List the instances that have files; the image cache is no instance."""
    if not node.is_ours() or not node.instances.is_dir():
        return []
    return [p.name for p in node.instances.iterdir() if p.name.count('-') == 4]


def _delete_servers(
    node: node_lib.Node, venv: environment.Environment, report: report_lib.Report
) -> None:
    if not node.is_ours() or not node.conf.exists():
        report.say('there are none')
        return
    try:
        _delete_by_api(node, venv, report)
    except report_lib.StepFailed as error:
        report.say(f'nova-compute did not do it: {error}')
        _delete_domains(node, report)


def _delete_by_api(
    node: node_lib.Node, venv: environment.Environment, report: report_lib.Report
) -> None:
    if not venv.program('openstack').exists():
        raise report_lib.StepFailed(f'{venv.path} is gone')
    hypervisor.ensure_libvirt(report, node.option('libvirt', 'connection_uri'))
    if node.pid() is None:
        node.start(report, venv.program('nova-compute'))
    client = server.Client(
        report, venv.program('openstack'), node.client_environment()
    )
    ids = [found['ID'] for found in client.servers()]
    if ids:
        client.show('server', 'delete', '--wait', *ids)


def _delete_domains(node: node_lib.Node, report: report_lib.Report) -> None:
    """Take the domains away by libvirt itself: those whose disks are in our folder."""
    node.stop(report)
    for uuid in _instance_ids(node):
        virsh = ['virsh', '--connect', node.option('libvirt', 'connection_uri')]
        xml = subprocess.run(
            [*virsh, 'dumpxml', uuid], check=False, capture_output=True, text=True
        )
        if f'{node.instances}/{uuid}' not in xml.stdout:
            continue
        report.say(f'removing domain {uuid}')
        subprocess.run([*virsh, 'destroy', uuid], check=False, capture_output=True)
        report.run([*virsh, 'undefine', '--nvram', '--managed-save', uuid])


def _stop_libvirt(started_by_us: bool, report: report_lib.Report) -> None:
    """End the daemons that quickstart started, unless somebody uses them."""
    if not started_by_us:
        report.say('quickstart did not start libvirt, and leaves it')
        return
    virsh = ['virsh', '--connect', hypervisor.default_uri()]
    done = subprocess.run(
        [*virsh, 'list', '--all', '--name'], check=False, capture_output=True, text=True
    )
    if done.returncode != 0 or done.stdout.strip():
        report.say('libvirt stays: it has other guests')
        return
    for name, pid_file in _DAEMON_PIDS.items():
        hypervisor.stop_daemon(name, pathlib.Path(pid_file))
    report.say('libvirt was started by quickstart, and is stopped')


def _say_packages(names: list[str], report: report_lib.Report) -> None:
    if names:
        report.say('quickstart installed these packages; they stay until you say:')
        report.say(f'    apt-get purge --autoremove {" ".join(names)}')
