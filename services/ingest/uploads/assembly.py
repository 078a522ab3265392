"""Chunks of any size become parts of the upload's size. Pure logic."""

from __future__ import annotations

from collections.abc import Iterator

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.uploads.upload import Upload
from services.servicekit.errors import SageError


class PartAssembler:
    """Fills one part at a time; never holds more than that one.

    offset: where in the file the first chunk goes; the beginning of a part, or the file's end.
    """

    def __init__(self, upload: Upload, offset: int) -> None:
        self._upload = upload
        # Rounded up: the end of the file may lie within its last part.
        self._number = -(-offset // upload.part_size) + 1
        self._part = self._new_part()
        self._filled = 0

    @property
    def finished(self) -> bool:
        """Whether the last part has been handed out."""
        return self._number > self._upload.part_count

    def add(self, chunk: bytes) -> Iterator[tuple[int, bytearray]]:
        """Takes the next bytes of the file; gives out the parts that they fill, with numbers.

        Raises SageError(PART_OUT_OF_RANGE) for bytes beyond the announced end.
        """
        rest = memoryview(chunk)
        while rest:
            if self.finished:
                raise SageError(
                    ErrorReason.ERROR_REASON_PART_OUT_OF_RANGE,
                    f"More came than the {self._upload.spec.size_bytes} bytes that were announced.",
                    metadata={"size_bytes": str(self._upload.spec.size_bytes)},
                )
            taken = min(len(rest), len(self._part) - self._filled)
            self._part[self._filled : self._filled + taken] = rest[:taken]
            self._filled += taken
            rest = rest[taken:]
            if self._filled == len(self._part):
                whole, number = self._part, self._number
                self._number += 1
                self._part, self._filled = bytearray(), 0
                yield number, whole
                # Made only when the part before is on its way.
                self._part = self._new_part()

    def _new_part(self) -> bytearray:
        return bytearray() if self.finished else bytearray(self._upload.part_length(self._number))
