# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The first server, made and shown with the ordinary openstack client."""

from collections.abc import Callable, Mapping
import json
import pathlib
import time
from typing import Any

from tools.newcomer import image as image_lib
from tools.newcomer import report as report_lib

_CONSOLE_DEADLINE_S = 180.0
_SHOWN = ('id', 'name', 'status', 'image', 'created', 'fault')
_CONSOLE_LINES = 15
_SILENCE_S = 20.0


class Client:
    """The openstack client, told which node to talk to."""

    def __init__(
        self,
        report: report_lib.Report,
        program: pathlib.Path,
        environment: Mapping[str, str],
    ) -> None:
        self._report = report
        self._program = str(program)
        self._environment = environment

    def show(self, *arguments: str) -> str:
        """Run it on the screen, as the reader would; return what it printed."""
        return self._report.show(
            [self._program, *arguments], env=self._environment
        )

    def get(self, *arguments: str) -> Any:
        """Ask it for data, unseen."""
        command = [self._program, *arguments, '--format', 'json']
        return json.loads(self._report.ask(command, env=self._environment))

    def servers(self) -> list[dict[str, Any]]:
        listing: list[dict[str, Any]] = self.get('server', 'list')
        return listing

    def flavor_for(self, image: image_lib.Image) -> str:
        """Name the smallest flavor that the image fits.

        :raises: StepFailed where there is none
        """
        flavors = self.get('flavor', 'list')
        fitting = [
            (flavor['RAM'], flavor['Disk'], flavor['Name'])
            for flavor in flavors
            if flavor['RAM'] >= image.min_ram_mb and flavor['Disk'] >= image.min_disk_gb
        ]
        if not fitting:
            raise report_lib.StepFailed(
                f'no flavor has {image.min_disk_gb} GiB of disk for {image.path}'
            )
        name: str = min(fitting)[2]
        return name

    def boot(self, name: str, image: image_lib.Image) -> None:
        """Make a server and wait until it is active.

        :raises: StepFailed with the fault that nova-compute recorded
        """
        flavor = self.flavor_for(image)
        create = ['server', 'create', '--image', image.name, '--flavor', flavor]
        try:
            self.show(*create, '--nic', 'none', '--wait', name, *_columns('status'))
        except report_lib.StepFailed as error:
            fault = self.get('server', 'show', name).get('fault')
            raise report_lib.StepFailed(f'{error}\n{fault or ""}') from error

    def show_all(self, name: str) -> None:
        self.show('server', 'list')
        self.show('server', 'show', name, *_columns(*_SHOWN))

    def show_console(self, name: str, ready: str) -> None:
        """Print what the guest says, once it is ready or has no more to say."""
        log = _Console(lambda: self._ask_console(name), ready)
        if not self._report.wait_for('the guest', log.is_settled, _CONSOLE_DEADLINE_S):
            self._report.say('(it is not up yet, or does not use its serial console)')
        self._report.say(f'$ openstack console log show {name}')
        self._report.say('\n'.join(log.output.splitlines()[-_CONSOLE_LINES:]))

    def _ask_console(self, name: str) -> str:
        command = [self._program, 'console', 'log', 'show', name]
        return self._report.ask(command, env=self._environment)


class _Console:
    """The growing output of a guest that boots."""

    def __init__(self, fetch: Callable[[], str], ready: str) -> None:
        self._fetch = fetch
        self._ready = ready
        self._changed = time.monotonic()
        self.output = ''

    def is_settled(self) -> bool:
        """Tell whether the guest is ready, or has been silent for a while."""
        output = self._fetch()
        now = time.monotonic()
        if output != self.output:
            self.output, self._changed = output, now
        silent = bool(output.strip()) and now - self._changed > _SILENCE_S
        return self._ready in output or silent


def _columns(*names: str) -> list[str]:
    return [word for name in names for word in ('-c', name)]
