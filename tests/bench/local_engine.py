"""How fast the local engine is against decoding alone, and how much memory it takes.

    python -m tests.bench.local_engine [--seconds 60] [--rounds 3] [VIDEO ...]

Without videos, builds some of several sizes from the test clips. Each round decodes a file alone
with PyAV (pictures and sound, as many threads as it takes by itself) and embeds it (vectors of
both, frame track), each in a process of its own, one after the other; the ratio is of the medians.
The network is loaded before, as it is in the product's processes that wait for work.
Peak memory is that of the embedding process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import av
from av.video.frame import VideoFrame

from services.embed.engines.local.network import loaded_network
from services.embed.engines.local.pipeline import embed_video
from tests.fixtures.clips import REEL, duration, write

SIZES = {"360p": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080)}


@dataclass(frozen=True)
class Run:
    """One measurement. seconds: of the clock; cpu: of all cores; peak: bytes of memory."""

    video_seconds: float
    seconds: float
    cpu: float
    peak: int

    @property
    def speed(self) -> float:
        """Times real time."""
        return self.video_seconds / self.seconds


def decode_only(path: Path) -> float:
    """How long the video is."""
    end = 0.0
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        video.thread_type = "AUTO"
        for packet in container.demux(video, *container.streams.audio[:1]):
            for frame in packet.decode():
                if isinstance(frame, VideoFrame) and frame.time is not None:
                    end = max(end, frame.time)
    return end


def embed(path: Path) -> float:
    return embed_video(
        path,
        on_progress=lambda *_: None,
        cancelled=lambda: False,
        give=lambda *_: None,
    ).duration


def measure(work: Callable[[Path], float], path: Path) -> Run:
    """Run in a fresh process, whose peak is then the work's own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_measure_here, work, path).result()


def _measure_here(work: Callable[[Path], float], path: Path) -> Run:
    if work is embed:
        loaded_network()
    started, cpu = time.perf_counter(), time.process_time()
    video_seconds = work(path)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Run(video_seconds, seconds, cpu, _peak())


def _peak() -> int:
    """This process's highest memory in bytes. Linux's getrusage counts its parent's as well."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def build(folder: Path, name: str, seconds: float) -> Path:
    # Two of the clips, since whole ones are held in memory at this size.
    few = REEL[1:3]
    pieces = few * max(round(seconds / duration(few)), 1)
    return write(folder / f"{name}.mp4", pieces, size=SIZES[name], crf=23)


def report(path: Path, rounds: int) -> None:
    decoded, embedded = [], []
    for _ in range(rounds):
        decoded.append(measure(decode_only, path))
        embedded.append(measure(embed, path))
    alone = statistics.median(run.speed for run in decoded)
    whole = statistics.median(run.speed for run in embedded)
    cpu = statistics.median(r.cpu for r in decoded) / statistics.median(r.cpu for r in embedded)
    peak = max(run.peak for run in embedded) / 1e6
    ratio = whole / alone
    print(f"{path.name:16} {alone:9.1f}x {whole:9.1f}x {ratio:8.2f} {cpu:10.2f} {peak:8.0f} MB")


def main() -> None:
    # As in the product's worker processes.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("videos", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("video              decoding  embedding    ratio  CPU ratio        peak")
    with tempfile.TemporaryDirectory() as folder:
        paths = options.videos or [build(Path(folder), name, options.seconds) for name in SIZES]
        for path in paths:
            report(path, options.rounds)


if __name__ == "__main__":
    main()
