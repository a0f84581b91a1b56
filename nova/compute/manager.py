# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The compute manager: what happens to instances, one thing at a time each."""

from collections.abc import Callable, Iterator, Mapping
import contextlib
from typing import TYPE_CHECKING, Any

from oslo_log import log as logging

from nova import context as nova_context
from nova import exception
from nova import objects
from nova.compute import background
from nova.compute import builder
from nova.compute import host_service
from nova.compute import interface_actions
from nova.compute import lifecycle_events
from nova.compute import locks
from nova.compute import node_networks
from nova.compute import power
from nova.compute import power_actions
from nova.compute import power_state
from nova.compute import recorder
from nova.compute import recovery
from nova.compute import resource_tracker
from nova.compute import rules
from nova.compute import task_states
from nova.compute import virtapi
from nova.compute import vm_states
import nova.conf
from nova.network import allotment
from nova.network import model as network_model
from nova.thread_pool_factory import ExecutorType
from nova.virt import driver as virt_driver

if TYPE_CHECKING:
    from nova.virt import event as virtevent

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

#: Tasks that a client may begin while another one runs; each waits for the lock.
_OVERTAKING = (task_states.DELETING, task_states.REBOOTING_HARD)
#: Operations that wait for what a guest does, or may: they have threads of their own.
_WAIT_FOR_GUEST = ('stop_instance', 'reboot_instance', 'detach_interface')

Context = nova_context.RequestContext
Work = Callable[['objects.Instance'], None]


class ComputeManager:
    """Does to instances what was asked for, and keeps their states true.

    Operations wait for the instance's lock, read it anew, and leave it either in
    the state that was asked for, or in ERROR with a fault.

    :param driver: the hypervisor; the configured one by default.
    """

    def __init__(self, driver: virt_driver.ComputeDriver | None = None) -> None:
        self.host: str = CONF.host
        self.driver = driver or virt_driver.load_compute_driver(
            virtapi.ComputeVirtAPI())
        self.tracker = resource_tracker.ResourceTracker(self.host, self.driver)
        self.builder = builder.Builder(self.driver, self.tracker)
        self.background = background.Background()
        self._power = power_actions.PowerActions(self.driver)
        self.networks = node_networks.NodeNetworks(self.driver)
        self.interfaces = interface_actions.InterfaceActions(self.driver)
        self._locks = locks.InstanceLocks()
        self._events = lifecycle_events.LifecycleEvents(
            self._locks, self._look, self._spawn_look)

    # Start and end

    def init_host(self) -> None:
        """Start the driver and bring every instance to a true state.

        :raises exception.HypervisorUnavailable: if the hypervisor is not there.
        :raises exception.InvalidConfiguration: if it has not the declared networks.
        """
        context = nova_context.get_admin_context()
        host_service.record(context, self.host)
        if CONF.workarounds.handle_virt_lifecycle_events:
            self.driver.register_event_listener(self.handle_events)
        self.driver.init_host(self.host)
        self.networks.load()
        instances = objects.InstanceList.get_all(context)
        self.tracker.take_over(instances)
        self.tracker.update(context)
        recovery.Recovery(self).run(context, instances)

    def cleanup_host(self, timeout_s: float) -> int:
        """Begin nothing more, wait for what runs, and let go of the hypervisor.

        Guests go on running.

        :param timeout_s: how long to wait.
        :returns: how many operations were still running then; the next start
            settles them.
        """
        running = self.background.stop(timeout_s)
        self.driver.cleanup_host(self.host)
        return running

    # How operations are run

    def cast(self, method: str, context: Context, instance: 'objects.Instance',
             *args: Any) -> None:
        """Run one of the operations below in the background."""
        waits = method in _WAIT_FOR_GUEST
        self.background.run(ExecutorType.GUEST if waits else ExecutorType.OPERATION,
                            getattr(self, method), context, instance, *args)

    def cast_build(self, context: Context, instance: 'objects.Instance',
                   image: Mapping[str, Any]) -> None:
        """Build an instance in the background, once fewer builds are running."""
        self.background.run(ExecutorType.BUILD, self.build_and_run_instance,
                            context, instance, image)

    @contextlib.contextmanager
    def _locked(self, uuid: str) -> Iterator[None]:
        try:
            with self._locks.hold(uuid):
                yield
        finally:
            self._events.recheck(uuid)

    def _operate(self, context: Context, instance: 'objects.Instance', event: str,
                 work: Work, is_expected: Callable[['objects.Instance'], bool]
                 ) -> None:
        """Run an operation, unless something has overtaken it while it waited."""
        context.update_store()  # for the request id in the log
        with self._locked(instance.uuid):
            if self.background.is_stopped:
                return  # the next start finds it, and finishes or settles it
            try:
                current = objects.Instance.get_by_uuid(context, instance.uuid)
            except exception.InstanceNotFound:
                LOG.debug('It is gone: nothing to do for %s', event,
                          instance=instance)
                return
            if not is_expected(current):
                LOG.debug('It is %s/%s by now: nothing to do for %s',
                          current.vm_state, current.task_state, event,
                          instance=current)
                return
            self._try(context, current, event, work)

    def _try(self, context: Context, instance: 'objects.Instance', event: str,
             work: Work) -> None:
        task = instance.task_state
        try:
            with recorder.event(context, instance.uuid, event):
                work(instance)
        except exception.UnexpectedTaskStateError as overtaken:
            LOG.info('%s was overtaken: %s', event, overtaken, instance=instance)
        except Exception as error:  # noqa: BLE001
            # Whatever it is, the user is told, and the instance is not stuck.
            self.fail(context, instance, error, task)

    def fail(self, context: Context, instance: 'objects.Instance',
             error: Exception, task: str | None) -> None:
        """Put an instance in ERROR and record why.

        Where the hypervisor could not be reached, a guest that was built stays
        what it was: the next look at it will tell.

        :param task: the task that failed, as it was when it began.
        """
        LOG.error('%s failed: %s', task or 'it', error, instance=instance,
                  exc_info=error)
        recorder.fault(context, instance, error)
        try:
            instance.refresh()
        except exception.InstanceNotFound:
            return
        if instance.task_state in _OVERTAKING and instance.task_state != task:
            return  # that waits for the lock, and will decide the state
        if task == task_states.DELETING or not _is_outage(instance, error):
            instance.vm_state = vm_states.ERROR
        self._end_task(instance)

    def _end_task(self, instance: 'objects.Instance') -> None:
        task, instance.task_state = instance.task_state, None
        try:
            instance.power_state = power.read(self.driver, instance)
        except Exception as error:  # noqa: BLE001
            LOG.warning('Its power state is unknown: %s', error, instance=instance)
        try:
            instance.save(expected_task_state=[task])
        except (exception.UnexpectedTaskStateError, exception.InstanceNotFound):
            LOG.debug('Another task has begun, which will end it', instance=instance)

    # Operations

    def build_and_run_instance(self, context: Context, instance: 'objects.Instance',
                               image: Mapping[str, Any]) -> None:
        """Build an instance that is scheduled.

        :param image: what the image service says about its image.
        """
        self._operate(
            context, instance, '_do_build_and_run_instance',
            lambda current: self._build(context, current, image),
            _has(task_states.SCHEDULING))

    def _build(self, context: Context, instance: 'objects.Instance',
               image: Mapping[str, Any]) -> None:
        try:
            host_service.refuse_if_disabled(context, self.host)
        except exception.NovaException:
            allotment.release(context, instance)
            raise
        self.builder.build(context, instance, image)

    def terminate_instance(self, context: Context,
                           instance: 'objects.Instance') -> None:
        """Remove an instance that is being deleted."""
        self._operate(context, instance, 'terminate_instance',
                      lambda current: self.builder.remove(context, current),
                      _has(task_states.DELETING))

    def start_instance(self, context: Context, instance: 'objects.Instance') -> None:
        """Start an instance that is powering on."""
        self._operate(context, instance, 'start_instance',
                      lambda current: self._power.start(context, current),
                      _has(task_states.POWERING_ON))

    def stop_instance(self, context: Context, instance: 'objects.Instance') -> None:
        """Stop an instance that is powering off."""
        self._operate(context, instance, 'stop_instance',
                      lambda current: self._power.stop(context, current),
                      _has(task_states.POWERING_OFF))

    def reboot_instance(self, context: Context, instance: 'objects.Instance',
                        reboot_type: str) -> None:
        """Restart an instance that is rebooting.

        :param reboot_type: ``SOFT`` or ``HARD``.
        """
        task = (task_states.REBOOTING if reboot_type == 'SOFT'
                else task_states.REBOOTING_HARD)
        self._operate(
            context, instance, 'reboot_instance',
            lambda current: self._power.reboot(context, current, reboot_type),
            _has(task))

    def pause_instance(self, context: Context, instance: 'objects.Instance') -> None:
        """Pause an instance that is pausing."""
        self._operate(context, instance, 'pause_instance',
                      lambda current: self._power.pause(context, current),
                      _has(task_states.PAUSING))

    def unpause_instance(self, context: Context,
                         instance: 'objects.Instance') -> None:
        """Let an instance run on that is unpausing."""
        self._operate(context, instance, 'unpause_instance',
                      lambda current: self._power.unpause(context, current),
                      _has(task_states.UNPAUSING))

    def attach_interface(self, context: Context, instance: 'objects.Instance',
                         asked: allotment.Asked) -> network_model.VIF:
        """Give an instance one more interface, and return when its guest has it.

        After a failure the instance has the interfaces that it had.

        :raises exception.InstanceInvalidState: if something else is done to it.
        :raises node_networks.NetworkNotReady: if the host has not what it needs.
        """
        taken = self.networks.check([asked])
        with self._locked(instance.uuid):
            current = objects.Instance.get_by_uuid(context, instance.uuid)
            rules.ATTACH_INTERFACE.check(current)
            with recorder.event(context, instance.uuid, 'attach_interface'):
                return self.interfaces.attach(context, current, asked, taken)

    def detach_interface(self, context: Context, instance: 'objects.Instance',
                         port_id: str) -> None:
        """Take an interface from an instance, and return when its guest let go.

        After a failure, which is logged, the instance has it still.
        """
        context.update_store()  # for the request id in the log
        with self._locked(instance.uuid):
            try:
                current = objects.Instance.get_by_uuid(context, instance.uuid)
                with recorder.event(context, instance.uuid, 'detach_interface'):
                    self.interfaces.detach(context, current, port_id)
            except exception.InstanceNotFound:
                LOG.debug('It is gone: nothing to detach', instance=instance)
            except exception.NovaException as error:
                LOG.error('Interface %(port)s is not detached: %(error)s: %(cause)s',
                          {'port': port_id, 'error': error, 'cause': error.__cause__},
                          instance=instance)

    def begin_reading_networks(self) -> None:
        """Read the networks file again; all guests get what it lets in and out.

        It goes on in the background.  Where the file cannot be used, everything
        stays as it was, and the log says why.
        """
        self.background.run(ExecutorType.OPERATION, self._read_networks)

    def _read_networks(self) -> None:
        try:
            self.networks.load()
        except exception.NovaException as error:
            LOG.error('The networks stay what they were: %s', error)
            return
        LOG.info('The networks file was read again')
        self._renew_all_interfaces()

    def _renew_all_interfaces(self) -> None:
        context = nova_context.get_admin_context()
        for instance in objects.InstanceList.get_all(context):
            try:
                self._renew_interfaces(context, instance.uuid)
            except exception.NovaException as error:
                LOG.error('Its interfaces are not what they ought to be: %s', error,
                          instance=instance)

    def _renew_interfaces(self, context: Context, uuid: str) -> None:
        with self._locked(uuid), contextlib.suppress(exception.InstanceNotFound):
            self.interfaces.plug_again(
                context, objects.Instance.get_by_uuid(context, uuid))

    def get_console_output(self, context: Context, instance: 'objects.Instance',
                           tail_length: int | None) -> str:
        """Return what a guest has printed.

        :param tail_length: how many of the last lines; None means all.
        """
        output = self.driver.get_console_output(context, instance)
        text = output.decode('utf-8', 'replace') if isinstance(
            output, bytes) else output
        if tail_length is None:
            return text
        lines = text.splitlines(keepends=True)
        return ''.join(lines[max(len(lines) - tail_length, 0):])

    # What guests do by themselves

    def handle_events(self, event: 'virtevent.Event') -> None:
        """Take note of what the driver reports; returns at once."""
        self._events.handle(event)

    def _spawn_look(self, look: lifecycle_events.Look, uuid: str) -> None:
        self.background.run(ExecutorType.SYNC_POWER_STATE, look, uuid)

    def _look(self, uuid: str) -> None:
        """Make an instance's state that of its guest; its lock is held."""
        context = nova_context.get_admin_context()
        try:
            self.settle(context, objects.Instance.get_by_uuid(context, uuid))
        except exception.InstanceNotFound:
            LOG.debug('%s is none of our instances, or no longer', uuid)
        except exception.UnexpectedTaskStateError:
            LOG.debug('A task on %s has begun, which will settle it', uuid)
        except exception.HypervisorUnavailable as error:
            LOG.warning('The state of %s is unknown for now: %s', uuid, error)

    def settle(self, context: Context, instance: 'objects.Instance') -> None:
        """Make the state of an instance that no task runs on that of its guest.

        :raises exception.UnexpectedTaskStateError: if a task begins meanwhile;
            nothing was changed then.
        """
        if instance.task_state is not None:
            return
        if self.builder.has_left_something(instance):
            self.builder.clean_up(context, instance)
            return
        now = power.read(self.driver, instance)
        if power.must_be_stopped(instance.vm_state, now):
            self._stop_again(context, instance)
            return
        if power.has_gone_down(instance.vm_state, now):
            LOG.info('Its guest has stopped by itself', instance=instance)
            instance.vm_state = vm_states.STOPPED
        if instance.power_state != now:
            instance.power_state = now
        if instance.obj_what_changed():
            instance.save(expected_task_state=[None])

    def _stop_again(self, context: Context, instance: 'objects.Instance') -> None:
        LOG.warning('It was stopped, and its guest runs: stopping it again',
                    instance=instance)
        instance.task_state = task_states.POWERING_OFF
        instance.save(expected_task_state=[None])
        self.cast('stop_instance', context, instance)

    # Periodic tasks

    def sync_power_states(self) -> None:
        """Have every guest looked at, in case an event was lost."""
        context = nova_context.get_admin_context()
        states = self._power_states()
        for instance in objects.InstanceList.get_all(context):
            now = states.get(instance.uuid, power_state.NOSTATE)
            if states is _UNKNOWN or not self._is_settled(instance, now):
                self._events.note(instance.uuid)

    def _power_states(self) -> Mapping[str, int]:
        try:
            return self.driver.get_power_states()
        except NotImplementedError:
            return _UNKNOWN

    def _is_settled(self, instance: 'objects.Instance', now: int) -> bool:
        """Tell whether settle() would change nothing."""
        return (instance.task_state is None
                and instance.power_state == now
                and not self.builder.has_left_something(instance)
                and not power.must_be_stopped(instance.vm_state, now)
                and not power.has_gone_down(instance.vm_state, now))

    def update_available_resource(self) -> None:
        """Write what the host has and what of it is used."""
        self.tracker.update(nova_context.get_admin_context())

    def run_image_cache_manager_pass(self) -> None:
        """Let the driver remove base images that nobody uses."""
        if not self.driver.capabilities.get('has_imagecache'):
            return
        context = nova_context.get_admin_context()
        self.driver.manage_image_cache(
            context, objects.InstanceList.get_all(context))


#: The driver does not tell the power states of all instances at once.
_UNKNOWN: Mapping[str, int] = {}


def _has(task: str) -> Callable[['objects.Instance'], bool]:
    return lambda instance: instance.task_state == task


def _is_outage(instance: 'objects.Instance', error: Exception) -> bool:
    return (isinstance(error, exception.HypervisorUnavailable)
            and instance.launched_at is not None)
