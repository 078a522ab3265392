"""Access tokens: JSON Web Tokens signed with ES256, issued by embed and verified by everybody.

`python -m services.servicekit.tokens --signing-key FILE --jwks FILE` makes the key pair when it is
missing; run it once before the services start. With `--rotate` it makes a new one while everything
runs, and with `--retire` it ends what older ones have signed.
"""

from __future__ import annotations

import argparse
import json
import time
import uuid
from pathlib import Path

import jwt
import structlog

from services.servicekit.identity import Identity, Scope, unauthenticated
from services.servicekit.settings import OWN_ISSUER
from services.servicekit.sharing import Share, share_of_claim
from services.servicekit.signing_keys import (
    ALGORITHM,
    create_signing_key,
    key_id,
    load_private_key,
    retire_old_keys,
    rotate_signing_key,
)
from services.servicekit.state import StateError

log = structlog.get_logger()

AUDIENCE = "sage"
# Clocks of two machines may differ by this many seconds.
_LEEWAY_SECONDS = 10


class TokenIssuer:
    """Signs tokens with the private key of a PEM file, and with the next one once that is there.

    Raises StateError when the file holds none at the start.
    """

    def __init__(self, signing_key_file: Path) -> None:
        self._file = signing_key_file
        self._written_at = _written_at(signing_key_file)
        self._key = load_private_key(signing_key_file)
        self._key_id = key_id(self._key.public_key())

    def issue(
        self,
        *,
        workspace: str,
        session: str,
        lifetime_seconds: float,
        scope: Scope = Scope.USER,
        share: Share | None = None,
    ) -> str:
        """A signed token. share: what it lets see, with the scope SHARE."""
        self._read_again()
        now = time.time()
        claims = {
            "iss": OWN_ISSUER,
            "aud": AUDIENCE,
            "sub": session,
            "workspace": workspace,
            "scope": scope.value,
            "iat": int(now),
            "exp": int(now + lifetime_seconds),
            "jti": uuid.uuid4().hex,
            **({} if share is None else {"share": share.to_claim()}),
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self._key_id})

    def _read_again(self) -> None:
        written_at = _written_at(self._file)
        if written_at == self._written_at:
            return
        self._written_at = written_at
        try:
            self._key = load_private_key(self._file)
        except StateError as error:
            log.error("signing_key_unreadable", reason=str(error))
            return
        self._key_id = key_id(self._key.public_key())


class TokenVerifier:
    """Checks tokens against a JWKS file. Reads the file again when it was written (rotation).

    Raises StateError when the file holds no keys at the start; later on, the keys that were read
    hold until it does again.
    """

    def __init__(self, jwks_file: Path) -> None:
        self._file = jwks_file
        self._written_at = _written_at(jwks_file)
        self._keys = self._read()

    def verify(self, token: str) -> Identity:
        """The identity that the token proves.

        Raises SageError(UNAUTHENTICATED) for a token that is malformed, expired or not ours.
        """
        try:
            used = jwt.get_unverified_header(token).get("kid", "")
            self._read_again()
            if used not in self._keys:
                raise unauthenticated("The access token was not issued by this server.")
            claims = jwt.decode(
                token,
                self._keys[used],
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=OWN_ISSUER,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "workspace", "scope"]},
            )
            scope = Scope(claims["scope"])
            return Identity(
                workspace=str(claims["workspace"]),
                session=str(claims["sub"]),
                scope=scope,
                token=token,
                share=share_of_claim(claims.get("share")) if scope is Scope.SHARE else None,
                expires_at=int(claims["exp"]),
            )
        except jwt.ExpiredSignatureError:
            raise unauthenticated("The session has expired. Create a new one.") from None
        except (jwt.InvalidTokenError, ValueError):
            raise unauthenticated("The access token is not valid. Create a new session.") from None

    def _read_again(self) -> None:
        written_at = _written_at(self._file)
        if written_at == self._written_at:
            return
        self._written_at = written_at
        try:
            self._keys = self._read()
        except StateError as error:
            log.error("public_keys_unreadable", reason=str(error))

    def _read(self) -> dict[str, jwt.PyJWK]:
        try:
            keys = json.loads(self._file.read_text())["keys"]
            found = {key["kid"]: jwt.PyJWK(key) for key in keys}
        except OSError as error:
            raise self._unusable(f"cannot be read ({error.strerror})") from None
        except (ValueError, TypeError, KeyError, jwt.PyJWTError):
            raise self._unusable("is damaged") from None
        if not found:
            raise self._unusable("holds no key")
        return found

    def _unusable(self, what: str) -> StateError:
        return StateError(
            f"The file of public keys {self._file} (SAGE_JWKS_FILE) {what}. Make it anew from the "
            "signing key, which costs nothing: python -m services.servicekit.tokens "
            f"--signing-key FILE --jwks {self._file}"
        )


def _written_at(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signing-key", type=Path, required=True)
    parser.add_argument("--jwks", type=Path, required=True)
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--rotate", action="store_true", help="sign with a new key from now on")
    change.add_argument("--retire", action="store_true", help="end what older keys have signed")
    arguments = parser.parse_args()
    if arguments.rotate:
        rotate_signing_key(arguments.signing_key, arguments.jwks)
    elif arguments.retire:
        retire_old_keys(arguments.signing_key, arguments.jwks)
    else:
        create_signing_key(arguments.signing_key, arguments.jwks)


if __name__ == "__main__":
    main()
