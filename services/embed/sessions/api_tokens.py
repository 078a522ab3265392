"""API tokens: long-lived, named, for reading or for writing, known to the server by their hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.sessions.sessions import Session, hash_of
from services.embed.tasks.task_state import SECOND, Micros
from services.servicekit.errors import SageError, not_found
from services.servicekit.identity import Scope
from services.servicekit.listing.requests import ListRequest, Page
from services.servicekit.names import new_id
from services.servicekit.tokens import TokenIssuer

DEFAULT_SECONDS = 365 * 24 * 3600.0
# Every service keeps the ids of revoked ones in memory until they expire.
MOST = 500


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    """What is kept of an API token. key_hash: of the API key whose session made it, or empty."""

    id: str
    workspace: str
    display_name: str
    scope: Scope
    token_hash: str
    key_hash: str
    created_at: Micros
    expires_at: Micros

    @property
    def name(self) -> str:
        """The resource name, without the workspace, which the token tells."""
        return f"apiTokens/{self.id}"


class ApiTokenRows(Protocol):
    """Where API tokens are kept."""

    async def add(self, token: ApiToken, now: Micros, most: int) -> bool:
        """Keeps a token, unless the workspace has `most` that have not expired; whether it did."""
        ...

    async def get(self, workspace: str, token_id: str, now: Micros) -> ApiToken | None:
        """None for one that is revoked, expired, or another workspace's."""
        ...

    async def page(self, workspace: str, now: Micros, listing: ListRequest) -> Page[ApiToken]:
        """Those that are good. Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN)."""
        ...

    async def revoke(self, workspace: str, token_id: str, now: Micros) -> bool:
        """Whether there was one that was good."""
        ...


class ApiTokens:
    """Makes, lists and revokes API tokens."""

    def __init__(self, rows: ApiTokenRows, issuer: TokenIssuer) -> None:
        self._rows = rows
        self._issuer = issuer

    async def create(
        self, session: Session, *, display_name: str, scope: Scope, seconds: float, now: Micros
    ) -> tuple[ApiToken, str]:
        """A new token of the session's workspace, and what it is on the wire.

        Raises SageError(QUOTA_EXCEEDED).
        """
        token_id = new_id()
        secret = self._issuer.issue(
            workspace=session.workspace, session=token_id, lifetime_seconds=seconds, scope=scope
        )
        token = ApiToken(
            id=token_id,
            workspace=session.workspace,
            display_name=display_name,
            scope=scope,
            token_hash=hash_of(secret),
            key_hash=session.key_hash,
            created_at=now,
            expires_at=now + round(seconds * SECOND),
        )
        if not await self._rows.add(token, now, MOST):
            raise SageError(
                ErrorReason.ERROR_REASON_QUOTA_EXCEEDED,
                f"The workspace has {MOST} API tokens that have not expired, with those that were "
                "revoked. Wait until some have, and make the next ones with a shorter ttl.",
                metadata={"quota": "apiTokens", "limit": str(MOST), "used": str(MOST)},
            )
        return token, secret

    async def get(self, workspace: str, token_id: str, now: Micros) -> ApiToken:
        """Raises SageError(NOT_FOUND)."""
        token = await self._rows.get(workspace, token_id, now)
        if token is None:
            raise not_found(f"apiTokens/{token_id}")
        return token

    async def page(self, workspace: str, now: Micros, listing: ListRequest) -> Page[ApiToken]:
        """Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN)."""
        return await self._rows.page(workspace, now, listing)

    async def revoke(self, workspace: str, token_id: str, now: Micros) -> None:
        """Raises SageError(NOT_FOUND)."""
        if not await self._rows.revoke(workspace, token_id, now):
            raise not_found(f"apiTokens/{token_id}")
