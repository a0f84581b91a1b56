# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What only a program inside the guest can do: QEMU's guest agent.

It may hang as anything in a guest may: each request has a deadline.
"""

from collections.abc import Iterator
import contextlib
import time

import libvirt
from oslo_log import log as logging

from nova import exception
from nova.virt.libvirt import domain as libvirt_domain
from nova.virt.libvirt import errors

LOG = logging.getLogger(__name__)

#: Seconds that an agent has for an answer, where nobody says otherwise.
TIMEOUT_S = 30


class GuestAgent:
    """The agent in the guest of a domain.

    All methods raise QemuGuestAgentNotEnabled if the domain has no channel for one,
    and InternalError for an agent that does not answer in time or fails.
    """

    def __init__(self, domain: libvirt_domain.Domain) -> None:
        self._domain = domain

    @contextlib.contextmanager
    def _asked(self, timeout_s: int) -> Iterator[libvirt.virDomain]:
        """Give the domain, whose agent has so long for each answer."""
        try:
            with self._domain.asked() as raw:
                raw.agentSetResponseTimeout(max(1, int(timeout_s)), 0)
                yield raw
        except exception.InternalError as error:
            if errors.is_agent_missing(error.__cause__):
                raise exception.QemuGuestAgentNotEnabled from error
            raise

    def require_answer(self, timeout_s: int = TIMEOUT_S) -> None:
        """Check that the agent answers, before it is told what it must not do late.

        One that hangs does what it was told as soon as it goes on, when nobody waits
        for it any more.
        """
        with self._asked(timeout_s) as raw:
            try:
                raw.getTime()
            except libvirt.libvirtError as ex:
                # One that refuses to tell the time has answered.
                if not errors.is_refused_by_agent(ex):
                    raise

    def freeze_filesystems(self, timeout_s: int = TIMEOUT_S) -> int:
        """Flush the guest's file systems and let nobody write; return how many.

        After a failure those that were frozen are thawed again.  Should the agent
        stop to answer at the very moment, it may still freeze them when it goes on.
        """
        self.require_answer(timeout_s)
        try:
            with self._asked(timeout_s) as raw:
                frozen: int = raw.fsFreeze()
        except exception.InternalError:
            with contextlib.suppress(exception.NovaException):
                self.thaw_filesystems(timeout_s)
            raise
        return frozen

    def thaw_filesystems(self, timeout_s: int = TIMEOUT_S) -> int:
        """Let the guest write to its file systems again; return how many.

        After a failure they may be frozen still, and it can be called again.
        """
        with self._asked(timeout_s) as raw:
            thawed: int = raw.fsThaw()
        return thawed

    def set_user_password(self, user: str, new_pass: str,
                          timeout_s: int = TIMEOUT_S) -> None:
        """Give a user of the guest another password.

        After a failure it is the old one, unless the agent was only too late.
        """
        with self._asked(timeout_s) as raw:
            raw.setUserPassword(user, new_pass, 0)

    def set_time(self, timeout_s: int = TIMEOUT_S) -> None:
        """Set the guest's clock to the host's time.

        After a failure it shows what it showed, unless the agent was only too late:
        it then sets it to a time that has passed.
        """
        now = time.time()
        seconds = int(now)
        with self._asked(timeout_s) as raw:
            raw.setTime(time={'seconds': seconds,
                              'nseconds': int((now - seconds) * 10 ** 9)})

    def sync_guest_time(self, timeout_s: int = TIMEOUT_S) -> bool:
        """Set the guest's clock if it has an agent; False, and a log, if not so."""
        try:
            self.set_time(timeout_s)
        except exception.QemuGuestAgentNotEnabled:
            LOG.debug('%s has no guest agent to set its clock', self._domain.uuid)
        except exception.InternalError as error:
            LOG.warning('The clock of guest %s was not set: %s', self._domain.uuid,
                        error)
        else:
            return True
        return False
