"""Technical facts of a file, as plain data that JSON can carry."""

from __future__ import annotations

from dataclasses import dataclass

# Changes with the meaning of any field: facts that were kept before are read again.
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class MasteringDisplay:
    """The display that the picture was graded on (SMPTE ST 2086).

    primaries: x and y of red, green, blue and the white point. luminance: cd/m².
    """

    primaries: tuple[float, ...]
    least_luminance: float
    most_luminance: float


@dataclass(frozen=True, kw_only=True)
class PictureTiming:
    """Whether pictures come at a constant rate, by their stamps.

    shortest, longest: time between two pictures, in seconds. pictures: how many there are.
    """

    constant: bool
    shortest: float
    longest: float
    pictures: int


@dataclass(frozen=True, kw_only=True)
class PictureFacts:
    """The picture. Texts are empty, and numbers 0, where the file says nothing.

    profile, level: as the codec's standard writes them. width, height: as stored. aspect ratios:
    `16:9`. frame_rate: the average, as a fraction. scan: `progressive`, `interlaced` or empty;
    field_order: `top field first` or `bottom field first`. Colours: names of ITU-T H.273 as FFmpeg
    writes them. max_content_light, max_average_light: cd/m² (CTA-861.3). rotation: degrees
    counter-clockwise. captions: `CEA-608`, `CEA-708` among the pictures' user data.
    start, duration: seconds, on the file's own clock. timing: None where only reading all of the
    file would tell. bit_rate: bits a second.
    """

    codec: str
    codec_tag: str
    profile: str
    level: str
    bit_rate: int
    width: int
    height: int
    sample_aspect: str
    display_aspect: str
    frame_rate: str
    scan: str
    field_order: str
    pixel_format: str
    bit_depth: int
    primaries: str
    transfer: str
    matrix: str
    range: str
    mastering_display: MasteringDisplay | None
    max_content_light: int
    max_average_light: int
    dolby_vision: bool
    hdr10_plus: bool
    rotation: int
    captions: tuple[str, ...]
    start: float
    duration: float
    timing: PictureTiming | None


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """EBU R 128, of all of a track. integrated: LUFS. range: LU. true_peak: dBTP.

    None where all of it is too quiet, or too short, to be measured.
    """

    integrated: float | None
    range: float | None
    true_peak: float | None


@dataclass(frozen=True, kw_only=True)
class SoundFacts:
    """A sound track. dispositions: `default`, `comment`, ... loudness: None until measured.

    bit_depth: of uncompressed sound, else 0. bit_rate: bits a second.
    """

    codec: str
    profile: str
    bit_rate: int
    sample_rate: int
    bit_depth: int
    channels: int
    layout: str
    language: str
    title: str
    dispositions: tuple[str, ...]
    start: float
    duration: float
    loudness: Loudness | None


@dataclass(frozen=True, kw_only=True)
class Cue:
    """A text on the screen, without its styles. start, end: seconds from the first picture."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, kw_only=True)
class SubtitleFacts:
    """A subtitle or caption track.

    cues: None until read, and for tracks of pictures or in codecs that are not known. cut_off:
    whether there are more cues than were kept.
    """

    codec: str
    language: str
    title: str
    dispositions: tuple[str, ...]
    start: float
    duration: float
    cues: tuple[Cue, ...] | None
    cut_off: bool


@dataclass(frozen=True, kw_only=True)
class TechnicalFacts:
    """Everything about a file but its content.

    container: the demuxer's name. brand: of ISO media. bit_rate: of all tracks, in bits a second.
    start, duration: seconds. start_timecode: source time code of the first picture, with `;`
    before the frames when frames are dropped. reel: name of the source tape or card.
    other_tracks: what there is beside pictures, sounds and subtitles.
    whole_read: whether what only all of the file tells is in.
    """

    container: str
    brand: str
    size_bytes: int
    bit_rate: int
    start: float
    duration: float
    start_timecode: str
    reel: str
    writing_application: str
    picture: PictureFacts
    sounds: tuple[SoundFacts, ...]
    subtitles: tuple[SubtitleFacts, ...]
    other_tracks: tuple[str, ...]
    whole_read: bool
