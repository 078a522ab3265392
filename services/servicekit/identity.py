"""Who is calling: the claims of a verified token, at hand for the length of a call."""

from __future__ import annotations

import enum
from contextvars import ContextVar
from dataclasses import dataclass

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError


class Scope(enum.StrEnum):
    """What kind of caller a token is for."""

    USER = "user"
    # One of SAGE's services, acting for a workspace on its own account.
    SERVICE = "service"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The caller of the call under way."""

    workspace: str
    session: str
    scope: Scope
    # The token itself, to be passed on to other services.
    token: str


_current: ContextVar[Identity | None] = ContextVar("identity", default=None)


def current_identity() -> Identity:
    """The caller of the call under way.

    Raises SageError(UNAUTHENTICATED) in a call that carries no token.
    """
    identity = _current.get()
    if identity is None:
        raise unauthenticated("The call carries no access token. Create a session first.")
    return identity


def bind_identity(identity: Identity | None) -> None:
    """Makes `identity` the caller of the running call (called by the interceptor)."""
    _current.set(identity)


def unauthenticated(message: str) -> SageError:
    return SageError(ErrorReason.ERROR_REASON_UNAUTHENTICATED, message)
