# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [workarounds] group."""

from oslo_config import cfg

GROUP = cfg.OptGroup('workarounds', title='Workarounds')

OPTS: list[cfg.Opt] = [
    cfg.BoolOpt(
        'handle_virt_lifecycle_events', default=True,
        help='Act on what the hypervisor reports of guests.'),
    cfg.BoolOpt(
        'libvirt_disable_apic', default=False,
        help='Leave the APIC out of guests.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
