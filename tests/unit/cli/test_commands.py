"""`sage upload`, `videos`, `embed`, `watch`, `engines` and `login`"""

from __future__ import annotations

import json
import stat

import pytest

from sage.ingest.v1.ingest_pb2 import Upload
from tests.emulators.gateway import PART_SIZE
from tests.unit.cli.conftest import Terminal


def test_upload_prints_a_name_for_each_file(terminal: Terminal) -> None:
    a, b = terminal.file("a.mp4"), terminal.file("b.mp4")
    result = terminal.sage("upload", a, b)
    assert result.exit_code == 0
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert [path for _, path in lines] == [str(a), str(b)]
    assert {name for name, _ in lines} == {"videos/0", "videos/1"}


def test_an_interrupted_upload_sends_only_what_is_missing(terminal: Terminal) -> None:
    file = terminal.file("a.mp4", bytes(range(250)))
    terminal.sage("upload", file)
    (video,) = terminal.server.videos.values()
    upload = terminal.server.uploads["uploads/0"]
    # As an earlier run would have left it: never completed, and its second part lost.
    terminal.server.videos.clear()
    upload.state = Upload.STATE_ACTIVE
    del terminal.server.parts[upload.name][2]
    terminal.server.calls.clear()
    assert terminal.sage("upload", file).exit_code == 0
    assert terminal.server.calls["UploadPart"] == 1
    (again,) = terminal.server.videos.values()
    assert again.sha256 == video.sha256
    assert again.size_bytes > PART_SIZE


def test_a_video_that_was_deleted_is_uploaded_anew(terminal: Terminal) -> None:
    file = terminal.file("a.mp4")
    terminal.sage("upload", file)
    terminal.server.videos.clear()
    assert terminal.sage("upload", file).exit_code == 0
    assert len(terminal.server.uploads) == 2


@pytest.mark.parametrize("content", [b"short", b"", bytes(range(1, 251))])
def test_a_file_that_changes_while_it_is_sent_says_so(terminal: Terminal, content: bytes) -> None:
    file = terminal.file("a.mp4", bytes(range(250)))
    terminal.server.on_create_upload = lambda: file.write_bytes(content)
    result = terminal.sage("upload", file)
    assert result.exit_code != 0
    assert f"{file} changed while it was read. Wait until" in result.stderr
    assert "min" not in result.stderr


def test_unfinished_uploads_are_listed_and_given_up(terminal: Terminal) -> None:
    assert "no unfinished uploads" in terminal.sage("uploads").stderr
    terminal.sage("upload", terminal.file("[red]a.mp4", bytes(range(250))))
    upload = terminal.server.uploads["uploads/0"]
    upload.state = Upload.STATE_ACTIVE
    del terminal.server.parts[upload.name][2]
    listed = terminal.sage("uploads").stdout
    assert "uploads/0" in listed
    assert "[red]a.mp4" in listed
    assert "3 of 4 parts   2 " in listed
    del terminal.server.parts[upload.name][3]
    assert "2 of 4 parts   2-3 " in terminal.sage("uploads").stdout
    assert terminal.sage("uploads", "--abort", "uploads/0").stdout == "uploads/0\taborted\n"
    assert "no unfinished uploads" in terminal.sage("uploads").stderr
    assert "uploads/7" in terminal.sage("uploads", "--abort", "uploads/7").stderr


def test_videos_lists_titles(terminal: Terminal) -> None:
    assert "no videos yet" in terminal.sage("videos").stderr
    terminal.sage("upload", terminal.file("[red]a.mp4"))
    result = terminal.sage("videos")
    assert "videos/0" in result.stdout
    assert "[red]a.mp4" in result.stdout
    assert "0:00:10.000" in result.stdout


def test_embed_prints_the_embeddings(terminal: Terminal) -> None:
    file = terminal.file("a.mp4")
    assert terminal.sage("embed", file).stdout == f"embeddings/0\t{file}\n"
    assert terminal.sage("embed", "videos/0").stdout == "embeddings/0\tvideos/0\n"


def test_watch_follows_what_is_under_way(terminal: Terminal) -> None:
    assert "Nothing is being embedded" in terminal.sage("watch").stderr
    terminal.sage("embed", terminal.file("a.mp4"))
    result = terminal.sage("watch", "embeddingTasks/0")
    assert result.stdout == "embeddingTasks/0\tsucceeded\tembeddings/0\n"


def test_watch_tells_of_failures(terminal: Terminal) -> None:
    terminal.sage("embed", terminal.file("fails.mp4"))
    result = terminal.sage("watch", "embeddingTasks/0")
    assert result.exit_code == 2
    assert "failed\tThe worker died." in result.stdout


def test_engines_tells_what_is_available(terminal: Terminal) -> None:
    assert terminal.sage("engines").stdout.splitlines() == [
        "local\tOn this machine\tavailable",
        "other\t\tneeds an API key",
    ]


def test_only_the_owner_can_read_the_token(terminal: Terminal) -> None:
    terminal.sage("engines")
    assert stat.S_IMODE(terminal.token_file.stat().st_mode) == 0o600
    assert list(json.loads(terminal.token_file.read_text())) == [terminal.url]


def test_a_damaged_token_file_is_written_anew(terminal: Terminal) -> None:
    terminal.token_file.parent.mkdir(parents=True)
    terminal.token_file.write_text("{not json")
    assert terminal.sage("engines").exit_code == 0
    assert json.loads(terminal.token_file.read_text())


def test_a_session_that_has_ended_is_renewed(terminal: Terminal) -> None:
    terminal.server.session_seconds = 10
    terminal.sage("engines")
    assert terminal.sage("engines").exit_code == 0
    assert terminal.server.calls["CreateSession"] == 2


def test_a_token_of_a_server_set_up_anew_is_renewed(terminal: Terminal) -> None:
    terminal.sage("engines")
    terminal.server.tokens = {"others"}
    assert terminal.sage("engines").exit_code == 0


def test_login_keeps_the_token_and_not_the_key(terminal: Terminal) -> None:
    result = terminal.sage("login", typed="tlk_secret\n")
    assert result.exit_code == 0
    assert "workspaces/tlk_secret" in result.stderr
    (entry,) = json.loads(terminal.token_file.read_text()).values()
    assert entry["has_api_key"]
    assert "tlk_secret" not in entry["access_token"]


def test_a_wrong_key_is_refused(terminal: Terminal) -> None:
    result = terminal.sage("login", typed="wrong\n")
    assert result.exit_code == 2
    assert "That key is not valid. (API_KEY_INVALID)" in result.stderr


def test_an_ended_session_with_a_key_is_never_replaced_by_one_without(terminal: Terminal) -> None:
    terminal.server.session_seconds = 10
    terminal.sage("login", typed="tlk_secret\n")
    result = terminal.sage("engines")
    assert result.exit_code == 2
    assert "sage login" in result.stderr


def test_a_server_that_wants_a_key_says_so(terminal: Terminal) -> None:
    terminal.server.anonymous = False
    result = terminal.sage("engines")
    assert result.exit_code == 2
    assert "ANONYMOUS_NOT_ALLOWED" in result.stderr
