# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""From a bare machine to a running guest, in steps that each can be repeated."""

import argparse
import fcntl
import os
import pathlib
import sys

from tools.newcomer import accelerator
from tools.newcomer import environment
from tools.newcomer import hypervisor
from tools.newcomer import image as image_lib
from tools.newcomer import node as node_lib
from tools.newcomer import packages
from tools.newcomer import removal
from tools.newcomer import report as report_lib
from tools.newcomer import server

_CHECKOUT = pathlib.Path(__file__).parents[2]
_DEFAULT_PORT = 8774
_STEPS = 8


def main() -> int:
    """Do what the command line says; the result is the exit status."""
    options = _parser().parse_args()
    os.umask(0o022)
    log_path = _CHECKOUT / '.quickstart.log'
    with log_path.open('a') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _dispatch(options, log_path)
        except BlockingIOError:
            print('another ./quickstart is at work in this checkout', file=sys.stderr)
        except report_lib.StepFailed as error:
            print(f'\nerror: {error}', file=sys.stderr)
        except KeyboardInterrupt:
            print('\ninterrupted; run it again to go on', file=sys.stderr)
    return 1


def default_state() -> pathlib.Path:
    """Name the folder where this user's node keeps everything."""
    if os.geteuid() == 0:
        return pathlib.Path('/var/lib/nova')
    home = os.environ.get('XDG_STATE_HOME') or '~/.local/state'
    return pathlib.Path(home).expanduser() / 'nova'


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='./quickstart',
        description='Set up this machine as a compute node and boot a first guest. '
        'What is there already is left as it is.',
    )
    parser.add_argument(
        '--image', type=pathlib.Path, metavar='FILE',
        help='boot this qcow2 or raw disk image instead of a tiny one made here',
    )  # fmt: skip
    parser.add_argument(
        '--name', default='first', type=_server_name,
        help='name of the server to boot (default: first)',
    )  # fmt: skip
    parser.add_argument(
        '--state', type=pathlib.Path, metavar='DIR', default=default_state(),
        help='folder for configuration, images and servers (default: %(default)s)',
    )  # fmt: skip
    parser.add_argument(
        '--port', type=_port,
        help=f'port of the API, on loopback only (default: {_DEFAULT_PORT})',
    )  # fmt: skip
    parser.add_argument(
        '--skip-packages', action='store_true',
        help='take it that the system packages of bindep.txt are installed',
    )  # fmt: skip
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        '--stop', action='store_true', help='stop nova-compute; guests run on'
    )
    what.add_argument(
        '--remove', action='store_true',
        help='delete the servers, the state folder and the virtual environment',
    )  # fmt: skip
    parser.add_argument(
        '--yes', action='store_true', help='with --remove: do not ask'
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f'{port} is not between 1 and 65535')
    return port


def _server_name(text: str) -> str:
    if not text.strip() or len(text) > 255 or text.startswith('-'):
        raise argparse.ArgumentTypeError('a name has 1 to 255 characters')
    return text


def _dispatch(options: argparse.Namespace, log_path: pathlib.Path) -> int:
    node = node_lib.Node(options.state.absolute())
    venv = environment.Environment(_CHECKOUT / '.venv', _CHECKOUT)
    if options.stop:
        return removal.stop(node, report_lib.Report(1, log_path))
    if options.remove:
        report = report_lib.Report(removal.STEPS, log_path)
        return removal.remove(node, venv, _CHECKOUT, report, ask=not options.yes)
    _set_up(options, node, venv, report_lib.Report(_STEPS, log_path))
    _say_how_to_go_on(node, venv, options)
    return 0


def _set_up(
    options: argparse.Namespace,
    node: node_lib.Node,
    venv: environment.Environment,
    report: report_lib.Report,
) -> None:
    report.step('System packages')
    installed = _ensure_packages(options, report)
    report.step('Virtual environment')
    venv.ensure(report, '--editable', str(_CHECKOUT), 'python-openstackclient>=7.0')
    uri = hypervisor.default_uri()
    report.step(f'libvirt ({uri})')
    started = hypervisor.ensure_libvirt(report, uri)
    report.step('Image')
    tiny = image_lib.tiny(report, _CHECKOUT)
    image = _chosen(options, venv, tiny)
    report.step('Configuration')
    node.prepare()
    _remember(node, installed, started)
    _configure(options, node, report, uri, tiny)
    image_lib.put(report, image, node.images)
    report.step('nova-compute')
    _start(node, venv, report)
    client = server.Client(
        report, venv.program('openstack'), node.client_environment()
    )
    report.step(f'Server "{options.name}"')
    _boot(client, options, image, report)
    report.step('What the guest says on its console')
    client.show_console(options.name, image.ready)


def _ensure_packages(
    options: argparse.Namespace, report: report_lib.Report
) -> list[str]:
    if options.skip_packages:
        report.say('skipped')
        return []
    return packages.ensure(report, _CHECKOUT / 'bindep.txt')


def _chosen(
    options: argparse.Namespace,
    venv: environment.Environment,
    tiny: image_lib.Image,
) -> image_lib.Image:
    if options.image is None:
        return tiny
    return image_lib.own(venv.program('python'), options.image.absolute())


def _remember(node: node_lib.Node, installed: list[str], started: bool) -> None:
    memory = node.memory()
    node.remember(
        packages=sorted({*memory.get('packages', []), *installed}),
        started_libvirt=started or memory.get('started_libvirt', False),
    )


def _configure(
    options: argparse.Namespace,
    node: node_lib.Node,
    report: report_lib.Report,
    uri: str,
    tiny: image_lib.Image,
) -> None:
    if node.conf.exists():
        _check_port(options, node)
        report.say(f'{node.conf} is there and stays')
        report.say(f'virt_type = {node.option("libvirt", "virt_type")}')
        return
    report.say('trying whether a guest boots with KVM')
    found = accelerator.find(tiny.path)
    report.say(found.reason)
    port = options.port or _DEFAULT_PORT
    node.write_conf(uri=uri, virt_type=found.virt_type, port=port)
    report.say(f'wrote {node.conf}')


def _check_port(options: argparse.Namespace, node: node_lib.Node) -> None:
    port = node.option('standalone', 'listen_port')
    if options.port not in (None, int(port)):
        raise report_lib.StepFailed(
            f'{node.conf} is there already and says listen_port = {port}: edit it'
        )


def _start(
    node: node_lib.Node,
    venv: environment.Environment,
    report: report_lib.Report,
) -> None:
    pid = node.pid()
    if pid is None:
        node.start(report, venv.program('nova-compute'))
        pid = node.pid()
    port = node.option('standalone', 'listen_port')
    report.say(f'runs as process {pid}, API at http://127.0.0.1:{port}/')
    report.say(f'its log: {node.log}')


def _boot(
    client: server.Client,
    options: argparse.Namespace,
    image: image_lib.Image,
    report: report_lib.Report,
) -> None:
    if all(found['Name'] != options.name for found in client.servers()):
        client.boot(options.name, image)
    elif options.image is not None:
        report.say('is there and stays as it is; --name NAME boots another')
    else:
        report.say('is there and stays as it is')
    client.show_all(options.name)


def _say_how_to_go_on(
    node: node_lib.Node,
    venv: environment.Environment,
    options: argparse.Namespace,
) -> None:
    settings = [f'{k}={v}' for k, v in node.client_environment().items()]
    state = '' if options.state == default_state() else f' --state {options.state}'
    print(f"""
The node runs. To go on:
    export {' '.join(settings)}
    export PATH={venv.path}/bin:$PATH
    openstack server list
    openstack server create --image tiny --flavor m1.tiny --nic none second
To stop nova-compute (guests run on):     ./quickstart --stop{state}
To start it again:                        ./quickstart{state}
To delete servers, state and environment: ./quickstart --remove{state}""")
