"""The confined process that looks into one file: `python -m services.ingest.media.worker`."""

from __future__ import annotations

import dataclasses
from typing import Any, BinaryIO

from services.ingest.media.filmstrip import make_filmstrip
from services.ingest.media.stills import make_stills
from services.ingest.media.waveform import make_waveform
from services.ingest.ports import MediaFacts
from services.mediakit.probe import probe
from services.mediakit.sandbox.child import Channel, serve
from services.mediakit.sandbox.messages import Message
from services.mediakit.technical.json_form import packed
from services.mediakit.technical.measuring import measure_facts
from services.mediakit.technical.reading import read_facts

_POLITENESS = 5


def _probe(file: BinaryIO, channel: Channel) -> Message:
    found = probe(file)
    names = (fact.name for fact in dataclasses.fields(MediaFacts))
    return Message("done", {name: getattr(found, name) for name in names})


def _filmstrip(file: BinaryIO, channel: Channel, **options: Any) -> Message:
    strip = dataclasses.asdict(make_filmstrip(file, **options))
    return Message("done", body=strip.pop("jpeg"), values=strip)


def _stills(file: BinaryIO, channel: Channel, **options: Any) -> Message:
    stills = [dataclasses.asdict(still) for still in make_stills(file, **options)]
    pictures = [still.pop("jpeg") for still in stills]
    sizes = [len(picture) for picture in pictures]
    return Message("done", {"stills": stills, "sizes": sizes}, body=b"".join(pictures))


def _waveform(file: BinaryIO, channel: Channel, **options: Any) -> Message:
    return Message("done", dataclasses.asdict(make_waveform(file, **options)))


def _technical(file: BinaryIO, channel: Channel, *, whole: bool) -> Message:
    facts = measure_facts(file) if whole else read_facts(file)
    return Message("done", body=packed(facts))


if __name__ == "__main__":
    serve(
        {
            "probe": _probe,
            "filmstrip": _filmstrip,
            "stills": _stills,
            "waveform": _waveform,
            "technical": _technical,
        },
        niceness=_POLITENESS,
        prepare=lambda: None,
    )
