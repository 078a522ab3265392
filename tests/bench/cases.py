"""Runs a folder of prepared pairs through a running SAGE and says which of them come out right.

    python -m tests.bench.cases FOLDER [--server URL] [NAME ...]

FOLDER holds `manifest.json` with `{"cases": [...]}`, `truth.json` with the true regions of each
case by its name, and the videos. A case has `name`, `a`, `b` (file names), `dur_a`, `dur_b` and
`modality`: in which of the two, or `both`, the truth holds; the other one is unchanged throughout.
It may have `alternatives` (regions as right as the truth), `tolerance` and `sound_tolerance`
(seconds), `look` (what is unchanged may be told as replaced, at the same times), `sound_shift`
(seconds by which B's sound is late, to be told) and `say` (words, one of which a note must hold
when no difference is told).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SAGE = Path(sys.executable).with_name("sage")
# Seconds: a frame of the picture, and what counts for nothing in the sound.
_PICTURE, _SOUND = 0.045, 0.1
# A difference further from the truth than this is another one.
_SAME_EVENT = 1.5
_EQUAL_LENGTH, _LOOSE, _LOOSE_LENGTH, _SAME_SHIFT = 0.15, 0.1, 0.2, 0.03
_COMPARE_SECONDS = 900


@dataclass(frozen=True)
class Span:
    """A region as it is judged. times: start and end in A, start and end in B, in seconds."""

    kind: str
    times: tuple[float, float, float, float]
    sound_offset: float = 0.0

    @classmethod
    def of(cls, region: Mapping[str, Any]) -> Span:
        a_start, a_end, b_start, b_end = (
            float(region[name]) for name in ("a_start", "a_end", "b_start", "b_end")
        )
        times = (a_start, a_end, b_start, b_end)
        return cls(str(region["kind"]).lower(), times, float(region.get("sound_offset", 0.0)))

    @property
    def lengths(self) -> tuple[float, float]:
        return self.times[1] - self.times[0], self.times[3] - self.times[2]

    def off(self, other: Span) -> float:
        """How far the worst of the four times is away."""
        return max(abs(one - two) for one, two in zip(self.times, other.times, strict=True))

    def __str__(self) -> str:
        a_start, a_end, b_start, b_end = self.times
        return f"{self.kind} {a_start:.2f}-{a_end:.2f} <-> {b_start:.2f}-{b_end:.2f}"


def judge(
    case: Mapping[str, Any], truth: Sequence[Mapping[str, Any]], answer: Mapping[str, Any]
) -> list[str]:
    """What is wrong with an answer of `sage compare --format json`; nothing when it is right."""
    still = [Span("unchanged", (0.0, float(case["dur_a"]), 0.0, float(case["dur_b"])))]
    right = (truth, *case.get("alternatives", []))
    accepted = [[Span.of(region) for region in each] for each in right]
    wrong: list[str] = []
    for modality, tolerance in (
        ("visual", float(case.get("tolerance", _PICTURE))),
        ("audio", max(_SOUND, float(case.get("sound_tolerance", 0.0)))),
    ):
        found = [Span.of(each) for each in answer["regions"] if each["modality"] == modality]
        concerned = case["modality"] in (modality, "both")
        trials = [
            list(
                _faults(
                    each,
                    found,
                    tolerance,
                    look=bool(case.get("look")) and modality == "visual",
                    shortest=_SOUND if modality == "audio" else 0.0,
                )
            )
            for each in (accepted if concerned else [still])
        ]
        wrong += [f"{modality}: {fault}" for fault in min(trials, key=len)]
        if case["modality"] == modality:
            wrong += _unsaid(case, found, [str(note) for note in answer["summary"]["notes"]])
    return wrong


def _faults(
    right: Sequence[Span], found: Sequence[Span], tolerance: float, *, look: bool, shortest: float
) -> Iterator[str]:
    expected = [span for span in right if span.kind != "unchanged"]
    told = [span for span in found if span.kind != "unchanged"]
    open_spans = told if look else _joined(told)
    for want in expected:
        rivals = [span for span in open_spans if span.kind == want.kind]
        best = min(rivals, key=want.off, default=None)
        if best is None or want.off(best) > max(_SAME_EVENT, tolerance):
            if max(want.lengths) >= shortest:
                yield f"missing {want}"
            continue
        open_spans = [span for span in open_spans if span is not best]
        uneven = tolerance > _LOOSE and any(
            abs(one - two) > _LOOSE_LENGTH
            for one, two in zip(want.lengths, best.lengths, strict=True)
        )
        if want.off(best) > tolerance or uneven:
            yield f"{best} should be {want}"
    steady = [span for span in right if span.kind == "unchanged"]
    for span in open_spans:
        excused = look and span.kind == "replaced" and any(_in_step(span, at) for at in steady)
        if max(span.lengths) >= shortest and not excused:
            yield f"false {span}"
    for span in found:
        if span.kind in ("unchanged", "moved") and abs(span.lengths[0] - span.lengths[1]) > (
            _EQUAL_LENGTH
        ):
            yield f"sides of different length: {span}"


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Pieces of one kind that touch are one difference."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda each: each.times):
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.kind == span.kind != "moved"
            and abs(span.times[0] - last.times[1]) <= _PICTURE
            and abs(span.times[2] - last.times[3]) <= _PICTURE
        ):
            times = (last.times[0], span.times[1], last.times[2], span.times[3])
            joined[-1] = Span(last.kind, times, last.sound_offset)
        else:
            joined.append(span)
    return joined


def _in_step(span: Span, steady: Span) -> bool:
    """Whether both sides of a span lie on what the truth calls unchanged, at its shift."""
    inside = steady.times[0] - _PICTURE <= span.times[0] and span.times[1] <= steady.times[1] + (
        _PICTURE
    )
    shift = (span.times[0] - steady.times[0]) - (span.times[2] - steady.times[2])
    return inside and abs(shift) <= _PICTURE and abs(span.lengths[0] - span.lengths[1]) <= _PICTURE


def _unsaid(case: Mapping[str, Any], found: Sequence[Span], notes: Sequence[str]) -> Iterator[str]:
    words = case.get("say", [])
    quiet = all(span.kind == "unchanged" for span in found)
    if words and quiet and not any(re.search(word, note, re.I) for word in words for note in notes):
        yield f"no difference is told and no note speaks of the {' or '.join(words)}"
    if "sound_shift" in case and not _tells_shift(case, found, notes):
        yield f"the sound's shift of {case['sound_shift']:+.2f} s is not told"


def _tells_shift(case: Mapping[str, Any], found: Sequence[Span], notes: Sequence[str]) -> bool:
    shift = float(case["sound_shift"])
    for span in found:
        shifts = [span.sound_offset]
        if span.kind == "unchanged":
            shifts.append(span.times[2] - span.times[0])
        if span.lengths[0] > float(case["dur_a"]) / 4 and any(
            abs(each - shift) <= _SAME_SHIFT for each in shifts
        ):
            return True
    figures = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s)\b")
    for note in notes:
        if re.search("sound|audio", note, re.I):
            for figure, unit in figures.findall(note):
                seconds = float(figure) / (1000 if unit == "ms" else 1)
                if abs(seconds - abs(shift)) <= _SAME_SHIFT:
                    return True
    return False


def answer_of(folder: Path, case: Mapping[str, Any], server: str) -> Mapping[str, Any] | str:
    """What SAGE says of a case, or what went wrong."""
    command = [str(_SAGE), "compare", str(folder / case["a"]), str(folder / case["b"])]
    command += ["--format", "json", "--server", server]
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=_COMPARE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {_COMPARE_SECONDS} s"
    if ended.returncode not in (0, 1):
        return ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else "it failed"
    answer: Mapping[str, Any] = json.loads(ended.stdout)
    return answer


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Which pairs of a folder come out right.")
    parser.add_argument("folder", type=Path, help="with manifest.json, truth.json and the videos")
    parser.add_argument("names", nargs="*", help="only these cases")
    parser.add_argument("--server", default="http://127.0.0.1:8080", help="a running SAGE")
    chosen = parser.parse_args(arguments)
    truth = json.loads((chosen.folder / "truth.json").read_text())
    cases = json.loads((chosen.folder / "manifest.json").read_text())["cases"]
    failed = 0
    wanted = [case for case in cases if not chosen.names or case["name"] in chosen.names]
    for case in wanted:
        answer = answer_of(chosen.folder, case, chosen.server)
        wrong = [answer] if isinstance(answer, str) else judge(case, truth[case["name"]], answer)
        failed += bool(wrong)
        print(" ".join([*(["FAIL"] if wrong else ["pass"]), case["name"]]), end="")
        print(f": {' | '.join(wrong)}" if wrong else "", flush=True)
    print(f"{len(wanted) - failed} passed, {failed} failed")


if __name__ == "__main__":
    main()
