"""The process that looks into files: what it finds, and how it may end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.adapters import processes
from services.ingest.adapters.processes import MediaProcesses
from services.mediakit.errors import MediaError
from services.servicekit.errors import SageError
from tests.fixtures import clips


class Store:
    """Keeps one file under every key. failure: what stands in its place."""

    def __init__(self, content: bytes = b"", failure: Exception | None = None) -> None:
        self._content = content
        self._failure = failure

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        if self._failure is not None:
            raise self._failure
        return self._content[offset : offset + length]


def media_of(content: bytes) -> MediaProcesses:
    return MediaProcesses(Store(content), ready=1, seconds=60)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return clips.write(path, clips.REEL[1:2]).read_bytes()


async def test_it_finds_out_about_a_video_over_ranges(clip: bytes) -> None:
    before = psutil.Process().children()
    async with media_of(clip) as media:
        facts = await media.probe("key", len(clip))
        assert (facts.width, facts.height, facts.video_codec) == (*clips.SIZE, "h264")
        assert facts.missing_bytes == 0
        strip = await media.filmstrip("key", len(clip), times=[0.5, 2.0, 3.5], tile_height=20)
        assert strip.jpeg.startswith(b"\xff\xd8")
        assert len(strip.times) == 3
        waveform = await media.waveform("key", len(clip), start=0.0, end=4.0, count=5)
        assert len(waveform.peaks) == 5
        technical = await media.technical("key", len(clip), duration=4.0, whole=True)
        assert (technical.whole_read, technical.picture.codec) == (True, "h264")
        assert technical.sounds[0].loudness is not None
        # Of a thread that another library has started, a fork would have but the locks.
        (template,) = set(psutil.Process().children()) - set(before)
        assert template.num_threads() == 1


async def test_a_refusal_comes_through_with_its_reason() -> None:
    with pytest.raises(MediaError) as caught:
        await media_of(b"a letter" * 100).probe("key", 800)
    assert caught.value.reason == "NOT_A_VIDEO"
    assert "text" in caught.value.message


@pytest.mark.parametrize(
    "failure",
    [SageError(ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE, "It is away."), KeyError("key")],
    ids=["away", "lost"],
)
async def test_a_store_that_fails_is_not_the_files_fault(failure: Exception) -> None:
    media = MediaProcesses(Store(failure=failure), ready=1, seconds=60)
    with pytest.raises(SageError) as caught:
        await media.probe("key", 100)
    assert caught.value.reason_name == "DEPENDENCY_UNAVAILABLE"


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], MediaProcesses]:
    """Puts a program of the test's own in the place of the worker."""

    def written(program: str) -> MediaProcesses:
        (tmp_path / "stand_in.py").write_text(program)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(processes, "_WORKER", "stand_in")
        return MediaProcesses(Store(), ready=1, seconds=2)

    return written


async def test_a_decoder_that_crashes_is_the_files_fault(
    worker: Callable[[str], MediaProcesses],
) -> None:
    media = worker("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(MediaError) as caught:
        await media.probe("key", 100)
    assert caught.value.reason == "UNDECODABLE"


@pytest.mark.slow("waits for a limit of time")
async def test_a_decoder_without_end_is_ended(
    worker: Callable[[str], MediaProcesses], tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    program = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    with pytest.raises(MediaError, match="took longer") as caught:
        await worker(program).probe("key", 100)
    assert caught.value.reason == "UNDECODABLE"
    assert not Path(f"/proc/{pid.read_text()}").exists()


async def test_a_fault_of_ours_is_not_blamed_on_the_file(
    worker: Callable[[str], MediaProcesses],
) -> None:
    with pytest.raises(RuntimeError):
        await worker("raise ValueError").probe("key", 100)
