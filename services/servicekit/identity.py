"""Who is calling: the claims of a verified token, at hand for the length of a call."""

from __future__ import annotations

import enum
from contextvars import ContextVar
from dataclasses import dataclass

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError
from services.servicekit.sharing import Share


class Scope(enum.StrEnum):
    """What kind of caller a token is for."""

    # A person, or a program with an API key of theirs.
    USER = "user"
    # A program with an API token, which may call what only reads.
    READ = "read"
    # A program with an API token, which may call all but what decides who may come in.
    WRITE = "write"
    # One of SAGE's services, acting for a workspace on its own account.
    SERVICE = "service"
    # Whoever has a link to what somebody shared.
    SHARE = "share"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The caller of the call under way.

    session: its id; that of an API token is the token's.
    token: the token itself, to be passed on to other services.
    external: whether another issuer vouches for the caller; then SAGE keeps no session of theirs.
    expires_at: when the token does, in seconds since 1970.
    """

    workspace: str
    session: str
    scope: Scope
    token: str
    # What the caller may see, with the scope SHARE; None with any other.
    share: Share | None = None
    external: bool = False
    expires_at: int = 0


_current: ContextVar[Identity | None] = ContextVar("identity", default=None)


def current_identity() -> Identity:
    """The caller of the call under way.

    Raises SageError(UNAUTHENTICATED) in a call that carries no token.
    """
    identity = _current.get()
    if identity is None:
        raise unauthenticated("The call carries no access token. Create a session first.")
    return identity


def present_identity() -> Identity | None:
    """The caller of the call under way; None in a call that carries no token."""
    return _current.get()


def bind_identity(identity: Identity | None) -> None:
    """Makes `identity` the caller of the running call (called by the interceptor)."""
    _current.set(identity)


def unauthenticated(message: str) -> SageError:
    """To be raised, with what to do about it in the message: SageError(UNAUTHENTICATED)."""
    return SageError(ErrorReason.ERROR_REASON_UNAUTHENTICATED, message)
