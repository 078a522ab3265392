"""The files whose timed items can be carried over: subtitles, markers, chapters, edit lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from services.compare.carry.document import Document, UnknownFormat
from services.compare.carry.formats.ass import is_ass, read_ass
from services.compare.carry.formats.audacity import is_audacity, read_audacity
from services.compare.carry.formats.edl import read_edl
from services.compare.carry.formats.edl_lines import is_edl
from services.compare.carry.formats.encoded_text import EncodedText, decode
from services.compare.carry.formats.ffmetadata import is_ffmetadata, read_ffmetadata
from services.compare.carry.formats.matroska_chapters import (
    is_matroska_chapters,
    read_matroska_chapters,
)
from services.compare.carry.formats.ogm_chapters import is_ogm_chapters, read_ogm_chapters
from services.compare.carry.formats.otio import is_otio, read_otio
from services.compare.carry.formats.resolve_markers import (
    is_resolve_markers,
    read_resolve_markers,
)
from services.compare.carry.formats.scc import is_scc, read_scc
from services.compare.carry.formats.srt import is_srt, read_srt
from services.compare.carry.formats.tables import (
    is_avid_markers,
    is_table,
    read_avid_markers,
    read_table,
)
from services.compare.carry.formats.time_scales import FROM_ZERO, Starts
from services.compare.carry.formats.ttml import is_ttml, read_ttml
from services.compare.carry.formats.webvtt import is_webvtt, read_webvtt


@dataclass(frozen=True, kw_only=True)
class _Counting:
    """By which frames and from which time codes on a file counts; see `read`."""

    rate: float
    written_rate: float | None
    starts: Starts


@dataclass(frozen=True, kw_only=True)
class Format:
    """A kind of file. `extensions` name the format where the content does not tell.

    time_codes: whether its times usually are time codes, such as 01:00:00:00 where the video
    begins, not what has passed since then.
    """

    name: str
    extensions: Sequence[str]
    recognises: Callable[[str], bool]
    read: Callable[[EncodedText, _Counting], Document]
    time_codes: bool = False


# In the order in which a content is tried: the unmistakable ones first.
FORMATS: Sequence[Format] = (
    Format(
        name="WebVTT",
        extensions=(".vtt",),
        recognises=is_webvtt,
        read=lambda source, by: read_webvtt(source, starts=by.starts),
    ),
    Format(
        name="SCC captions",
        extensions=(".scc",),
        recognises=is_scc,
        read=lambda source, by: read_scc(source, starts=by.starts),
        time_codes=True,
    ),
    Format(
        name="TTML/IMSC",
        extensions=(".ttml", ".dfxp", ".itt", ".imsc"),
        recognises=is_ttml,
        read=lambda source, by: read_ttml(source, frame_rate=by.rate, starts=by.starts),
    ),
    Format(
        name="Matroska chapters (XML)",
        extensions=(),
        recognises=is_matroska_chapters,
        read=lambda source, by: read_matroska_chapters(source, starts=by.starts),
    ),
    Format(
        name="FFmpeg metadata (chapters)",
        extensions=(".ffmeta", ".ffmetadata"),
        recognises=is_ffmetadata,
        read=lambda source, by: read_ffmetadata(source, starts=by.starts),
    ),
    Format(
        name="ASS/SSA",
        extensions=(".ass", ".ssa"),
        recognises=is_ass,
        read=lambda source, by: read_ass(source, starts=by.starts),
    ),
    Format(
        name="OpenTimelineIO",
        extensions=(".otio",),
        recognises=is_otio,
        read=lambda source, _: read_otio(source),
    ),
    Format(
        name="DaVinci Resolve markers (EDL)",
        extensions=(),
        recognises=is_resolve_markers,
        read=lambda source, by: read_resolve_markers(
            source, frame_rate=by.rate, starts=by.starts, written_rate=by.written_rate
        ),
        time_codes=True,
    ),
    Format(
        name="CMX 3600 EDL",
        extensions=(".edl",),
        recognises=is_edl,
        read=lambda source, by: read_edl(
            source, frame_rate=by.rate, starts=by.starts, written_rate=by.written_rate
        ),
        time_codes=True,
    ),
    Format(
        name="SubRip (SRT)",
        extensions=(".srt",),
        recognises=is_srt,
        read=lambda source, by: read_srt(source, starts=by.starts),
    ),
    Format(
        name="OGM chapters",
        extensions=(),
        recognises=is_ogm_chapters,
        read=lambda source, by: read_ogm_chapters(source, starts=by.starts),
    ),
    Format(
        name="Avid markers (text)",
        extensions=(),
        recognises=is_avid_markers,
        read=lambda source, by: read_avid_markers(
            source, frame_rate=by.rate, starts=by.starts, written_rate=by.written_rate
        ),
        time_codes=True,
    ),
    Format(
        name="Audacity labels",
        extensions=(),
        recognises=is_audacity,
        read=lambda source, by: read_audacity(source, starts=by.starts),
    ),
    Format(
        name="tables of markers or comments (CSV; Frame.io, Premiere)",
        extensions=(".csv", ".tsv"),
        recognises=is_table,
        read=lambda source, by: read_table(
            source, frame_rate=by.rate, starts=by.starts, written_rate=by.written_rate
        ),
        time_codes=True,
    ),
)


def read(
    name: str,
    content: bytes,
    *,
    frame_rate: float,
    starts: Starts = FROM_ZERO,
    written_rate: float | None = None,
) -> Document:
    """A file's timed items, by its content, else by the extension of its name.

    `frame_rate` is that of the version that the file was made for, `written_rate` that of the one
    that it is written for; None for the same. `starts`: what its times show where both begin.

    Raises UnknownFormat, and UnreadableFile with the line and what is wrong in it.
    """
    source = decode(content)
    counting = _Counting(rate=frame_rate, written_rate=written_rate, starts=starts)
    return _format_of(name, source).read(source, counting)


def usually_time_codes(name: str, content: bytes) -> bool:
    """Whether times of such a file usually are time codes. Raises UnknownFormat, UnreadableFile."""
    return _format_of(name, decode(content)).time_codes


def _format_of(name: str, source: EncodedText) -> Format:
    extension = PurePath(name).suffix.lower()
    by_content = (format_ for format_ in FORMATS if format_.recognises(source.text))
    by_name = (format_ for format_ in FORMATS if extension in format_.extensions)
    chosen = next(by_content, None) or next(by_name, None)
    if chosen is None:
        known = "; ".join(format_.name for format_ in FORMATS)
        raise UnknownFormat(None, f"It is of no kind that can be carried over. Read are: {known}.")
    return chosen
