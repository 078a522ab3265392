"""Access tokens: JSON Web Tokens signed with ES256, issued by embed and verified by everybody.

`python -m services.servicekit.tokens --signing-key FILE --jwks FILE` makes the key pair when it is
missing; run it once before the services start.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
import uuid
from pathlib import Path

import jwt
import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from services.servicekit.identity import Identity, Scope, unauthenticated
from services.servicekit.state import StateError

log = structlog.get_logger()

ISSUER = "sage"
AUDIENCE = "sage"
_ALGORITHM = "ES256"
# Clocks of two machines may differ by this many seconds.
_LEEWAY_SECONDS = 10


class TokenIssuer:
    """Signs tokens with the private key of a PEM file.

    Raises StateError when the file holds none.
    """

    def __init__(self, signing_key_file: Path) -> None:
        self._key = _load_private_key(signing_key_file)
        self._key_id = _key_id(self._key.public_key())

    def issue(
        self,
        *,
        workspace: str,
        session: str,
        lifetime_seconds: float,
        scope: Scope = Scope.USER,
    ) -> str:
        now = time.time()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": session,
            "workspace": workspace,
            "scope": scope.value,
            "iat": int(now),
            "exp": int(now + lifetime_seconds),
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM, headers={"kid": self._key_id})


class TokenVerifier:
    """Checks tokens against a JWKS file. Reads the file again when a key is unknown (rotation).

    Raises StateError when the file holds no keys at the start; later on, the keys that were read
    hold until it does again.
    """

    def __init__(self, jwks_file: Path) -> None:
        self._file = jwks_file
        self._keys = self._read()

    def verify(self, token: str) -> Identity:
        """The identity that the token proves.

        Raises SageError(UNAUTHENTICATED) for a token that is malformed, expired or not ours.
        """
        try:
            key_id = jwt.get_unverified_header(token).get("kid", "")
            if key_id not in self._keys:
                self._read_again()
            if key_id not in self._keys:
                raise unauthenticated("The access token was not issued by this server.")
            claims = jwt.decode(
                token,
                self._keys[key_id],
                algorithms=[_ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "workspace", "scope"]},
            )
            return Identity(
                workspace=str(claims["workspace"]),
                session=str(claims["sub"]),
                scope=Scope(claims["scope"]),
                token=token,
            )
        except jwt.ExpiredSignatureError:
            raise unauthenticated("The session has expired. Create a new one.") from None
        except (jwt.InvalidTokenError, ValueError):
            raise unauthenticated("The access token is not valid. Create a new session.") from None

    def _read_again(self) -> None:
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


def create_signing_key(signing_key_file: Path, jwks_file: Path) -> None:
    """Writes a new private key (unless there is one) and the JWKS that verifies its tokens.

    Raises StateError when there is a file that holds no private key.
    """
    signing_key_file.parent.mkdir(parents=True, exist_ok=True)
    jwks_file.parent.mkdir(parents=True, exist_ok=True)
    if not signing_key_file.exists():
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        descriptor = os.open(signing_key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
    public_key = _load_private_key(signing_key_file).public_key()
    jwk = {
        **json.loads(ECAlgorithm.to_jwk(public_key)),
        "kid": _key_id(public_key),
        "alg": _ALGORITHM,
        "use": "sig",
    }
    # Replaced in one step: Envoy and the services may be reading it.
    partial = jwks_file.with_suffix(".partial")
    partial.write_text(json.dumps({"keys": [jwk]}, indent=2))
    partial.replace(jwks_file)


def _load_private_key(file: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise _unusable_signing_key(file, f"cannot be read ({error.strerror})") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unusable_signing_key(file, "is damaged") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise _unusable_signing_key(file, "holds no elliptic-curve key")
    return key


def _unusable_signing_key(file: Path, what: str) -> StateError:
    return StateError(
        f"The signing key {file} (SAGE_TOKEN_SIGNING_KEY_FILE) {what}. Restore it from a backup, "
        "or remove it and make a new one, which ends all sessions and nothing else: python -m "
        f"services.servicekit.tokens --signing-key {file} --jwks FILE (make run does so itself)."
    )


def _key_id(key: ec.EllipticCurvePublicKey) -> str:
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(spki).hexdigest()[:16]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signing-key", type=Path, required=True)
    parser.add_argument("--jwks", type=Path, required=True)
    arguments = parser.parse_args()
    create_signing_key(arguments.signing_key, arguments.jwks)


if __name__ == "__main__":
    main()
