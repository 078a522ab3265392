"""How long it takes to compare two long videos, and how much memory.

    OPENBLAS_NUM_THREADS=1 python -m tests.bench.long_videos [--hours 2]

A made-up film with sound against a re-encode of it with an edit about every four minutes, and
against another film. Each pair is compared in a process of its own, whose peak is told; it holds
both videos as they are loaded. Detail tracks are left out: they are read a chunk at a time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import pickle
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.compare.differences import compare_pair
from services.compare.outcome import EmbeddedVideo, Modality
from services.compare.timeline import FrameTrack, SegmentTrack, SoundTrack, UInt8

FPS = 24
STEPS = 50
DIMENSIONS = 512
_SCENE_SECONDS = 4.0
_FRAME_SECONDS, _FINE_SECONDS, _SEGMENT_SECONDS = 1 / FPS, 0.5, 2.0


@dataclass(frozen=True)
class Material:
    """A film as scenes of one length. scenes: (n,) seeds, the same where the same is shown."""

    scenes: NDArray[np.int64]

    def video(self, noise: float, seed: int) -> EmbeddedVideo:
        """As it would be embedded, after an encoder that adds so many levels of noise."""
        random = np.random.default_rng(seed)
        frames = round(_SCENE_SECONDS * FPS)
        steps = round(_SCENE_SECONDS * STEPS)
        prints = np.empty((len(self.scenes) * frames, 16, 16, 3), np.uint8)
        bands = np.empty((len(self.scenes) * steps, 16), np.uint8)
        fine = np.empty((len(self.scenes) * round(_SCENE_SECONDS / _FINE_SECONDS), DIMENSIONS))
        for at, scene in enumerate(self.scenes.tolist()):
            shot = np.random.default_rng(scene)
            picture = shot.normal(0, 1, (16, 16, 3)).cumsum(0).cumsum(1) * 4 + 120
            pan = shot.normal(0, 1.5, (16, 16, 3))
            moving = picture + pan * np.arange(frames)[:, None, None, None] / 3
            # What an encoder does lasts from one key picture to the next.
            moving += random.normal(0, noise, picture.shape)
            prints[at * frames : (at + 1) * frames] = np.clip(moving, 0, 255)
            heard = np.repeat(shot.uniform(1.5, 5.0, (steps // 10, 16)), 10, axis=0)
            heard += shot.normal(0, 0.35, heard.shape) + random.normal(0, 0.05, heard.shape)
            bands[at * steps : (at + 1) * steps] = np.clip(24 * heard, 0, 255)
            parts = len(fine) // len(self.scenes)
            base, drift = shot.standard_normal((2, DIMENSIONS))
            way = np.linspace(0, 0.4, parts)[:, None]
            noisy = 0.1 * random.standard_normal((parts, DIMENSIONS))
            fine[at * parts : (at + 1) * parts] = base + way * drift + noisy + 0.5
        return _embedded(prints, bands, fine.astype(np.float32))


def _embedded(prints: UInt8, bands: UInt8, fine: NDArray[np.float32]) -> EmbeddedVideo:
    seconds = len(prints) / FPS
    levels = np.repeat(bands[:, :2].astype(np.uint16) * 4 + 900, 1, axis=1)
    frames = FrameTrack(
        times=np.arange(len(prints)) / FPS,
        fingerprints=prints,
        duration=seconds,
        sound=bands,
        picture_end=seconds,
        sound_tracks=(
            SoundTrack(
                number=1, layout="stereo", channels=("FL", "FR"), bands=bands, levels=levels
            ),
        ),
    )
    whole = fine.reshape(-1, round(_SEGMENT_SECONDS / _FINE_SECONDS), DIMENSIONS).mean(axis=1)
    track = _track(whole, _SEGMENT_SECONDS, _track(fine, _FINE_SECONDS, None))
    return EmbeddedVideo(tracks={Modality.VISUAL: track, Modality.AUDIO: track}, frames=frames)


def _track(vectors: NDArray[np.float32], seconds: float, fine: SegmentTrack | None) -> SegmentTrack:
    starts = seconds * np.arange(len(vectors), dtype=np.float64)
    return SegmentTrack(vectors=vectors, starts=starts, ends=starts + seconds, fine=fine)


def edited(material: Material) -> Material:
    """An edit about every four minutes: scenes left out, put in, or others in their place."""
    random = np.random.default_rng(3)
    parts: list[NDArray[np.int64]] = []
    at = 0
    while at < len(material.scenes):
        kept = int(random.integers(40, 80))
        parts.append(material.scenes[at : at + kept])
        kind, count = random.integers(3), int(random.integers(1, 5))
        if kind != 1:
            parts.append(random.integers(10**9, 2 * 10**9, count))
        at += kept + (count if kind != 0 else 0)
    return Material(np.concatenate(parts))


@dataclass(frozen=True)
class Run:
    """seconds: of the clock; cpu: of processor time; peak: bytes of memory."""

    seconds: float
    cpu: float
    peak: int
    differences: int


def compare_stored(folder: Path, a: str, b: str) -> Run:
    """Of two stored videos; in a fresh process."""
    videos = [pickle.loads((folder / name).read_bytes()) for name in (a, b)]
    started, cpu = time.perf_counter(), time.process_time()
    found = compare_pair(*videos)
    return Run(
        seconds=time.perf_counter() - started,
        cpu=time.process_time() - cpu,
        peak=1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        differences=found.difference_count,
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Compares two long videos.")
    parser.add_argument("--hours", type=float, default=2.0)
    chosen = parser.parse_args(arguments)
    scenes = round(3600 * chosen.hours / _SCENE_SECONDS)
    film, other = Material(np.arange(scenes)), Material(np.arange(scenes) + 10**6)
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        for name, video in (
            ("film", film.video(0.0, 1)),
            ("edited", edited(film).video(1.0, 2)),
            ("other", other.video(1.0, 3)),
        ):
            (Path(folder) / name).write_bytes(pickle.dumps(video))
        print(f"Two videos of {chosen.hours:g} hours")
        for name in ("edited", "other"):
            with ProcessPoolExecutor(1, mp_context=context) as pool:
                run = pool.submit(compare_stored, Path(folder), "film", name)
                done = run.result()
            print(
                f"  {name:<8}{done.seconds:8.1f} s{done.cpu:8.1f} s of a core"
                f"{done.peak / 2**20:8.0f} MB{done.differences:6d} differences",
                flush=True,
            )


if __name__ == "__main__":
    main()
