"""What a batch keeps of each pair."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sage_cli.batch.pairs import Pair
from sage_cli.batch.records import Record, Records, fingerprint
from sage_cli.failures import Failure

PAIR = Pair(name="one", a="videos/1", b="videos/2")


def record(exit_code: int = 1, inputs: str = "x") -> Record:
    return Record(
        name="one",
        a="videos/1",
        b="videos/2",
        status="different",
        exit_code=exit_code,
        verdict="v",
        inputs=inputs,
    )


def test_what_was_answered_is_found_again_for_the_same_inputs_only(tmp_path: Path) -> None:
    records = Records(tmp_path / "deep" / "results", ".json")
    assert records.done(PAIR, "x") is None
    records.put(PAIR, record(), b"answer")
    assert records.done(PAIR, "x") == record()
    assert records.done(PAIR, "y") is None
    assert Records(tmp_path / "deep" / "results", ".csv").done(PAIR, "x") is None
    assert sorted(it.name for it in (tmp_path / "deep" / "results").iterdir()) == [
        "one.json",
        "one.result.json",
    ]


def test_a_failure_is_kept_but_tried_again_and_leaves_no_stale_answer(tmp_path: Path) -> None:
    records = Records(tmp_path, ".txt")
    records.put(PAIR, record(), b"answer")
    records.put(PAIR, record(exit_code=3), None)
    assert records.done(PAIR, "x") is None
    assert not (tmp_path / "one.txt").exists()
    assert (tmp_path / "one.result.json").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "one"}', '{"other": 1}'])
def test_a_damaged_record_is_none(tmp_path: Path, text: str) -> None:
    records = Records(tmp_path, ".txt")
    records.put(PAIR, record(), b"answer")
    (tmp_path / "one.result.json").write_text(text)
    assert records.done(PAIR, "x") is None


def test_inputs_change_with_files_and_settings(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    pair = Pair(name="one", a=str(file), b="videos/2")
    missing = fingerprint(pair, {"format": "json"})
    file.write_bytes(b"1")
    first = fingerprint(pair, {"format": "json"})
    assert fingerprint(pair, {"format": "json"}) == first
    os.utime(file, ns=(1, 1))
    touched = fingerprint(pair, {"format": "json"})
    assert len({missing, first, touched, fingerprint(pair, {"format": "csv"})}) == 4


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Failure, match="file/results: Not a directory"):
        Records(tmp_path / "file" / "results", ".txt")
