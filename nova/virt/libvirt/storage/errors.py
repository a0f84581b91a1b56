# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What went wrong with a file or a program, in words for whoever asked for it."""

import collections.abc
import contextlib
import os

from oslo_concurrency import processutils

from nova import exception
from nova.i18n import _


@contextlib.contextmanager
def deploying(what: str) -> collections.abc.Iterator[None]:
    """Turn failures of files and programs into failed deployments.

    :param what: what was being made, for the message.
    :raises exception.InstanceDeployFailure: with the reason of the system.
    """
    try:
        yield
    except OSError as error:
        raise exception.InstanceDeployFailure(
            reason=_('%(what)s: %(why)s')
            % {'what': what, 'why': _system_failure(error)}) from error
    except processutils.ProcessExecutionError as error:
        raise exception.InstanceDeployFailure(
            reason=_('%(what)s: %(why)s')
            % {'what': what, 'why': program_failure(error)}) from error


def _system_failure(error: OSError) -> str:
    reason = os.strerror(error.errno) if error.errno else str(error)
    name = str(error.filename or '')
    # A program that is missing; where files lie is no business of users.
    return f'{name}: {reason}' if name and not os.path.isabs(name) else reason


def program_failure(error: processutils.ProcessExecutionError) -> str:
    """Return the last thing a program said before it failed."""
    lines = (error.stderr or '').strip().splitlines()
    if lines:
        return str(lines[-1])
    if isinstance(error.exit_code, int) and error.exit_code < 0:
        return _('stopped by signal %d') % -error.exit_code
    return _('exit status %s') % error.exit_code
