# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Sound cards of the guest, and where their sound goes on the host."""

from typing import Any

from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.convert import INT
from nova.virt.libvirt.schema.convert import YESNO
from nova.virt.libvirt.schema.device import LibvirtConfigGuestDevice
from nova.virt.libvirt.schema.mapping import Attr
from nova.virt.libvirt.schema.mapping import Child
from nova.virt.libvirt.schema.mapping import Values


class LibvirtConfigGuestSound(LibvirtConfigGuestDevice):
    """``<sound model='ich9'><codec type='micro'/><audio id='1'/></sound>``"""

    root_name = 'sound'

    model = Attr('@model')
    multichannel = Attr('@multichannel', YESNO)
    streams = Attr('@streams', INT)

    codecs = Values('codec', '@type')
    audio_id = Attr('audio/@id', INT)

    def __init__(self, model: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model = model


class AudioDirection(LibvirtConfigObject):
    """One direction of the sound.

    ``bufferLength`` and ``latency`` are microseconds.
    """

    mixing_engine = Attr('@mixingEngine', YESNO)
    fixed_settings = Attr('@fixedSettings', YESNO)
    voices = Attr('@voices', INT)
    buffer_length = Attr('@bufferLength', INT)
    buffer_count = Attr('@bufferCount', INT)

    # alsa, oss
    dev = Attr('@dev')
    try_poll = Attr('@tryPoll', YESNO)

    # jack
    server_name = Attr('@serverName')
    client_name = Attr('@clientName')
    connect_ports = Attr('@connectPorts')
    exact_name = Attr('@exactName', YESNO)

    # pulseaudio, pipewire
    name = Attr('@name')
    stream_name = Attr('@streamName')
    latency = Attr('@latency', INT)

    frequency = Attr('settings/@frequency', INT)
    channels = Attr('settings/@channels', INT)
    format = Attr('settings/@format')


class LibvirtConfigGuestAudioInput(AudioDirection):
    """``<input mixingEngine='yes' fixedSettings='yes'>``: what the guest hears"""

    root_name = 'input'


class LibvirtConfigGuestAudioOutput(AudioDirection):
    """``<output voices='1'><settings frequency='44100' .../>``: what it says"""

    root_name = 'output'


class LibvirtConfigGuestAudio(LibvirtConfigObject):
    """https://libvirt.org/formatdomain.html#audio-backends"""

    root_name = 'audio'

    id = Attr('@id', INT, default=1)
    type = Attr('@type', default='none')
    #: Microseconds
    timer_period = Attr('@timerPeriod', INT)

    # oss
    try_mmap = Attr('@tryMMap', YESNO)
    exclusive = Attr('@exclusive', YESNO)
    dsp_policy = Attr('@dspPolicy', INT)

    # pulseaudio
    server_name = Attr('@serverName')
    # pipewire
    runtime_dir = Attr('@runtimeDir')
    # sdl
    driver = Attr('@driver')
    # file
    path = Attr('@path')

    input = Child(LibvirtConfigGuestAudioInput)
    output = Child(LibvirtConfigGuestAudioOutput)
