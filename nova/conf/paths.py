# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Where things are kept."""

from oslo_config import cfg

OPTS: list[cfg.Opt] = [
    cfg.StrOpt(
        'state_path', default='/var/lib/nova',
        help='Folder that everything lives in that this node must remember. '
             'The user that QEMU runs as must be able to enter it.'),
    cfg.StrOpt(
        'tempdir', default=None,
        help="Folder for temporary files; unset means the system's."),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_opts(OPTS)


def list_opts() -> dict[str, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {'DEFAULT': OPTS}
