"""The process that looks into files: what it finds, and how it may end."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from urllib3.util import Retry

from services.ingest.adapters import processes
from services.ingest.adapters.processes import MediaProcesses
from services.ingest.media import remote
from services.mediakit.errors import MediaError
from services.servicekit.errors import SageError
from tests.fixtures import clips


class RangeHandler(http.server.BaseHTTPRequestHandler):
    """Serves ranges of one file, as an object store does."""

    content = b""

    def do_GET(self) -> None:
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        body = self.content[int(first) : int(last) + 1]
        self.send_response(206)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Tests are quiet."""


class FixedSigner:
    """Every key lies at one address."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def sign(
        self, key: str, *, lifetime: timedelta, origin: str | None = None, content_type: str = ""
    ) -> str:
        return self._url


Serve = Callable[[bytes], MediaProcesses]


@pytest.fixture
def serve() -> Iterator[Serve]:
    handler = type("Handler", (RangeHandler,), {})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def serving(content: bytes) -> MediaProcesses:
            handler.content = content  # type: ignore[attr-defined]
            signer = FixedSigner(f"http://127.0.0.1:{server.server_port}/file")
            return MediaProcesses(signer, ready=1, seconds=60)

        yield serving
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return clips.write(path, clips.REEL[1:2]).read_bytes()


async def test_it_finds_out_about_a_video_over_ranges(serve: Serve, clip: bytes) -> None:
    before = psutil.Process().children()
    async with serve(clip) as media:
        facts = await media.probe("key", len(clip))
        assert (facts.width, facts.height, facts.video_codec) == (*clips.SIZE, "h264")
        assert facts.missing_bytes == 0
        strip = await media.filmstrip("key", len(clip), duration=4.0, count=3, tile_height=20)
        assert strip.jpeg.startswith(b"\xff\xd8")
        assert len(strip.times) == 3
        waveform = await media.waveform("key", len(clip), duration=4.0, count=5)
        assert len(waveform.peaks) == 5
        # Of a thread that another library has started, a fork would have but the locks.
        (template,) = set(psutil.Process().children()) - set(before)
        assert template.num_threads() == 1


async def test_a_refusal_comes_through_with_its_reason(serve: Serve) -> None:
    with pytest.raises(MediaError) as caught:
        await serve(b"a letter" * 100).probe("key", 800)
    assert caught.value.reason == "NOT_A_VIDEO"
    assert "text" in caught.value.message


async def test_a_store_that_fails_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_RETRIES", Retry(0))
    media = MediaProcesses(FixedSigner("http://127.0.0.1:9/nobody"), ready=1, seconds=60)
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
        return MediaProcesses(FixedSigner("http://127.0.0.1:9"), ready=1, seconds=2)

    return written


async def test_a_decoder_that_crashes_is_the_files_fault(
    worker: Callable[[str], MediaProcesses],
) -> None:
    media = worker("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(MediaError) as caught:
        await media.probe("key", 100)
    assert caught.value.reason == "UNDECODABLE"


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
