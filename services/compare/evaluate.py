"""Runs the alignment over a folder of prepared cases and writes the regions it finds.

    python -m services.compare.evaluate DIR -o predictions.json

DIR holds `manifest.json` with `{"cases": [{"name": ...}, ...]}` and, for each case,
`data/NAME.npz`: `a` and `b` (n, d) integer vectors, `a_scale` and `b_scale` (n,) their scales,
`a_times` and `b_times` (n, 2) the start and end of each segment in seconds.

It stands here, and not with the benches that read the same folders, because others run it by this
name: services import nothing of tests, while benches may import services.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from services.compare.segments.options import AlignmentOptions
from services.compare.segments.sequence import align_sequence
from services.compare.timeline import Region, SegmentTrack


def load_case(folder: Path, name: str) -> tuple[SegmentTrack, SegmentTrack]:
    """A and B of a case. Raises OSError when its file is missing, KeyError when an array is."""
    with np.load(folder / "data" / f"{name}.npz") as arrays:
        return _track(arrays, "a"), _track(arrays, "b")


def as_record(region: Region) -> dict[str, str | float]:
    """For JSON; times are seconds."""
    return {
        "kind": region.kind.name.lower(),
        "a_start": region.a_start,
        "a_end": region.a_end,
        "b_start": region.b_start,
        "b_end": region.b_end,
    }


def _track(arrays: np.lib.npyio.NpzFile, side: str) -> SegmentTrack:
    times = arrays[f"{side}_times"].astype(np.float64)
    vectors = arrays[side].astype(np.float32) * arrays[f"{side}_scale"][:, None]
    return SegmentTrack(vectors=vectors.astype(np.float32), starts=times[:, 0], ends=times[:, 1])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="folder with manifest.json and data/")
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSON file to write")
    chosen = parser.parse_args(arguments)
    manifest = json.loads((chosen.folder / "manifest.json").read_text())
    predictions = {}
    for case in manifest["cases"]:
        a, b = load_case(chosen.folder, case["name"])
        regions = align_sequence(a, b, AlignmentOptions()).regions
        predictions[case["name"]] = [as_record(region) for region in regions]
    chosen.output.write_text(json.dumps(predictions, indent=1))


if __name__ == "__main__":
    main()
