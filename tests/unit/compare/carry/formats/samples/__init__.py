"""A realistic file of each format, with styling, positions and comments, and its timed things."""

from __future__ import annotations

from tests.unit.compare.carry.formats.samples.chapters import FFMETADATA, MATROSKA, OGM
from tests.unit.compare.carry.formats.samples.markers import (
    AUDACITY,
    AVID,
    CSV,
    FRAMEIO,
    PREMIERE,
    RESOLVE,
)
from tests.unit.compare.carry.formats.samples.sample import NTSC, Sample
from tests.unit.compare.carry.formats.samples.subtitles import ASS, SCC, SRT, TTML, WEBVTT
from tests.unit.compare.carry.formats.samples.timelines import EDL, EDL_DROP, OTIO

__all__ = [
    "ASS",
    "AUDACITY",
    "AVID",
    "CSV",
    "EDL",
    "EDL_DROP",
    "FFMETADATA",
    "FRAMEIO",
    "MATROSKA",
    "NTSC",
    "OGM",
    "OTIO",
    "PREMIERE",
    "RESOLVE",
    "SAMPLES",
    "SCC",
    "SRT",
    "TTML",
    "WEBVTT",
    "Sample",
]

SAMPLES = {
    "srt": SRT,
    "webvtt": WEBVTT,
    "ass": ASS,
    "ttml": TTML,
    "scc": SCC,
    "ffmetadata": FFMETADATA,
    "matroska": MATROSKA,
    "ogm": OGM,
    "csv": CSV,
    "frameio": FRAMEIO,
    "premiere": PREMIERE,
    "avid": AVID,
    "audacity": AUDACITY,
    "resolve": RESOLVE,
    "edl": EDL,
    "edl_drop": EDL_DROP,
    "otio": OTIO,
}
