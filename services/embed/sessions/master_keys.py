"""The master keys: a file of one AES-256 key a line, in base64 or hex, the newest one last.

New secrets are sealed under the last key; the others still open what they sealed, so a key can be
replaced without a moment at which something is unreadable. A key is known by a fingerprint, so the
order of the older ones does not matter. A file of exactly 32 raw bytes is one key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from services.servicekit.state import StateError

KEY_BYTES = 32


RESTORE = (
    "Restore the file from a backup: nothing else opens the API keys that are kept, nor finds the "
    "workspaces that belong to them. To do without both, `python -m services.embed.rotate_keys "
    "--forget` makes a new key."
)


class MasterKeyError(StateError):
    """The master key file is missing, malformed, or lacks the key that sealed a secret."""


@dataclass(frozen=True, kw_only=True, repr=False)
class MasterKeys:
    """The content of a master key file. keys: by fingerprint, oldest first."""

    keys: Mapping[str, bytes]

    @property
    def current(self) -> str:
        """The fingerprint of the newest, which seals from now on; older ones only open."""
        return list(self.keys)[-1]

    @classmethod
    def new(cls) -> Self:
        """One random key, for an installation without any."""
        return cls._of([secrets.token_bytes(KEY_BYTES)])

    def with_new_key(self) -> Self:
        """The same and a new, current one; what older ones sealed can still be opened."""
        return self._of([*self.keys.values(), secrets.token_bytes(KEY_BYTES)])

    def only_current(self) -> Self:
        """Without those that nothing is sealed with any more, which the caller has to know."""
        return self._of([self.keys[self.current]])

    @classmethod
    def read(cls, file: Path) -> Self:
        """Raises MasterKeyError with words that tell what is wrong with the file."""
        try:
            content = file.read_bytes()
        except OSError as error:
            raise MasterKeyError(
                f"The master key file {file} cannot be read: {error.strerror}. {RESTORE}"
            ) from None
        if len(content) == KEY_BYTES:
            return cls._of([content])
        keys = [_decoded(line.strip(), file) for line in content.splitlines() if line.strip()]
        if not keys:
            raise MasterKeyError(f"The master key file {file} holds no key. {RESTORE}")
        return cls._of(keys)

    def write(self, file: Path) -> None:
        """Replaces the file in one step, readable by its owner only."""
        lines = [base64.b64encode(key).decode() + "\n" for key in self.keys.values()]
        partial = file.with_name(file.name + ".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(file)

    @classmethod
    def _of(cls, keys: list[bytes]) -> Self:
        return cls(keys={_fingerprint(key): key for key in keys})


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"sage master key" + key).hexdigest()[:12]


def _decoded(line: bytes, file: Path) -> bytes:
    for decode in (bytes.fromhex, _from_base64):
        try:
            key = decode(line.decode("ascii"))
        except (ValueError, binascii.Error):
            continue
        if len(key) == KEY_BYTES:
            return key
    # Never the line itself: it may be most of a key.
    raise MasterKeyError(
        f"The master key file {file} has a line that is not {KEY_BYTES} bytes in base64 or hex. "
        f"{RESTORE}"
    )


def _from_base64(line: str) -> bytes:
    return base64.b64decode(line, validate=True)
