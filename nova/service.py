# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The service: everything that one node consists of, started and stopped."""

import contextlib
import os

from oslo_log import log as logging

from nova import heap
from nova import objects
from nova import signals
from nova import statefolder
from nova.api import app
from nova.api import auth
from nova.api import clouds
from nova.api import wsgi
from nova.compute import api as compute_api
from nova.compute import flavors
from nova.compute import manager as compute_manager
from nova.compute import periodic
import nova.conf
from nova.db import engine
from nova.db import migration
from nova.network import declared

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

#: Seconds that running operations are given at most when the service stops.  The
#: next start settles what they leave, so there is no point in waiting for long.
_GRACE_S = 10
#: Seconds after which a service that does not stop is ended.
_DEADLINE_S = 30


class Service:
    """A standalone compute node: the manager, its API, and periodic tasks."""

    _manager: compute_manager.ComputeManager

    def __init__(self) -> None:
        self._parts = contextlib.ExitStack()
        self._still_running = 0

    def start(self) -> None:
        """Start all parts, each after what it needs.

        After a failure everything is stopped again.

        :raises exception.NovaException: saying what does not work, and why.
        """
        with contextlib.ExitStack() as parts:
            self._open_state(parts)
            manager = self._manager = self._start_manager(parts)
            self._start_api(parts, manager)
            tasks = periodic.PeriodicTasks(periodic.tasks_of(manager))
            tasks.start()
            parts.callback(tasks.stop)
            self._parts = parts.pop_all()

    def stop(self) -> int:
        """Stop all parts, the last first; guests go on running.

        :returns: how many operations did not end; the next start settles them.
        """
        self._parts.close()
        return self._still_running

    def run(self) -> int:
        """Start, wait until the process is told to end, and stop.

        Told so before it has started, the process ends at once.

        :returns: as stop().
        """
        # A hypervisor that does not answer must not keep the start from being
        # ended; the next one settles what this one was about to.
        signals.end_at_once()
        self.start()
        heap.freeze()
        told = signals.Signals()
        LOG.info('nova-compute is ready: process %d, state in %s', os.getpid(),
                 CONF.state_path)
        LOG.info('%s received: stopping', told.wait(self.reload))
        signals.die_after(_DEADLINE_S)
        running = self.stop()
        if running:
            LOG.warning('%d operations did not end; the next start settles what '
                        'they leave', running)
        LOG.info('nova-compute has stopped; guests go on running')
        return running

    def reload(self) -> None:
        """Begin to read the networks file again; what it lets in holds at once."""
        self._manager.begin_reading_networks()

    @staticmethod
    def _open_state(parts: contextlib.ExitStack) -> None:
        folder = statefolder.StateFolder(CONF.state_path)
        folder.claim()
        parts.callback(folder.release)
        flavors.get_all()
        declared.get_all()
        objects.register_all()
        parts.callback(engine.reset)
        migration.db_sync()

    def _start_manager(
        self, parts: contextlib.ExitStack
    ) -> compute_manager.ComputeManager:
        manager = compute_manager.ComputeManager()
        parts.callback(self._stop_manager, manager)
        manager.init_host()
        return manager

    def _stop_manager(self, manager: compute_manager.ComputeManager) -> None:
        grace_s = min(CONF.manager_shutdown_timeout, _GRACE_S)
        self._still_running = manager.cleanup_host(grace_s)

    @staticmethod
    def _start_api(parts: contextlib.ExitStack,
                   manager: compute_manager.ComputeManager) -> None:
        node = CONF.standalone
        secret = auth.ensure_secret(node.secret_file)
        settings = app.Settings(
            secret=secret, username=node.username, user_id=node.user_id,
            project_id=node.project_id, max_limit=CONF.api.max_limit)
        server = wsgi.Server(
            app.make_app(compute_api.API(manager), settings),
            node.listen, node.listen_port)
        server.start()
        parts.callback(server.wait)
        parts.callback(server.stop)
        clouds.write_clouds_yaml(
            node.clouds_file, cloud_name=node.cloud_name, secret=secret,
            endpoint=clouds.endpoint_url(node.listen, server.port),
            username=node.username)
