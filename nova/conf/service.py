# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The service's own behaviour."""

from oslo_config import cfg

OPTS: list[cfg.Opt] = [
    cfg.StrOpt(
        'concurrency_backend',
        default='auto',
        choices=['auto', 'threading', 'eventlet'],
        help='What runs things concurrently. It is read before anything else '
             'is imported; auto means eventlet.'),
    cfg.IntOpt(
        'default_green_pool_size', default=1000,
        help='Greenlets in the default pool.'),
    cfg.IntOpt(
        'default_thread_pool_size', default=10,
        help='Native threads in the default pool.'),
    cfg.IntOpt(
        'manager_shutdown_timeout', default=160,
        help='Seconds that running operations are given to end when the '
             'service stops.'),
    cfg.BoolOpt(
        'periodic_enable', default=True,
        help='Run the periodic tasks.'),
    cfg.IntOpt(
        'periodic_fuzzy_delay', default=60,
        help='Seconds within which the first run of the periodic tasks '
             'starts at random; 0 starts them at once.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_opts(OPTS)


def list_opts() -> dict[str, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {'DEFAULT': OPTS}
