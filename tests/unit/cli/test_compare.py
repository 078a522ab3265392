"""`sage compare`"""

from __future__ import annotations

from pathlib import Path

import grpc
import pytest
from grpc import aio

from sage.compare.v1 import compare_pb2
from sage.embed.v1 import embed_pb2
from sage_cli import embedding
from sage_cli.waiting import Outage
from tests.emulators.gateway import EmulatedGateway
from tests.unit.cli.conftest import Terminal


def test_it_uploads_embeds_and_prints_the_differences(terminal: Terminal) -> None:
    result = terminal.sage("compare", terminal.file("a.mp4"), terminal.file("b.mp4"))
    assert result.exit_code == 1
    assert "A  a.mp4  0:00:10.000" in result.stdout
    assert "replaced" in result.stdout
    assert "0:00:04.000 - 0:00:06.000" in result.stdout
    assert "1 difference · 1 replaced · 80.0 % similar" in result.stdout
    assert "a.mp4: uploading" in result.stderr


def test_the_same_file_twice_is_identical_and_uploaded_once(terminal: Terminal) -> None:
    a, copy = terminal.file("a.mp4", b"same" * 40), terminal.file("copy.mp4", b"same" * 40)
    result = terminal.sage("compare", a, copy)
    assert result.exit_code == 0
    assert "Identical" in result.stdout
    assert terminal.server.calls["CompleteUpload"] == 1


def test_a_second_run_uploads_and_signs_in_no_more(terminal: Terminal) -> None:
    files = terminal.file("a.mp4"), terminal.file("b.mp4")
    terminal.sage("compare", *files)
    before = terminal.server.calls.copy()
    assert terminal.sage("compare", *files).exit_code == 1
    after = terminal.server.calls - before
    assert (after["CreateUpload"], after["UploadPart"], after["CreateSession"]) == (0, 0, 0)


def test_videos_on_the_server_can_be_named(terminal: Terminal) -> None:
    terminal.sage("upload", terminal.file("a.mp4"), terminal.file("b.mp4"))
    result = terminal.sage("compare", "videos/0", "videos/1")
    assert result.exit_code == 1
    assert "A  a.mp4" in result.stdout or "A  b.mp4" in result.stdout


def test_options_reach_the_server(terminal: Terminal) -> None:
    terminal.sage(
        *("compare", terminal.file("a.mp4"), terminal.file("b.mp4"), "--engine", "local"),
        *("--alignment", "time", "--offset", "-1.5", "--metric", "euclidean"),
        *("--threshold", "0.25", "--modality", "audio", "--min-region", "0.5"),
        *("--merge-gap", "1.25", "--move-sensitivity", "0"),
    )
    (request,) = terminal.server.compared
    assert request.options.engine == "local"
    assert request.options.alignment == compare_pb2.ALIGNMENT_MODE_TIME
    assert request.options.offset.ToMilliseconds() == -1500
    assert request.options.metric == compare_pb2.METRIC_EUCLIDEAN
    assert request.options.threshold == 0.25
    assert request.options.modality == embed_pb2.MODALITY_AUDIO
    assert request.options.min_region.ToMilliseconds() == 500
    assert request.options.merge_gap.ToMilliseconds() == 1250
    assert request.options.HasField("move_sensitivity")
    assert request.options.move_sensitivity == 0


def test_the_default_threshold_is_the_server_s(terminal: Terminal) -> None:
    terminal.sage("compare", terminal.file("a.mp4"), terminal.file("b.mp4"))
    assert not terminal.server.compared[0].options.HasField("threshold")


@pytest.mark.parametrize("file_format", ["json", "csv", "edl", "otio", "html", "fcp7-xml"])
def test_other_formats_go_to_standard_output_alone(terminal: Terminal, file_format: str) -> None:
    files = terminal.file("a.mp4"), terminal.file("b.mp4")
    result = terminal.sage("compare", *files, "--format", file_format)
    assert result.exit_code == 1
    name = file_format.upper().replace("-", "_")
    assert result.stdout == f"EXPORT_FORMAT_{name} of it\n"
    (request,) = terminal.server.exported
    assert (request.a_display_name, request.b_display_name) == ("a.mp4", "b.mp4")
    # The server knows what each video has.
    assert request.frame_rate == 0


@pytest.mark.parametrize("file_format", ["text", "json"])
def test_output_goes_to_the_file_that_is_named(terminal: Terminal, file_format: str) -> None:
    output = terminal.folder / "report"
    files = terminal.file("a.mp4"), terminal.file("b.mp4")
    result = terminal.sage("compare", *files, "--format", file_format, "-o", output)
    assert result.stdout == ""
    assert output.read_text()


def test_notes_are_shown(terminal: Terminal) -> None:
    terminal.server.notes = ["Only A has audio."]
    result = terminal.sage("compare", terminal.file("a.mp4"), terminal.file("b.mp4"))
    assert "Note: Only A has audio." in result.stdout


def test_sound_that_only_one_side_has_is_a_difference(terminal: Terminal) -> None:
    terminal.server.only_in_a = [embed_pb2.MODALITY_AUDIO]
    same = terminal.file("a.mp4", b"same" * 40), terminal.file("b.mp4", b"same" * 39)
    terminal.server.differ = False
    result = terminal.sage("compare", *same)
    assert result.exit_code == 1
    assert "No differences in what both have." in result.stdout


def test_a_dropped_connection_is_waited_out(terminal: Terminal) -> None:
    terminal.server.fail_parts = 2
    terminal.server.fail_watches = 1
    result = terminal.sage("compare", terminal.file("a.mp4"), terminal.file("b.mp4"))
    assert result.exit_code == 1, result.stderr


STEPS = (
    *("ListVideos", "CreateUpload", "UploadPart", "CompleteUpload", "CreateEmbeddingTask"),
    *("WatchEmbeddingTasks", "GetEmbedding", "GetVideo", "CompareVideos", "ExportComparison"),
)
# More than gRPC itself tries the calls for two files.
OFTEN = 10


@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_goes_away_at_any_step_is_waited_for(terminal: Terminal, step: str) -> None:
    terminal.server.away[step] = OFTEN
    files = terminal.file("a.mp4"), terminal.file("b.mp4")
    result = terminal.sage("compare", *files, "--format", "csv")
    assert result.exit_code == 1, result.stderr
    assert terminal.server.away[step] == 0
    if step not in ("UploadPart", "WatchEmbeddingTasks"):  # their lines show that they wait
        said = "sage: the server went away; waiting for it, up to 90 s\n"
        assert result.stderr.count(said) == 1


async def test_a_server_that_stays_away_is_given_up() -> None:
    tries = 0

    async def call() -> None:
        nonlocal tries
        tries += 1
        raise aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, aio.Metadata(), aio.Metadata())

    with pytest.raises(aio.AioRpcError):
        await Outage(patience=0.3).wait_out(call)
    assert 2 <= tries <= 4


async def test_what_the_server_refuses_is_not_asked_again() -> None:
    tries = 0

    async def call() -> None:
        nonlocal tries
        tries += 1
        raise aio.AioRpcError(grpc.StatusCode.NOT_FOUND, aio.Metadata(), aio.Metadata())

    with pytest.raises(aio.AioRpcError):
        await Outage().wait_out(call)
    assert tries == 1


CUT_OFF = (grpc.StatusCode.INTERNAL, "Stream removed (RST_STREAM with error code 2)")


def test_a_service_that_dies_in_the_middle_of_its_answer_is_waited_for(terminal: Terminal) -> None:
    terminal.server.fail_watches = 1
    terminal.server.watch_failure = CUT_OFF
    result = terminal.sage("compare", terminal.file("a.mp4"), terminal.file("b.mp4"))
    assert result.exit_code == 1, result.stderr


def test_an_end_that_no_message_tells_of_is_found_all_the_same(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "_SILENCE_SECONDS", 0.05)
    terminal.server.silent_watches = True
    result = terminal.sage("compare", terminal.file("a.mp4"), terminal.file("b.mp4"))
    assert result.exit_code == 1, result.stderr
    assert terminal.server.calls["WatchEmbeddingTasks"] == 1
    assert terminal.server.calls["GetEmbeddingTask"] >= 1


def test_a_fault_of_the_server_is_not_tried_again(terminal: Terminal) -> None:
    terminal.server.fail_watches = 1
    terminal.server.watch_failure = (grpc.StatusCode.INTERNAL, "a fault")
    result = terminal.sage("compare", terminal.file("a.mp4"), terminal.file("b.mp4"))
    assert result.exit_code == 2
    assert terminal.server.calls["WatchEmbeddingTasks"] == 1


def test_a_failed_embedding_is_started_again_by_the_next_run(terminal: Terminal) -> None:
    bad, good = terminal.file("fails.mp4"), terminal.file("b.mp4")
    result = terminal.sage("compare", bad, good)
    assert result.exit_code == 2
    assert "fails.mp4: The worker died. (WORKER_CRASHED)" in result.stderr
    terminal.sage("compare", bad, good)
    assert terminal.server.calls["RetryEmbeddingTask"] >= 1


def test_a_file_that_is_no_video_is_named_with_the_reason(terminal: Terminal) -> None:
    result = terminal.sage("compare", terminal.file("a.txt", b"text"), terminal.file("b.mp4"))
    assert result.exit_code == 2
    assert "a.txt: This file is not a video. (NOT_A_VIDEO)" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing.mp4", "videos/1"), "there is no such file"),
        (("/", "videos/1"), "is not a file"),
        (("videos/7", "videos/8"), "in your workspace. (NOT_FOUND)"),
        (("videos/7", "videos/8", "--offset", "3"), "--offset needs --alignment time"),
        (("videos/7", "videos/8", "-o", "/no/such/folder/x"), "no such folder"),
        (("videos/7", "videos/8", "--server", "localhost"), "is not the URL of a server"),
        (("videos/7", "videos/8", "--server", "http://h:99999"), "no valid port"),
    ],
)
def test_trouble_is_said_in_one_line(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    result = terminal.sage("compare", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_an_empty_file_is_refused_before_anything_is_sent(terminal: Terminal) -> None:
    empty = terminal.folder / "empty.mp4"
    empty.touch()
    assert "is empty" in terminal.sage("compare", empty, empty).stderr
    assert not terminal.server.calls


def test_an_unknown_engine_is_named(terminal: Terminal) -> None:
    files = terminal.file("a.mp4"), terminal.file("b.mp4")
    result = terminal.sage("compare", *files, "--engine", "magic")
    assert result.exit_code == 2
    assert "UNKNOWN_ENGINE" in result.stderr


def test_a_server_that_does_not_run_is_said_so(tmp_path: Path) -> None:
    terminal = Terminal(server=EmulatedGateway(), url="http://127.0.0.1:9", folder=tmp_path)
    result = terminal.sage("compare", terminal.file("a.mp4"), terminal.file("b.mp4"))
    assert result.exit_code == 3
    assert "No SAGE server answers at http://127.0.0.1:9" in result.stderr
    assert "make run" in result.stderr
