"""Technical facts that only all of a file tells: loudness, texts, stamps that no index lists."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace

import av.error
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Discard, Stream

from services.mediakit.container import OpenMedia, Source, open_media
from services.mediakit.technical.cues import CueReader, Room, has_texts
from services.mediakit.technical.facts import TechnicalFacts
from services.mediakit.technical.loudness import LoudnessMeter
from services.mediakit.technical.reading import read_facts
from services.mediakit.technical.regularity import timing_of


def measure_facts(source: Source) -> TechnicalFacts:
    """All facts. Reads the file from end to end and decodes its sound. Raises MediaError."""
    facts = read_facts(source)
    with open_media(source) as media:
        return _measured(media, facts)


def _measured(media: OpenMedia, facts: TechnicalFacts) -> TechnicalFacts:
    container = media.container
    listed = facts.picture.timing is not None
    sounds = [media.audio, *media.further] if media.audio is not None else []
    meters = {stream.index: LoudnessMeter() for stream in sounds}
    room = Room()
    readers = {
        stream.index: CueReader(stream, media.origin, room)
        for stream in container.streams.subtitles
        if has_texts(stream)
    }
    # Eight bytes each: there may be hundreds of thousands.
    stamps = array("q")
    for packet in _packets(media, pictures=not listed):
        stream = packet.stream
        if stream.index in readers:
            readers[stream.index].take(packet)
        elif isinstance(stream, AudioStream):
            _hear(meters[stream.index], stream, packet)
        elif packet.pts is not None:
            stamps.append(packet.pts)
    for stream in sounds:
        _hear(meters[stream.index], stream, None)
    timing = facts.picture.timing if listed else timing_of(stamps, media.picture_unit)
    return replace(
        facts,
        picture=replace(facts.picture, timing=timing),
        sounds=tuple(
            replace(sound, loudness=meters[stream.index].measured())
            if stream.index in meters
            else sound
            for sound, stream in zip(facts.sounds, container.streams.audio, strict=True)
        ),
        subtitles=tuple(
            replace(track, cues=readers[it.index].cues, cut_off=readers[it.index].cut_off)
            if it.index in readers
            else track
            for track, it in zip(facts.subtitles, container.streams.subtitles, strict=True)
        ),
        whole_read=True,
    )


def _packets(media: OpenMedia, *, pictures: bool) -> Iterator[Packet[Stream]]:
    """Of all sounds and texts and, if wanted, pictures. A damaged end ends it."""
    wanted: list[Stream] = [media.video] if pictures else []
    if not pictures:
        # Some containers need not even read what is discarded.
        media.video.discard = Discard.all
    if media.audio is not None:
        wanted += [media.audio, *media.further]
    wanted += [it for it in media.container.streams.subtitles if has_texts(it)]
    if not wanted:
        return
    packets = media.container.demux(*wanted)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        if packet.size:
            yield packet


def _hear(meter: LoudnessMeter, stream: AudioStream, packet: Packet[Stream] | None) -> None:
    """Without a packet: what the decoder still holds. A damaged packet is left out."""
    try:
        frames = stream.codec_context.decode(packet)
    except av.error.FFmpegError:
        return
    for frame in frames:
        meter.take(frame)
