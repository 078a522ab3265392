"""What a multipart upload is to those who use one, whatever store it is in."""

from __future__ import annotations

from dataclasses import dataclass


class StoreUploadGone(Exception):
    """The store knows no such multipart upload: it was completed or aborted."""


@dataclass(frozen=True, kw_only=True)
class StoredPart:
    """A part as the store has it. length: bytes. etag: as the store gave it, quotes included."""

    length: int
    etag: str
