# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The program nova-compute.

Nothing but the choice between greenlets and threads may be imported before that
choice is made: hence the imports inside of functions.
"""

from collections.abc import Sequence
import os
import sys
import warnings

from nova import monkey_patch

#: Where oslo.config looks for a configuration that is not named.
_DEFAULT_FOLDERS = ('~/.nova', '~', '/etc/nova', '/etc')


def main() -> int:
    """Run the service until it is told to end; return the exit code.

    What keeps it from starting is told in one line on stderr.
    """
    arguments = with_config_file(sys.argv[1:])
    # It is for developers; who runs the service has no other choice yet.
    warnings.filterwarnings('ignore', message=r'\s*Eventlet is deprecated')
    try:
        monkey_patch.patch(monkey_patch.chosen_backend(arguments))
    except (ValueError, RuntimeError, ImportError) as error:
        return _say(f'[DEFAULT] {error}')
    # oslo.service and others read the environment's patched modules from here on.
    from nova.cmd import node
    return node.run(arguments, _say)


def with_config_file(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the configuration that is used if none is named."""
    named = any(one == '--config-file' or one.startswith('--config-file=')
                for one in arguments)
    if named:
        return list(arguments)
    paths = (os.path.join(os.path.expanduser(folder), 'nova.conf')
             for folder in _DEFAULT_FOLDERS)
    found = next((path for path in paths if os.path.exists(path)), None)
    return [*(['--config-file', found] if found else []), *arguments]


def _say(message: str) -> int:
    sys.stderr.write(f'nova-compute: {message}\n')
    sys.stderr.flush()
    return 1


if __name__ == '__main__':
    sys.exit(main())
