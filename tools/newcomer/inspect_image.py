# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Say what a disk image file is, as JSON; runs in the project's environment.

Exit status 1 and one line on stderr: the file cannot be used, and why.
"""

import json
import logging
import pathlib
import sys

from oslo_utils.imageutils import format_inspector

#: Suffixes that promise a format; others (.img) do not.
_PROMISES = {'.qcow2': 'qcow2', '.raw': 'raw'}


def main(path: pathlib.Path) -> int:
    logging.disable()  # the inspector's warnings say what the error says
    try:
        found = inspect(path)
    except format_inspector.SafetyCheckFailed as error:
        print('; '.join(map(str, error.failures.values())), file=sys.stderr)
        return 1
    except (format_inspector.ImageFormatError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(found))
    return 0


def inspect(path: pathlib.Path) -> dict[str, object]:
    """Tell the format and the guest's view of the size.

    :raises: ValueError for a format that is not wanted, or not the one promised
    """
    inspector = format_inspector.detect_file_format(str(path))
    if inspector is None:
        raise ValueError('its format is not known')
    inspector.safety_check()
    # a partition table is the format inspector's "gpt": a raw disk
    found = 'raw' if str(inspector) in ('raw', 'gpt') else str(inspector)
    promised = _PROMISES.get(path.suffix, found)
    if found not in ('qcow2', 'raw') or found != promised:
        wanted = 'qcow2 or raw' if path.suffix not in _PROMISES else promised
        raise ValueError(f'its content is {found}, not {wanted}')
    size = inspector.virtual_size if found == 'qcow2' else path.stat().st_size
    if size == 0:
        raise ValueError('it is empty')
    return {'format': found, 'virtual_size': size}


if __name__ == '__main__':
    sys.exit(main(pathlib.Path(sys.argv[1])))
