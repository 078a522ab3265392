from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.uploads.upload import (
    MOST_PARTS,
    PART_BYTES,
    FileSpec,
    State,
    Upload,
    check_spec,
)
from services.servicekit.errors import SageError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def make_upload(size: int = 100, part_size: int = 30, state: State = State.ACTIVE) -> Upload:
    return Upload(
        id="u",
        workspace="w",
        spec=FileSpec(display_name="a.mp4", size_bytes=size),
        part_size=part_size,
        state=state,
        video_id="v",
        created_at=NOW,
        updated_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )


def reason(error: pytest.ExceptionInfo[SageError]) -> str:
    return error.value.reason_name


@given(size=st.integers(1, 10_000), part_size=st.integers(1, 500))
@settings(deadline=None)
def test_the_parts_make_the_file(size: int, part_size: int) -> None:
    upload = make_upload(size, part_size)
    lengths = [upload.part_length(number) for number in range(1, upload.part_count + 1)]
    assert sum(lengths) == size
    assert all(length == part_size for length in lengths[:-1])
    assert 1 <= lengths[-1] <= part_size


@given(stored=st.dictionaries(st.integers(0, 6), st.integers(0, 40)))
@settings(deadline=None)
def test_a_resumed_stream_goes_on_where_the_first_part_is_missing(stored: dict[int, int]) -> None:
    upload = make_upload(size=100, part_size=30)
    durable = upload.durable_parts(stored)
    assert all(stored[number] == upload.part_length(number) for number in durable)
    offset = upload.contiguous_bytes(durable)
    assert offset == 100 or offset % 30 == 0
    assert offset == 100 or offset // 30 + 1 not in durable
    assert set(range(1, offset // 30 + 1)) <= set(durable)


@pytest.mark.parametrize(("number", "length"), [(0, 30), (5, 10), (1, 29), (1, 31), (4, 30)])
def test_a_part_that_does_not_fit_is_refused(number: int, length: int) -> None:
    with pytest.raises(SageError) as caught:
        make_upload().check_part(number, length)
    assert reason(caught) == "PART_OUT_OF_RANGE"


def test_missing_parts_are_listed() -> None:
    with pytest.raises(SageError, match="3 of 4 parts are missing: 1,3,4") as caught:
        make_upload().check_whole([2])
    assert caught.value.metadata == {"missing_parts": "1,3,4", "missing_count": "3"}


def test_sizes_that_cannot_be_taken_in() -> None:
    check_spec(FileSpec(display_name="a", size_bytes=MOST_PARTS * PART_BYTES))
    with pytest.raises(SageError) as empty:
        check_spec(FileSpec(display_name="a", size_bytes=0))
    with pytest.raises(SageError) as large:
        check_spec(FileSpec(display_name="a", size_bytes=MOST_PARTS * PART_BYTES + 1))
    assert (reason(empty), reason(large)) == ("EMPTY_FILE", "FILE_TOO_LARGE")


def test_only_one_replica_completes_at_a_time() -> None:
    claimed = make_upload().begin("a", NOW, LEASE)
    with pytest.raises(SageError, match="being completed"):
        claimed.begin("b", NOW + LEASE / 2, LEASE)
    taken_over = claimed.begin("b", NOW + LEASE * 2, LEASE)
    with pytest.raises(SageError):
        taken_over.succeed("a", NOW)
    assert taken_over.succeed("b", NOW).state is State.COMPLETED


def test_what_is_being_completed_cannot_be_given_up() -> None:
    claimed = make_upload().begin("a", NOW, LEASE)
    with pytest.raises(SageError):
        claimed.abort(NOW)
    assert claimed.abort(NOW + LEASE * 2).state is State.ABORTED


def test_an_error_tells_why_an_upload_takes_nothing_more() -> None:
    failed = (
        make_upload().begin("a", NOW, LEASE).fail("a", NOW, reason="NOT_A_VIDEO", message="Text.")
    )
    with pytest.raises(SageError, match=r"The upload was refused: Text\.$") as caught:
        failed.check_active()
    assert caught.value.reason == ErrorReason.ERROR_REASON_UPLOAD_NOT_ACTIVE


class Life(RuleBasedStateMachine):
    """Whatever two replicas, a client and the sweep do, in any order and at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.upload = make_upload()
        self.ended: State | None = None

    def attempt(self, change: Callable[[], Upload]) -> None:
        before = self.upload
        try:
            after = change()
        except SageError as error:
            if error.reason_name != "UPLOAD_NOT_ACTIVE":
                raise
            return
        assert after is before or after.version == before.version + 1
        self.upload = after

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(owner=st.sampled_from("ab"))
    def begin(self, owner: str) -> None:
        self.attempt(lambda: self.upload.begin(owner, self.now, LEASE))

    @rule(owner=st.sampled_from("ab"))
    def succeed(self, owner: str) -> None:
        self.attempt(lambda: self.upload.succeed(owner, self.now))

    @rule(owner=st.sampled_from("ab"))
    def fail(self, owner: str) -> None:
        self.attempt(lambda: self.upload.fail(owner, self.now, reason="R", message="m"))

    @rule()
    def abort(self) -> None:
        self.attempt(lambda: self.upload.abort(self.now))

    @precondition(lambda self: self.upload.leftovers)
    @rule()
    def clean(self) -> None:
        self.attempt(lambda: self.upload.cleaned(self.now))

    @invariant()
    def what_is_over_stays_over(self) -> None:
        if self.ended is not None:
            assert self.upload.state is self.ended
        if self.upload.state in (State.COMPLETED, State.ABORTED, State.FAILED):
            self.ended = self.upload.state

    @invariant()
    def only_what_is_being_completed_has_an_owner(self) -> None:
        completing = self.upload.state is State.COMPLETING
        assert bool(self.upload.lease_owner) == completing
        assert (self.upload.lease_end is not None) == completing

    @invariant()
    def only_what_was_refused_has_a_reason(self) -> None:
        assert bool(self.upload.failure_reason) == (self.upload.state is State.FAILED)

    @invariant()
    def a_video_never_counts_as_waste(self) -> None:
        assert not (self.upload.leftovers and self.upload.state is State.COMPLETED)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)
