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
        'default_green_pool_size', default=1000, min=1,
        help='Greenlets in the default pool.'),
    cfg.IntOpt(
        'default_thread_pool_size', default=10, min=1,
        help='Native threads in the default pool.'),
    cfg.IntOpt(
        'executor_thread_pool_size', default=64, min=1,
        help='Operations on instances that run at once on native threads. Those '
             'that wait for a guest, stops and soft reboots, are counted apart, '
             'so that they hold up no others.'),
    cfg.IntOpt(
        'manager_shutdown_timeout', default=160, min=0,
        help='Seconds that running operations are given to end when the '
             'service stops; never more than 10, since the next start settles '
             'what they leave.'),
    cfg.BoolOpt(
        'periodic_enable', default=True,
        help='Run the periodic tasks.'),
    cfg.IntOpt(
        'periodic_fuzzy_delay', default=60, min=0,
        help='Seconds, at random, that the first run of each periodic task '
             'comes later than a minute after the start, or than its interval '
             'if that is shorter.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_opts(OPTS)


def list_opts() -> dict[str, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {'DEFAULT': OPTS}
