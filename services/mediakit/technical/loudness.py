"""Loudness of one sound track by EBU R 128, as FFmpeg's `ebur128` filter measures it."""

from __future__ import annotations

import math
from fractions import Fraction

import av.error
from av.audio.frame import AudioFrame
from av.filter import Graph

from services.mediakit.technical.facts import Loudness

# Below this gate nothing is loud (ITU-R BS.1770), and what could not be measured is at it.
_GATE = -70.0
# Of less sound there is too little for a range to mean anything (EBU Tech 3342).
_SHORTEST_RANGE_SECONDS = 60.0
_DIGITS = 2


class LoudnessMeter:
    """Takes the decoded sound of a track, piece by piece.

    Mono counts once, as in other meters. The true peak is that of four times as many samples. There
    is a range from a minute on.
    """

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._form: tuple[str, str, int] | None = None
        self._told: dict[str, str] = {}
        self._broken = False
        self._seconds = 0.0

    def take(self, frame: AudioFrame) -> None:
        """The next piece. Sound that changes its form half-way is not measured."""
        if self._broken:
            return
        form = frame.format.name, frame.layout.name, frame.sample_rate
        try:
            if self._graph is None:
                self._form, self._graph = form, _graph(*form)
            self._broken = form != self._form
            if not self._broken:
                self._graph.push(frame)
                self._drain(self._graph)
                self._seconds += frame.samples / frame.sample_rate
        except (av.error.FFmpegError, ValueError):
            self._broken = True

    def measured(self) -> Loudness | None:
        """What it comes to; None when it could not be measured. Ends the measuring."""
        if self._graph is None or self._broken:
            return None
        try:
            self._graph.push(None)
            self._drain(self._graph)
        except av.error.FFmpegError:
            return None
        integrated = self._value("I")
        peak = self._value("true_peak")
        long = self._seconds >= _SHORTEST_RANGE_SECONDS
        loud = integrated is not None and integrated > _GATE
        return Loudness(
            integrated=integrated if loud else None,
            range=self._value("LRA") if loud and long else None,
            true_peak=round(20 * math.log10(peak), _DIGITS) if peak else None,
        )

    def _drain(self, graph: Graph) -> None:
        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            # Values are told ten times a second, with the piece at whose end they hold.
            self._told = frame.metadata or self._told

    def _value(self, name: str) -> float | None:
        text = self._told.get(f"lavfi.r128.{name}")
        value = math.nan if text is None else float(text)
        return value if math.isfinite(value) else None


def _graph(form: str, layout: str, rate: int) -> Graph:
    graph = Graph()
    source = graph.add_abuffer(
        format=form, layout=layout, sample_rate=rate, time_base=Fraction(1, rate)
    )
    meter = graph.add("ebur128", "metadata=1:peak=true:framelog=quiet")
    graph.link_nodes(source, meter, graph.add("abuffersink")).configure()
    return graph
