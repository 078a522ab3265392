"""What kill -9 of a part of `make run` leaves: nothing that runs, and a SAGE that works."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import grpc
import psutil
import pytest

from sage.ingest.v1.ingest_pb2 import CreateUploadRequest, UploadPartRequest
from sage.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from tests.fixtures.stack import Stack, running_stack

pytestmark = pytest.mark.xdist_group("stack")

_PATIENCE_SECONDS = 30.0


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def left_of(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; one that has ended and that nobody has fetched does not."""
    return [each for each in processes if each.is_running() and _status(each) != "zombie"]


def _status(process: psutil.Process) -> str:
    try:
        return str(process.status())
    except psutil.NoSuchProcess:
        return "zombie"


def store_of(stack: Stack) -> psutil.Process:
    (store,) = [
        child
        for child in psutil.Process(stack.process.pid).children()
        if "nanio" in " ".join(child.cmdline())
    ]
    return store


def write_a_part(stack: Stack) -> bool:
    """Whether the object store takes something."""
    try:
        _write_a_part(stack)
    except grpc.RpcError:
        return False
    return True


def _write_a_part(stack: Stack) -> None:
    signed_in = stack.authorization()
    with stack.channel() as channel:
        ingest = IngestServiceStub(channel)
        upload = ingest.CreateUpload(
            CreateUploadRequest(display_name="x.mp4", size_bytes=3), metadata=signed_in
        )
        part = UploadPartRequest(upload=upload.name, part_number=1, data=b"abc")
        ingest.UploadPart(part, metadata=signed_in, timeout=60)


def test_the_store_and_then_the_launcher_are_killed(tmp_path: Path) -> None:
    with running_stack(tmp_path / "sage") as stack:
        master = store_of(stack)
        workers = master.children(recursive=True)
        assert len(workers) >= 2
        master.kill()
        until(lambda: not left_of(workers))
        until(lambda: any("store stopped" in line for line in stack.lines))
        until(lambda: write_a_part(stack))

        processes = psutil.Process(stack.process.pid).children(recursive=True)
        stack.process.kill()
        until(lambda: not left_of(processes))
