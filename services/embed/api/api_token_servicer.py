"""ApiTokenService over gRPC: translates, nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpc import aio

from sage.embed.v1 import api_token_pb2, api_token_pb2_grpc
from services.embed.api.convert import timestamp
from services.embed.sessions.api_tokens import DEFAULT_SECONDS, ApiToken, ApiTokens
from services.embed.sessions.sessions import Session, Sessions
from services.embed.tasks.task_state import Micros
from services.servicekit.identity import Scope, current_identity
from services.servicekit.listing.requests import ListRequest
from services.servicekit.names import one_line, resource_id

Context = aio.ServicerContext[Any, Any]

_SCOPES = {
    api_token_pb2.ApiToken.SCOPE_READ: Scope.READ,
    api_token_pb2.ApiToken.SCOPE_WRITE: Scope.WRITE,
}
_TO_PROTO = {scope: value for value, scope in _SCOPES.items()}


class ApiTokenServicer(api_token_pb2_grpc.ApiTokenServiceServicer):
    """Makes, shows and revokes API tokens."""

    def __init__(self, sessions: Sessions, tokens: ApiTokens, *, now: Callable[[], Micros]) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._now = now

    async def CreateApiToken(
        self, request: api_token_pb2.CreateApiTokenRequest, context: Context
    ) -> api_token_pb2.ApiToken:
        token, secret = await self._tokens.create(
            await self._session(),
            display_name=one_line(request.display_name),
            scope=_SCOPES[request.scope],
            seconds=request.ttl.ToNanoseconds() / 1e9 or DEFAULT_SECONDS,
            now=self._now(),
        )
        message = _message(token)
        message.token = secret
        return message

    async def GetApiToken(
        self, request: api_token_pb2.GetApiTokenRequest, context: Context
    ) -> api_token_pb2.ApiToken:
        session = await self._session()
        found = await self._tokens.get(session.workspace, resource_id(request.name), self._now())
        return _message(found)

    async def ListApiTokens(
        self, request: api_token_pb2.ListApiTokensRequest, context: Context
    ) -> api_token_pb2.ListApiTokensResponse:
        session = await self._session()
        page = await self._tokens.page(session.workspace, self._now(), ListRequest.of(request))
        return api_token_pb2.ListApiTokensResponse(
            api_tokens=[_message(token) for token in page.items],
            next_page_token=page.next_page_token,
            total_size=page.total_size,
        )

    async def DeleteApiToken(
        self, request: api_token_pb2.DeleteApiTokenRequest, context: Context
    ) -> Empty:
        session = await self._session()
        await self._tokens.revoke(session.workspace, resource_id(request.name), self._now())
        return Empty()

    async def _session(self) -> Session:
        identity = current_identity()
        await self._sessions.require(identity)
        return await self._sessions.get(identity, "current")


def _message(token: ApiToken) -> api_token_pb2.ApiToken:
    return api_token_pb2.ApiToken(
        name=token.name,
        display_name=token.display_name,
        scope=_TO_PROTO[token.scope],
        create_time=timestamp(token.created_at),
        expire_time=timestamp(token.expires_at),
    )
