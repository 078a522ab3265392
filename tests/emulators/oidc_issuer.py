"""An OpenID Connect issuer: publishes its keys over HTTP, and signs tokens as a provider does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

AUDIENCE = "sage"


class OidcIssuer:
    """`running` serves `/.well-known/openid-configuration` and `/keys`.

    away: whether it answers with errors. asked: how often its keys were read.
    """

    def __init__(self) -> None:
        self.url = ""
        self.away = False
        self.asked = 0
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self.rotate("first")

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/keys"

    def rotate(self, key_id: str) -> None:
        """Signs with a new key, and publishes that one alone."""
        self._keys = {key_id: rsa.generate_private_key(public_exponent=65537, key_size=2048)}

    def token(self, **claims: Any) -> str:
        """A token for `sub` "ada" that lasts a minute, unless the claims say otherwise."""
        ((key_id, key),) = self._keys.items()
        now = int(time.time())
        standard = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "ada",
            "iat": now,
            "exp": now + 60,
        }
        present = {name: claim for name, claim in (standard | claims).items() if claim is not None}
        return jwt.encode(present, key, algorithm="RS256", headers={"kid": key_id})

    @contextmanager
    def running(self) -> Iterator[OidcIssuer]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                pages = {
                    "/.well-known/openid-configuration": issuer.configuration(),
                    "/keys": issuer.public_keys(),
                }
                found = pages.get(self.path)
                issuer.asked += self.path == "/keys"
                self.send_response(503 if issuer.away else 200 if found else 404)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *arguments: object) -> None:
                """Says nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "jwks_uri": self.jwks_url,
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def public_keys(self) -> dict[str, Any]:
        return {
            "keys": [
                {
                    **RSAAlgorithm.to_jwk(key.public_key(), as_dict=True),
                    "kid": key_id,
                    "alg": "RS256",
                    "use": "sig",
                }
                for key_id, key in self._keys.items()
            ]
        }
