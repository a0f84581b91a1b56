# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The list that ``oslo-config-generator`` makes the sample configuration of."""

from oslo_config import cfg

import nova.conf


def list_opts() -> list[tuple[cfg.OptGroup | str, list[cfg.Opt]]]:
    """Return every option with its group."""
    collected: dict[cfg.OptGroup | str, list[cfg.Opt]] = {}
    for module in nova.conf.MODULES:
        for group, options in module.list_opts().items():
            collected.setdefault(group, []).extend(options)
    return list(collected.items())
