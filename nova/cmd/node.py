# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What nova-compute does once it is known how it runs things concurrently."""

from collections.abc import Callable, Iterator, Sequence
import contextlib
import logging as stdlib_logging
import os
import sys
from typing import NoReturn

from oslo_config import cfg
from oslo_log import log as logging

from nova import exception
from nova import service
from nova import version
import nova.conf

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

#: Libraries whose information is of no interest to operators.
_QUIET = ('alembic=WARN', 'oslo_service.backend=WARN', 'futurist=WARN')

Say = Callable[[str], int]


def run(arguments: Sequence[str], say: Say) -> int:
    """Read the configuration and run the service; return the exit code.

    :param say: tells the user what is wrong, and returns the exit code for it.
    """
    try:
        read_configuration(arguments)
        running = service.Service().run()
    except (exception.NovaException, cfg.Error) as error:
        LOG.debug('Could not start', exc_info=True)
        return _leave_at_once(say(_one_line(error)))
    except SystemExit as error:
        # A driver that cannot be loaded, and --help.
        return say(error.code) if isinstance(error.code, str) else error.code or 0
    except Exception as error:  # noqa: BLE001
        LOG.exception('nova-compute failed')
        return _leave_at_once(say(f'{type(error).__name__}: {_one_line(error)}'))
    return _leave_at_once(0) if running else 0


def read_configuration(arguments: Sequence[str]) -> None:
    """Read files and arguments, set up logging, and check every value.

    :raises cfg.Error: naming the file or the option, and its value.
    """
    logging.register_options(CONF)
    logging.set_defaults(
        default_log_levels=[*logging.get_default_log_levels(), *_QUIET])
    CONF(list(arguments), project='nova', prog='nova-compute',
         version=version.version_string_with_package())
    for section, name, group in _options():
        try:
            getattr(group, name)
        except cfg.Error:
            raise
        except ValueError as error:
            raise cfg.ConfigFileValueError(
                f'[{section}] {name}: {error}') from error
    logging.setup(CONF, 'nova-compute')


def _options() -> Iterator[tuple[str, str, object]]:
    for name, value in _items_of(CONF):
        if isinstance(value, cfg.ConfigOpts.GroupAttr):
            yield from ((name, option, value) for option in value)
        else:
            yield 'DEFAULT', name, CONF


def _items_of(conf: cfg.ConfigOpts) -> Iterator[tuple[str, object]]:
    for name in conf:
        group = None
        with contextlib.suppress(cfg.Error, ValueError):
            group = getattr(conf, name)
        yield name, group


def _one_line(error: BaseException) -> str:
    return ' '.join(str(error).split()) or type(error).__name__


def _leave_at_once(code: int) -> NoReturn:
    """End without waiting for threads that are in the middle of something.

    Such as that of a call into a libvirt that does not answer.
    """
    stdlib_logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
