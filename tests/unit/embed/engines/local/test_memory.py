"""No file makes the process that embeds it grow by a gigabyte, or keeps it busy for long."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.damage import stamped_video

ROOT = Path(__file__).resolve().parents[5]
MOST_BYTES = 1_000_000_000
MOST_SECONDS = 60
# What a file of a few ordinary seconds takes is no growth.
SCRIPT = """
import json, resource, sys, time
from pathlib import Path
from services.mediakit.errors import MediaError
from tests.unit.embed.engines.local.embedding import embed

def peak():
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes * (1 if sys.platform == "darwin" else 1024)

ordinary, *claiming = sys.argv[1:]
embed(Path(ordinary))
told = []
for file in claiming:
    before, begun = peak(), time.process_time()
    try:
        outcome = f"{embed(Path(file)).duration:.0f} s"
    except MediaError as error:
        outcome = error.reason.name
    told.append((outcome, peak() - before, time.process_time() - begun))
print(json.dumps(told))
"""
# Seconds of the pictures, and what becomes of the file.
CLAIMS: dict[str, tuple[list[float], str]] = {
    "the longest gaps": ([590.0 * n for n in range(20)], "11210 s"),
    "stamps that jump back": ([300.0 * (n % 50) for n in range(60)], "14700 s"),
    "hours between pictures": ([10_000.0 * n for n in range(20)], "GAP_TOO_LONG"),
}


@pytest.mark.slow("starts a process of its own, whose memory is measured")
def test_cost_follows_pictures_and_never_claims(tmp_path: Path) -> None:
    ordinary = stamped_video(tmp_path / "ordinary.mkv", [0.1 * n for n in range(20)])
    files = [
        stamped_video(tmp_path / f"{name}.mkv", stamps) for name, (stamps, _) in CLAIMS.items()
    ]
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(ordinary), *map(str, files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(ended.stdout)
    for (name, (_, expected)), (outcome, grown, busy) in zip(CLAIMS.items(), told, strict=True):
        assert outcome == expected, name
        assert grown < MOST_BYTES, name
        assert busy < MOST_SECONDS, name
