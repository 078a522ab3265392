"""Starting and stopping: what `make run` promises."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from sage.ingest.v1.ingest_pb2 import (
    CompleteUploadRequest,
    CreateUploadRequest,
    GetVideoRequest,
    UploadPartRequest,
    Video,
)
from sage.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from tests.fixtures.clips import source_file
from tests.fixtures.stack import Stack, running_stack, start_launcher, stop

pytestmark = pytest.mark.xdist_group("stack")

# Services take five to drain, and a busy machine takes its time.
STOP_SECONDS = 30


def upload_a_clip(stack: Stack) -> Video:
    signed_in = stack.authorization()
    data = source_file("man").read_bytes()
    with stack.channel() as channel:
        ingest = IngestServiceStub(channel)
        upload = ingest.CreateUpload(
            CreateUploadRequest(display_name="man.mp4", size_bytes=len(data)), metadata=signed_in
        )
        part = UploadPartRequest(upload=upload.name, part_number=1, data=data)
        ingest.UploadPart(part, metadata=signed_in)
        return ingest.CompleteUpload(CompleteUploadRequest(name=upload.name), metadata=signed_in)


def runs(process: psutil.Process) -> bool:
    """Whether it runs; one that has ended and was not yet fetched by its parent does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_stopped_sage_leaves_nothing_running_and_finds_everything_again(
    stack: Stack, tmp_path: Path
) -> None:
    with running_stack(tmp_path / "sage") as first:
        assert first.address != stack.address
        video = upload_a_clip(first)
        processes = psutil.Process(first.process.pid).children(recursive=True)
        assert len(processes) >= 5

        first.process.send_signal(signal.SIGINT)
        assert first.process.wait(STOP_SECONDS) == 0
        # Those that were killed may need a moment to be gone.
        psutil.wait_procs(processes, timeout=1)
        assert not [each for each in processes if runs(each)]

    with running_stack(tmp_path / "sage") as second, second.channel() as channel:
        found = IngestServiceStub(channel).GetVideo(
            GetVideoRequest(name=video.name), metadata=second.authorization()
        )
        assert found == video
        assert sum("SAGE is ready" in line for line in second.lines) == 1


def test_the_same_folder_twice_is_refused(stack: Stack) -> None:
    refused = start_launcher(stack.home, {})
    said, _ = refused.communicate()

    assert refused.returncode == 1
    where = re.escape(str(stack.home))
    assert re.fullmatch(rf"sage: SAGE runs on {where} already \(process \d+\)\..*\n", said)


def test_a_port_in_use_is_one_clear_line(stack: Stack, tmp_path: Path) -> None:
    _, _, port = stack.address.rpartition(":")
    launcher = start_launcher(tmp_path, {"SAGE_PORT": port})
    said, _ = launcher.communicate()

    assert launcher.returncode == 1
    assert said.startswith(f"sage: port {port} is in use;")
    assert said.count("\n") == 1


def test_a_setting_that_makes_no_sense_is_one_clear_line(tmp_path: Path) -> None:
    launcher = start_launcher(tmp_path, {"SAGE_PORT": "eighty"})
    said, _ = launcher.communicate()

    assert launcher.returncode == 1
    assert said.startswith("sage: SAGE_PORT: ")
    assert said.count("\n") == 1


def test_a_service_that_cannot_start_stops_everything(tmp_path: Path) -> None:
    launcher = start_launcher(tmp_path, {"SAGE_INGEST_DATABASE_URL": "nonsense://"})
    try:
        said, _ = launcher.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        stop(launcher, signal.SIGKILL)
        raise

    assert launcher.returncode == 1
    assert "ingest stopped while SAGE started (exit code 1)" in said
    assert "ingest.log" in said


def test_a_database_that_was_lost_is_one_clear_line_until_told_to_do_without(
    tmp_path: Path,
) -> None:
    home = tmp_path / "sage"
    (home / "objects" / "media" / "workspaces" / "w" / "videos" / "v").mkdir(parents=True)
    (home / "objects" / "media" / "workspaces" / "w" / "videos" / "v" / "original").touch()
    database = home / "ingest.sqlite"
    database.touch()
    launcher = start_launcher(home, {})
    try:
        said, _ = launcher.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        stop(launcher, signal.SIGKILL)
        raise

    assert launcher.returncode == 78
    assert re.fullmatch(r"sage: starting\nsage: The database .* Restore .*\n", said)
    assert database.read_bytes() == b""
    with running_stack(home, SAGE_START_EMPTY="true"):
        pass


def test_sigterm_stops_a_sage_that_is_still_starting(tmp_path: Path) -> None:
    launcher = start_launcher(tmp_path, {})
    said = launcher.stdout
    assert said is not None
    assert said.readline() == "sage: starting\n"

    assert stop(launcher, signal.SIGTERM) == 0
