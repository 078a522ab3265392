"""Technical facts as messages of the contract."""

from __future__ import annotations

from sage.ingest.v1 import technical_pb2
from services.ingest.library.video import Video
from services.mediakit.technical.facts import (
    Loudness,
    MasteringDisplay,
    PictureFacts,
    PictureTiming,
    SoundFacts,
    SubtitleFacts,
    TechnicalFacts,
)

_BASIC = technical_pb2.TECHNICAL_FACTS_VIEW_BASIC
FULL = technical_pb2.TECHNICAL_FACTS_VIEW_FULL


def facts_message(video: Video, facts: TechnicalFacts) -> technical_pb2.TechnicalFacts:
    """The view is FULL when all of the file was read, and BASIC otherwise."""
    return technical_pb2.TechnicalFacts(
        video=video.name,
        view=FULL if facts.whole_read else _BASIC,
        sha256=video.sha256,
        size_bytes=video.size_bytes,
        container=facts.container,
        brand=facts.brand,
        bit_rate=facts.bit_rate,
        start=facts.start,
        duration=facts.duration,
        start_timecode=facts.start_timecode,
        reel=facts.reel,
        writing_application=facts.writing_application,
        picture=_picture(facts.picture),
        sounds=[_sound(sound) for sound in facts.sounds],
        subtitles=[_subtitles(track) for track in facts.subtitles],
        other_tracks=facts.other_tracks,
    )


def _picture(picture: PictureFacts) -> technical_pb2.PictureFacts:
    return technical_pb2.PictureFacts(
        codec=picture.codec,
        codec_tag=picture.codec_tag,
        profile=picture.profile,
        level=picture.level,
        bit_rate=picture.bit_rate,
        width=picture.width,
        height=picture.height,
        sample_aspect=picture.sample_aspect,
        display_aspect=picture.display_aspect,
        frame_rate=picture.frame_rate,
        scan=picture.scan,
        field_order=picture.field_order,
        pixel_format=picture.pixel_format,
        bit_depth=picture.bit_depth,
        primaries=picture.primaries,
        transfer=picture.transfer,
        matrix=picture.matrix,
        range=picture.range,
        mastering_display=_display(picture.mastering_display),
        max_content_light=picture.max_content_light,
        max_average_light=picture.max_average_light,
        dolby_vision=picture.dolby_vision,
        hdr10_plus=picture.hdr10_plus,
        rotation=picture.rotation,
        captions=picture.captions,
        start=picture.start,
        duration=picture.duration,
        timing=_timing(picture.timing),
    )


def _display(display: MasteringDisplay | None) -> technical_pb2.MasteringDisplay | None:
    if display is None:
        return None
    return technical_pb2.MasteringDisplay(
        primaries=display.primaries,
        least_luminance=display.least_luminance,
        most_luminance=display.most_luminance,
    )


def _timing(timing: PictureTiming | None) -> technical_pb2.PictureTiming | None:
    if timing is None:
        return None
    return technical_pb2.PictureTiming(
        constant=timing.constant,
        shortest=timing.shortest,
        longest=timing.longest,
        pictures=timing.pictures,
    )


def _sound(sound: SoundFacts) -> technical_pb2.SoundFacts:
    return technical_pb2.SoundFacts(
        codec=sound.codec,
        profile=sound.profile,
        bit_rate=sound.bit_rate,
        sample_rate=sound.sample_rate,
        bit_depth=sound.bit_depth,
        channels=sound.channels,
        layout=sound.layout,
        language=sound.language,
        title=sound.title,
        dispositions=sound.dispositions,
        start=sound.start,
        duration=sound.duration,
        loudness=_loudness(sound.loudness),
    )


def _loudness(loudness: Loudness | None) -> technical_pb2.Loudness | None:
    if loudness is None:
        return None
    return technical_pb2.Loudness(
        integrated=loudness.integrated, range=loudness.range, true_peak=loudness.true_peak
    )


def _subtitles(track: SubtitleFacts) -> technical_pb2.SubtitleFacts:
    return technical_pb2.SubtitleFacts(
        codec=track.codec,
        language=track.language,
        title=track.title,
        dispositions=track.dispositions,
        start=track.start,
        duration=track.duration,
        texts_read=track.cues is not None,
        cues=[
            technical_pb2.Cue(start=cue.start, end=cue.end, text=cue.text)
            for cue in track.cues or ()
        ],
        cut_off=track.cut_off,
    )
