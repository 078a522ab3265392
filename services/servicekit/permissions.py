"""What a caller may call: its scope, held against what the contract says of the method."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from types import MappingProxyType

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit import sharing
from services.servicekit.errors import SageError
from services.servicekit.identity import Identity, Scope, unauthenticated
from services.servicekit.sharing import SharedMethods


class Permissions:
    """What each scope is good for.

    internal: full names of services that only SAGE's own services may call.
    by_session: full names of services whose methods, unless they only read, need a session: they
        decide who may come in.
    shared: the methods that readers of shared links may call, with the fields that say what they
        are about.
    """

    def __init__(
        self,
        *,
        internal: Collection[str] = (),
        by_session: Collection[str] = (),
        shared: SharedMethods = MappingProxyType({}),
    ) -> None:
        self._internal = frozenset(internal)
        self._by_session = frozenset(by_session)
        self._shared = shared

    def check(self, caller: Identity, method: str) -> None:
        """method: `/package.Service/Method`.

        Raises SageError(SCOPE_INSUFFICIENT); UNAUTHENTICATED for what is SAGE's own affair; and
        NOT_FOUND where a shared link leads nowhere.
        """
        service = method.split("/")[1]
        if caller.scope is Scope.SERVICE:
            return
        if service in self._internal:
            raise unauthenticated("This method is for SAGE's own services.")
        if caller.scope is Scope.SHARE:
            sharing.check_method(self._shared, method)
            return
        if caller.scope is Scope.USER or only_reads(method):
            return
        if service in self._by_session:
            raise _insufficient(caller, "This method takes a session, not an API token.", "session")
        if caller.scope is Scope.READ:
            raise _insufficient(
                caller, "This API token is for reading only. Use one with the scope WRITE.", "WRITE"
            )

    def check_request(self, caller: Identity | None, method: str, request: Message) -> None:
        """Raises SageError(NOT_FOUND) when a reader of a shared link asks about anything else."""
        if caller is not None and caller.share is not None:
            sharing.check_request(caller.share, self._shared[method], request)


@cache
def only_reads(method: str) -> bool:
    """Whether the contract says that the method changes nothing."""
    _, service, name = method.split("/")
    try:
        found = descriptor_pool.Default().FindServiceByName(service).FindMethodByName(name)
    except KeyError:
        return False
    level = found.GetOptions().idempotency_level
    return bool(level == MethodOptions.IdempotencyLevel.NO_SIDE_EFFECTS)


def _insufficient(caller: Identity, message: str, needed: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_SCOPE_INSUFFICIENT,
        message,
        metadata={"scope": caller.scope.name, "needed": needed},
    )
