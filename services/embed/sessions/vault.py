"""Encrypts secrets with AES-256-GCM under versioned master keys, and recognises them by a hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.embed.sessions.master_keys import KEY_BYTES, RESTORE, MasterKeyError, MasterKeys

_NONCE_BYTES = 12


@dataclass(frozen=True, kw_only=True, repr=False)
class Sealed:
    """An encrypted secret. master_key: fingerprint of its key. data: nonce and ciphertext."""

    master_key: str
    data: bytes


class Vault:
    """Seals and opens secrets with the keys of one master key file.

    The file is read again when a secret names a key that is not known yet: another replica, or the
    rotation command, may have sealed it under a newer one.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._master = MasterKeys.read(file)

    @property
    def current(self) -> str:
        """Fingerprint of the master key that seals new secrets."""
        return self._master.current

    def seal(self, secret: bytes, *, context: str) -> Sealed:
        """context: what the secret belongs to; it does not open as anything else's."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = AESGCM(self._master.keys[self.current])
        ciphertext = cipher.encrypt(nonce, secret, context.encode())
        return Sealed(master_key=self.current, data=nonce + ciphertext)

    def open(self, sealed: Sealed, *, context: str) -> bytes:
        """Raises MasterKeyError when the master key is gone or the secret was tampered with."""
        if sealed.master_key not in self._master.keys:
            self._master = MasterKeys.read(self._file)
        if sealed.master_key not in self._master.keys:
            raise MasterKeyError(
                f"A secret was sealed with the key {sealed.master_key}, which the master key file "
                f"{self._file} does not hold. {RESTORE}"
            )
        nonce, ciphertext = sealed.data[:_NONCE_BYTES], sealed.data[_NONCE_BYTES:]
        try:
            cipher = AESGCM(self._master.keys[sealed.master_key])
            return cipher.decrypt(nonce, ciphertext, context.encode())
        except InvalidTag:
            raise MasterKeyError("A kept secret does not open with its master key.") from None

    def reseal(self, sealed: Sealed, *, context: str) -> Sealed:
        """The same secret under the newest master key."""
        return self.seal(self.open(sealed, context=context), context=context)


class KeyedHash:
    """HMAC-SHA-256: the same for the same secret, and tells nothing about it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @staticmethod
    def new_key() -> bytes:
        """32 random bytes; with another key, no secret is recognised any more."""
        return secrets.token_bytes(KEY_BYTES)

    def of(self, secret: str, *, purpose: str) -> str:
        """In hex. Hashes for different purposes tell nothing about each other."""
        message = f"{purpose}\0{secret}".encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
