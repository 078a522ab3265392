"""Sessions: who may come in, into which workspace, and until when."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.clock import now as this_moment
from services.embed.sessions.vault import KeyedHash, Sealed, Vault
from services.embed.tasks.task_state import SECOND, Micros
from services.servicekit.errors import SageError, not_found
from services.servicekit.identity import Identity, Scope, unauthenticated
from services.servicekit.names import new_id
from services.servicekit.sharing import Share
from services.servicekit.tokens import TokenIssuer

# A token for one piece of work of a service on its own account.
_SERVICE_TOKEN_SECONDS = 300.0
_SERVICE_SESSION = "embed"
# 128 bits in hex.
_WORKSPACE_ID_LENGTH = 32
# In place of the hash of a key: whoever vouches for the caller keeps the workspace theirs.
_ELSEWHERE = "elsewhere"


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session.

    key_hash: of the API key that opened it; empty without one.
    token_hash: of its token, where that is an API token; otherwise empty.
    """

    id: str
    workspace: str
    key_hash: str
    created_at: Micros
    expires_at: Micros
    token_hash: str = ""

    @property
    def name(self) -> str:
        """The resource name, without the workspace, which the token tells."""
        return f"sessions/{self.id}"


@dataclass(frozen=True, kw_only=True)
class KeptKey:
    """An API key as it is kept: encrypted, and found by its keyed hash."""

    key_hash: str
    workspace: str
    sealed: Sealed


class SessionRows(Protocol):
    """Where sessions and keys are kept."""

    async def open(self, session: Session) -> None:
        """Keeps a session, and makes its workspace when it is new."""
        ...

    async def ensure_workspace(self, workspace: str, now: Micros) -> None:
        """Makes a workspace when it is new, for those who come with a token of another issuer."""
        ...

    async def find(self, workspace: str, session_id: str) -> Session | None:
        """None for one that ended, or is another workspace's; one that expired is found."""
        ...

    async def close(self, workspace: str, session_id: str, now: Micros) -> None:
        """Ends a session, at every service; one that has ended, or is not there, is left alone."""
        ...

    async def close_all_with_key(self, workspace: str, now: Micros) -> None:
        """Ends the workspace's sessions that an API key opened; those without one go on."""
        ...

    async def keep_key(self, key: KeptKey, now: Micros) -> None:
        """Keeps an API key, or its newer seal."""
        ...

    async def key_of(self, workspace: str) -> KeptKey | None:
        """The key that the workspace works with, the one it was given last; None without any."""
        ...

    async def linked_workspace(self, key_hash: str) -> str | None:
        """Where the owner of an API key made it lead; None when it was never linked."""
        ...

    async def link_key(self, key: KeptKey, now: Micros) -> None:
        """Makes the key lead to its `workspace`; sessions that it opened elsewhere end."""
        ...

    async def forget_keys(self, workspace: str, *, links: bool) -> None:
        """Forgets the workspace's API keys, and with `links` that others lead to it."""
        ...


# Whether a workspace holds anything: videos, unfinished uploads, tasks, embeddings.
HoldsData = Callable[[str], Awaitable[bool]]


class KeyCheck(Protocol):
    """Asks the vendor whether a key is good."""

    async def __call__(self, api_key: str) -> None:
        """Raises SageError(API_KEY_INVALID or API_KEY_UNVERIFIED)."""
        ...


@dataclass(frozen=True, kw_only=True)
class KeyKeeping:
    """What it takes to keep API keys."""

    check: KeyCheck
    vault: Vault
    keyed_hash: KeyedHash


class Sessions:
    """Opens, finds and ends sessions.

    keeping: None when the server takes no API keys.
    anonymous_workspace: where sessions without a key lead; None when there are none.
    lifetime: seconds.
    """

    def __init__(
        self,
        rows: SessionRows,
        issuer: TokenIssuer,
        *,
        keeping: KeyKeeping | None,
        anonymous_workspace: str | None,
        lifetime: float,
    ) -> None:
        self._rows = rows
        self._issuer = issuer
        self._keeping = keeping
        self._anonymous = anonymous_workspace
        self._lifetime = lifetime
        self._welcomed: set[str] = set()

    async def open(self, api_key: str, now: Micros) -> tuple[Session, str]:
        """A new session and its access token.

        Raises SageError(ANONYMOUS_NOT_ALLOWED, API_KEY_INVALID, API_KEY_UNVERIFIED).
        """
        if api_key:
            keeping = await self._checked(api_key)
            kept = self._sealed(keeping, api_key, await self._leads_to(keeping, api_key))
            await self._rows.keep_key(kept, now)
            workspace, key_hash = kept.workspace, kept.key_hash
        elif self._anonymous is not None:
            workspace, key_hash = self._anonymous, ""
        else:
            raise SageError(
                ErrorReason.ERROR_REASON_ANONYMOUS_NOT_ALLOWED,
                "This server needs a TwelveLabs API key to open a session.",
            )
        session = Session(
            id=new_id(),
            workspace=workspace,
            key_hash=key_hash,
            created_at=now,
            expires_at=now + round(self._lifetime * SECOND),
        )
        await self._rows.open(session)
        token = self._issuer.issue(
            workspace=workspace, session=session.id, lifetime_seconds=self._lifetime
        )
        return session, token

    async def share(
        self, identity: Identity, share: Share, lifetime: float, now: Micros
    ) -> tuple[Session, str]:
        """A session for others, which may only read what is shared, and its access token.

        lifetime: seconds. Ends with the API key of the caller's session.
        """
        own = await self._rows.find(identity.workspace, identity.session)
        session = Session(
            id=new_id(),
            workspace=identity.workspace,
            key_hash="" if own is None else own.key_hash,
            created_at=now,
            expires_at=now + round(lifetime * SECOND),
        )
        await self._rows.open(session)
        token = self._issuer.issue(
            workspace=session.workspace,
            session=session.id,
            lifetime_seconds=lifetime,
            scope=Scope.SHARE,
            share=share,
        )
        return session, token

    async def link(
        self, session: Session, api_key: str, holds_data: HoldsData, now: Micros
    ) -> None:
        """Makes one more API key lead to the session's workspace.

        Raises SageError(WORKSPACE_SHARED, API_KEY_INVALID, API_KEY_UNVERIFIED,
        API_KEY_ALREADY_LINKED).
        """
        if not session.key_hash:
            raise SageError(
                ErrorReason.ERROR_REASON_WORKSPACE_SHARED,
                "This workspace is open to everybody, so no API key can be linked to it. "
                "Open a session with an API key first.",
            )
        keeping = await self._checked(api_key)
        target = await self._leads_to(keeping, api_key)
        if target != session.workspace and await holds_data(target):
            raise SageError(
                ErrorReason.ERROR_REASON_API_KEY_ALREADY_LINKED,
                "This API key leads to another workspace that holds data. "
                "Open a session with it and delete its videos, unfinished uploads, tasks and "
                "embeddings first.",
            )
        await self._rows.link_key(self._sealed(keeping, api_key, session.workspace), now)

    async def require(self, identity: Identity) -> None:
        """Raises SageError(UNAUTHENTICATED) when the session of a valid token has been ended."""
        if identity.scope is Scope.SERVICE:
            return
        if identity.external:
            await self._welcome(identity.workspace)
            return
        session = await self._rows.find(identity.workspace, identity.session)
        if session is None or not _fits(session, identity):
            raise unauthenticated("The session has ended. Create a new one.")

    async def get(self, identity: Identity, session_id: str) -> Session:
        """A session of the caller's workspace; `current` is the caller's own.

        Raises SageError(NOT_FOUND).
        """
        if session_id == "current" and identity.external:
            return _session_elsewhere(identity)
        wanted = identity.session if session_id == "current" else session_id
        session = await self._rows.find(identity.workspace, wanted)
        if session is None:
            raise not_found(f"sessions/{session_id}")
        return session

    async def has_api_key(self, workspace: str) -> bool:
        """Whether engines of a vendor can work for the workspace; no key is decrypted for it."""
        return await self._rows.key_of(workspace) is not None

    async def end(self, session: Session, now: Micros) -> None:
        """Its token is refused from now on, though it has not expired."""
        await self._rows.close(session.workspace, session.id, now)

    async def end_all_with_key(self, workspace: str, now: Micros) -> None:
        """Ends the workspace's sessions that an API key opened, as when the key is forgotten."""
        await self._rows.close_all_with_key(workspace, now)

    async def forget_keys(self, workspace: str, *, links: bool) -> None:
        """links: forget also which keys were linked to the workspace."""
        await self._rows.forget_keys(workspace, links=links)

    async def api_key(self, workspace: str) -> str | None:
        """The API key that the workspace works with, in the clear."""
        kept = await self._rows.key_of(workspace)
        if kept is None or self._keeping is None:
            return None
        return self._keeping.vault.open(kept.sealed, context=kept.key_hash).decode()

    def service_token(self, workspace: str) -> str:
        """A token with which this service acts for a workspace on its own account."""
        return self._issuer.issue(
            workspace=workspace,
            session=_SERVICE_SESSION,
            lifetime_seconds=_SERVICE_TOKEN_SECONDS,
            scope=Scope.SERVICE,
        )

    async def _welcome(self, workspace: str) -> None:
        """Makes the workspace of somebody who opens no session here, when it is new."""
        if workspace not in self._welcomed:
            await self._rows.ensure_workspace(workspace, this_moment())
            self._welcomed.add(workspace)

    async def _checked(self, api_key: str) -> KeyKeeping:
        """What it takes to keep a key that the vendor has found good."""
        if self._keeping is None:
            raise SageError(
                ErrorReason.ERROR_REASON_ENGINE_UNAVAILABLE,
                "This server keeps no API keys: its operator has set no master key.",
            )
        await self._keeping.check(api_key)
        return self._keeping

    async def _leads_to(self, keeping: KeyKeeping, api_key: str) -> str:
        linked = await self._rows.linked_workspace(_key_hash(keeping, api_key))
        if linked is not None:
            return linked
        # Follows from the key, so that its owner finds the workspace again even after the key
        # itself was forgotten.
        name = keeping.keyed_hash.of(api_key, purpose="name workspace")
        return name[:_WORKSPACE_ID_LENGTH]

    def _sealed(self, keeping: KeyKeeping, api_key: str, workspace: str) -> KeptKey:
        key_hash = _key_hash(keeping, api_key)
        sealed = keeping.vault.seal(api_key.encode(), context=key_hash)
        return KeptKey(key_hash=key_hash, workspace=workspace, sealed=sealed)


def _fits(session: Session, identity: Identity) -> bool:
    """Whether an API token is the very one that was made, should the signing key have leaked."""
    return not session.token_hash or hmac.compare_digest(
        session.token_hash, hash_of(identity.token)
    )


def _session_elsewhere(identity: Identity) -> Session:
    """What stands for the session of a caller for whom another issuer vouches."""
    return Session(
        id=identity.session,
        workspace=identity.workspace,
        key_hash=_ELSEWHERE,
        created_at=this_moment(),
        expires_at=identity.expires_at * SECOND,
    )


def hash_of(token: str) -> str:
    """By which an API token is known. Its signature is random enough: no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _key_hash(keeping: KeyKeeping, api_key: str) -> str:
    return keeping.keyed_hash.of(api_key, purpose="find key")
