"""The key pair of SAGE's own tokens: a private key in a PEM file, and the public ones in a JWKS."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from services.servicekit.state import StateError

ALGORITHM = "ES256"
# The gateway reads public keys every two seconds.
KNOWN_AFTER_SECONDS = 10.0


def create_signing_key(signing_key_file: Path, jwks_file: Path) -> None:
    """Writes a new private key (unless there is one) and the JWKS that verifies its tokens.

    Keys that the JWKS holds already stay, except beside a new private key: whoever took the old one
    away meant its tokens to end.

    Raises StateError when there is a file that holds no private key.
    """
    signing_key_file.parent.mkdir(parents=True, exist_ok=True)
    jwks_file.parent.mkdir(parents=True, exist_ok=True)
    others = _published(jwks_file) if signing_key_file.exists() else []
    if not signing_key_file.exists():
        _write_private_key(signing_key_file)
    _publish(jwks_file, others, load_private_key(signing_key_file))


def rotate_signing_key(
    signing_key_file: Path, jwks_file: Path, *, known_after: float = KNOWN_AFTER_SECONDS
) -> None:
    """Has new tokens signed with a new key, while those that were issued stay good.

    known_after: seconds between the public key and the private one, so that nobody meets a token
        whose key they do not know yet.
    """
    partial = signing_key_file.with_suffix(".new")
    partial.unlink(missing_ok=True)
    _write_private_key(partial)
    _publish(jwks_file, _published(jwks_file), load_private_key(partial))
    time.sleep(known_after)
    partial.replace(signing_key_file)


def retire_old_keys(signing_key_file: Path, jwks_file: Path) -> None:
    """Ends what keys before the present one have signed."""
    _publish(jwks_file, [], load_private_key(signing_key_file))


def _write_private_key(file: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)


def _published(jwks_file: Path) -> list[dict[str, str]]:
    """The keys in the file; none when there is no such file, or nothing to be read from it."""
    try:
        keys = json.loads(jwks_file.read_text())["keys"]
        return [{**key, "kid": jwt.PyJWK(key).key_id or key["kid"]} for key in keys]
    except (OSError, ValueError, TypeError, KeyError, jwt.PyJWTError):
        return []


def _publish(
    jwks_file: Path, others: list[dict[str, str]], key: ec.EllipticCurvePrivateKey
) -> None:
    public_key = key.public_key()
    jwk = {
        **json.loads(ECAlgorithm.to_jwk(public_key)),
        "kid": key_id(public_key),
        "alg": ALGORITHM,
        "use": "sig",
    }
    kept = [other for other in others if other["kid"] != jwk["kid"]]
    # Replaced in one step: Envoy and the services may be reading it.
    partial = jwks_file.with_suffix(".partial")
    partial.write_text(json.dumps({"keys": [*kept, jwk]}, indent=2))
    partial.replace(jwks_file)


def load_private_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """Raises StateError, which names the file."""
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


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """Of the key alone, so that every service finds the same: 16 digits of its SHA-256, in hex."""
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(spki).hexdigest()[:16]
