"""Bearer tokens of an OpenID Connect issuer that the operator trusts.

Such a token names no workspace of SAGE's. One of its claims, a person or a team, leads to one.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError
from services.servicekit.identity import Identity, Scope, unauthenticated

log = structlog.get_logger()

# With a public key only: whoever can check a token cannot make one.
ALGORITHMS = (
    *("ES256", "ES384", "ES512", "EdDSA"),
    *("PS256", "PS384", "PS512", "RS256", "RS384", "RS512"),
)
_LEEWAY_SECONDS = 10
# Of the year 9999: a timestamp of the contract holds no later one.
_LAST_SECOND = 253402300799
_FETCH_SECONDS = 5
# Keys that the issuer took back are good for at most this long, and so are those of an issuer that
# cannot be asked.
_FRESH_SECONDS = 300.0
_USABLE_SECONDS = 3600.0
# A token with a key that nobody knows has the issuer asked, but not each of them.
_ASK_AGAIN_SECONDS = 10.0


class IssuerKeys:
    """The public keys of an issuer, by URL.

    clock: seconds that never jump.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=_FETCH_SECONDS)
        self._clock = clock
        self._keys: Mapping[str | None, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def find(self, key_id: str | None) -> jwt.PyJWK | None:
        """The key of that id; None when the issuer has none.

        Raises SageError(DEPENDENCY_UNAVAILABLE) when the issuer cannot be asked.
        """
        if key_id not in self._keys or self._age() > _FRESH_SECONDS:
            async with self._asking:
                if self._clock() - self._asked_at > _ASK_AGAIN_SECONDS:
                    await self._ask()
        if self._age() > _USABLE_SECONDS:
            raise SageError(
                ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                "The keys of the OpenID Connect issuer cannot be read at the moment. Try again.",
                retry_after=_ASK_AGAIN_SECONDS,
            )
        return self._keys.get(key_id)

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    async def _ask(self) -> None:
        self._asked_at = self._clock()
        try:
            found = await asyncio.to_thread(self._client.get_jwk_set, refresh=True)
        except (jwt.PyJWTError, ValueError, OSError) as error:
            log.warning("issuer_keys_not_read", error=repr(error))
            return
        self._keys = {key.key_id: key for key in found.keys}
        self._fetched_at = self._asked_at


class OidcVerifier:
    """Checks the tokens of one issuer.

    workspace_claim: the claim that leads to a workspace.
    """

    def __init__(
        self, keys: IssuerKeys, *, issuer: str, audience: str, workspace_claim: str
    ) -> None:
        self._keys = keys
        self.issuer = issuer
        self._audience = audience
        self._claim = workspace_claim

    async def verify(self, token: str) -> Identity:
        """The identity that the token proves.

        Raises SageError(UNAUTHENTICATED) for a token that is malformed, expired, for somebody else,
        or says nothing of a workspace; DEPENDENCY_UNAVAILABLE when the issuer cannot be asked.
        """
        try:
            key = await self._keys.find(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                raise unauthenticated("The access token is signed with a key its issuer has not.")
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._audience,
                issuer=self.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise unauthenticated("The access token has expired. Get a new one.") from None
        except (jwt.InvalidTokenError, jwt.PyJWKError):
            raise unauthenticated("The access token is not valid here. Get a new one.") from None
        return Identity(
            workspace=self._workspace_of(claims),
            session=_name(self.issuer, str(claims["sub"])),
            scope=Scope.USER,
            token=token,
            external=True,
            expires_at=min(int(claims["exp"]), _LAST_SECOND),
        )

    def _workspace_of(self, claims: Mapping[str, Any]) -> str:
        value = claims.get(self._claim)
        if not isinstance(value, str) or not value:
            raise unauthenticated(
                f"The access token leads to no workspace: its claim {self._claim} holds no text."
            )
        return _name(self.issuer, value)


def _name(issuer: str, value: str) -> str:
    """An id that no API key leads to, whatever the claim says: those are hexadecimal."""
    digest = hashlib.sha256(f"{issuer}\0{value}".encode()).hexdigest()
    return f"oidc{digest[:32]}"
