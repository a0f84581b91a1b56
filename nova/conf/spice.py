# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [spice] group."""

from oslo_config import cfg

GROUP = cfg.OptGroup('spice', title='SPICE consoles')

OPTS: list[cfg.Opt] = [
    cfg.BoolOpt(
        'enabled', default=False,
        help='Give guests a SPICE server.'),
    cfg.BoolOpt(
        'agent_enabled', default=True,
        help='Give guests the channel of the SPICE agent.'),
    cfg.StrOpt(
        'server_listen', default='127.0.0.1',
        help='Address that the SPICE servers of guests listen at.'),
    cfg.StrOpt(
        'image_compression', default=None,
        choices=['auto_glz', 'auto_lz', 'quic', 'glz', 'lz', 'off'],
        help='How images are compressed; unset leaves it to SPICE.'),
    cfg.StrOpt(
        'jpeg_compression', default=None, choices=['auto', 'never', 'always'],
        help='Whether images are compressed with loss on slow links.'),
    cfg.StrOpt(
        'zlib_compression', default=None, choices=['auto', 'never', 'always'],
        help='Whether images are compressed further on slow links.'),
    cfg.BoolOpt(
        'playback_compression', default=None,
        help='Whether sound is compressed.'),
    cfg.StrOpt(
        'streaming_mode', default=None, choices=['filter', 'all', 'off'],
        help='What is taken for video and streamed as such.'),
    cfg.BoolOpt(
        'require_secure', default=False,
        help='Refuse connections without TLS.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
