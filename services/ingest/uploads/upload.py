"""An upload: the geometry of its parts, and the states it may go through. Pure logic.

    ACTIVE ──begin──> COMPLETING ──succeed──> COMPLETED
      │                 │  │  ▲
      │                 │  │  └─ begin again, once the lease of the one before has run out
      │                 │  └──────fail──────> FAILED
      └──────abort──────┴───────────────────> ABORTED

Every transition returns a new Upload with the next `version`; whoever stores it does so only if the
stored version is still the one that the transition started from, so that of two replicas one wins.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

PART_BYTES = 10 * 1024 * 1024
MOST_PARTS = 10_000
_LISTED_PARTS = 20


class State(enum.StrEnum):
    """The stages of an upload."""

    ACTIVE = "ACTIVE"
    COMPLETING = "COMPLETING"
    COMPLETED = "COMPLETED"
    ABORTED = "ABORTED"
    FAILED = "FAILED"


@dataclass(frozen=True, kw_only=True)
class FileSpec:
    """What a client announces about a file.

    display_name: without any path. content_type: as the client believes. sha256: lower-case hex,
    empty when not announced.
    """

    display_name: str
    size_bytes: int
    content_type: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file on its way in.

    request_id: the client's, which makes creating it safe to repeat; empty without.
    video_id: of the video that it is to become; known from the start, so that completing it twice
        makes one video.
    store_upload: the store's id of the multipart upload; None until the store has opened it.
    lease_owner, lease_end: which replica is completing it, and until when it may be silent.
    leftovers: whether something of it may still lie in the store although it is over.
    version: counts the changes.
    """

    id: str
    workspace: str
    spec: FileSpec
    part_size: int
    state: State
    video_id: str
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    request_id: str = ""
    store_upload: str | None = None
    failure_reason: str = ""
    failure_message: str = ""
    lease_owner: str = ""
    lease_end: datetime | None = None
    leftovers: bool = False
    version: int = 1

    @property
    def name(self) -> str:
        """The resource name, without the workspace, which the token tells."""
        return f"uploads/{self.id}"

    @property
    def part_count(self) -> int:
        """The last part may be shorter than the others."""
        return -(-self.spec.size_bytes // self.part_size)

    def part_length(self, number: int) -> int:
        """The length in bytes that part `number` must have.

        Raises SageError(PART_OUT_OF_RANGE) for a number that the upload does not have.
        """
        if not 1 <= number <= self.part_count:
            raise SageError(
                ErrorReason.ERROR_REASON_PART_OUT_OF_RANGE,
                f"The upload has the parts 1 to {self.part_count}; there is no part {number}.",
                metadata={"part_number": str(number), "part_count": str(self.part_count)},
            )
        if number < self.part_count:
            return self.part_size
        return self.spec.size_bytes - self.part_size * (self.part_count - 1)

    def check_part(self, number: int, length: int) -> None:
        """Raises SageError(PART_OUT_OF_RANGE) unless part `number` is `length` bytes long."""
        expected = self.part_length(number)
        if length != expected:
            raise SageError(
                ErrorReason.ERROR_REASON_PART_OUT_OF_RANGE,
                f"Part {number} must be {expected} bytes long; {length} bytes came.",
                metadata={"part_number": str(number), "expected_bytes": str(expected)},
            )

    def durable_parts(self, stored: Mapping[int, int]) -> list[int]:
        """The numbers of the parts that are whole, ascending; `stored` maps numbers to lengths."""
        if self.state is State.COMPLETED:
            return list(range(1, self.part_count + 1))
        return sorted(
            number
            for number, length in stored.items()
            if 1 <= number <= self.part_count and length == self.part_length(number)
        )

    def contiguous_bytes(self, durable: list[int]) -> int:
        """How many bytes the longest run of parts from the first one on holds."""
        run = 0
        for expected, number in enumerate(durable, start=1):
            if number != expected:
                break
            run = number
        return min(run * self.part_size, self.spec.size_bytes)

    def check_whole(self, durable: list[int]) -> None:
        """Raises SageError(UPLOAD_INCOMPLETE), listing the missing parts, unless all are there."""
        missing = sorted(set(range(1, self.part_count + 1)) - set(durable))
        if missing:
            listed = ",".join(str(number) for number in missing[:_LISTED_PARTS])
            more = ",..." if len(missing) > _LISTED_PARTS else ""
            raise SageError(
                ErrorReason.ERROR_REASON_UPLOAD_INCOMPLETE,
                f"{len(missing)} of {self.part_count} parts are missing: {listed}{more}. "
                "Send them, then complete the upload again.",
                metadata={"missing_parts": listed + more, "missing_count": str(len(missing))},
            )

    def check_active(self) -> None:
        """Raises SageError(UPLOAD_NOT_ACTIVE) unless the upload takes parts."""
        if self.state is not State.ACTIVE:
            raise self.not_active()

    def not_active(self) -> SageError:
        """The error that says why nothing more can be done with the upload."""
        because = {
            State.ACTIVE: "is not being completed",
            State.COMPLETING: "is being completed",
            State.COMPLETED: f"is complete: it became videos/{self.video_id}",
            State.ABORTED: "was given up or has expired; create a new one",
            State.FAILED: f"was refused: {self.failure_message}",
        }[self.state]
        return SageError(
            ErrorReason.ERROR_REASON_UPLOAD_NOT_ACTIVE,
            f"The upload {because}.".replace("..", "."),
            metadata={"upload": self.name, "state": self.state.value},
        )

    def leased(self, now: datetime) -> bool:
        """Whether a replica is completing the upload at the moment."""
        return (
            self.state is State.COMPLETING and self.lease_end is not None and self.lease_end > now
        )

    def opened(self, store_upload: str, now: datetime) -> Upload:
        """The store takes parts for it."""
        self.check_active()
        return self._next(now, store_upload=store_upload)

    def begin(
        self, owner: str, now: datetime, lease: timedelta, *, abandoned: bool = False
    ) -> Upload:
        """`owner` completes it from now on; not while somebody else's lease lasts.

        abandoned: that replica was seen to be silent for a lease's length, whatever clocks say.

        Raises SageError(UPLOAD_NOT_ACTIVE).
        """
        leased = self.leased(now) and not abandoned
        if self.state not in (State.ACTIVE, State.COMPLETING) or leased:
            raise self.not_active()
        return self._next(now, state=State.COMPLETING, lease_owner=owner, lease_end=now + lease)

    def touched(self, now: datetime, lifetime: timedelta) -> Upload:
        """The first part has come: it may stay unfinished for all of its lifetime."""
        self.check_active()
        return self._next(now, expires_at=self.created_at + lifetime)

    def succeed(self, owner: str, now: datetime) -> Upload:
        """It became its video."""
        self._check_owner(owner)
        return self._over(now, state=State.COMPLETED)

    def fail(self, owner: str, now: datetime, *, reason: str, message: str) -> Upload:
        """It was refused; its bytes are to be removed."""
        self._check_owner(owner)
        return self._over(
            now, state=State.FAILED, failure_reason=reason, failure_message=message, leftovers=True
        )

    def abort(self, now: datetime) -> Upload:
        """It is given up; its bytes are to be removed. Nothing changes when it already was.

        Raises SageError(UPLOAD_NOT_ACTIVE).
        """
        if self.state is State.ABORTED:
            return self
        if self.state not in (State.ACTIVE, State.COMPLETING) or self.leased(now):
            raise self.not_active()
        return self._over(now, state=State.ABORTED, leftovers=True)

    def cleaned(self, now: datetime) -> Upload:
        """Nothing of it lies in the store any more."""
        return self._next(now, leftovers=False)

    def _check_owner(self, owner: str) -> None:
        if self.state is not State.COMPLETING or self.lease_owner != owner:
            raise self.not_active()

    def _over(
        self,
        now: datetime,
        *,
        state: State,
        failure_reason: str = "",
        failure_message: str = "",
        leftovers: bool = False,
    ) -> Upload:
        return replace(
            self._next(now, state=state, lease_owner="", lease_end=None, leftovers=leftovers),
            failure_reason=failure_reason,
            failure_message=failure_message,
        )

    def _next(self, now: datetime, **changes: object) -> Upload:
        return replace(self, updated_at=now, version=self.version + 1, **changes)  # type: ignore[arg-type]


def check_spec(spec: FileSpec, part_size: int = PART_BYTES) -> None:
    """Raises SageError for a file that cannot be taken in: EMPTY_FILE, FILE_TOO_LARGE."""
    if spec.size_bytes == 0:
        raise SageError(
            ErrorReason.ERROR_REASON_EMPTY_FILE,
            "The file is empty. Export or choose the video again.",
        )
    if spec.size_bytes > MOST_PARTS * part_size:
        raise SageError(
            ErrorReason.ERROR_REASON_FILE_TOO_LARGE,
            f"The file is larger than {MOST_PARTS * part_size // 10**9} GB, the most that one "
            "upload takes. Export it with a lower bit rate, or in parts.",
            metadata={"max_bytes": str(MOST_PARTS * part_size)},
        )
