"""Sessions and API tokens."""

from __future__ import annotations

import time
from typing import Any

from google.protobuf.empty_pb2 import Empty

from sage.embed.v1 import (
    api_token_pb2,
    api_token_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
)
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import not_found
from tests.emulators.gateway.state import State, abort, fail


class ApiTokens(api_token_pb2_grpc.ApiTokenServiceServicer):
    def __init__(self, gateway: State) -> None:
        self._gateway = gateway

    def CreateApiToken(self, request: Any, context: Any) -> api_token_pb2.ApiToken:
        self._gateway.enter("CreateApiToken", context)
        name = f"apiTokens/{len(self._gateway.api_tokens)}"
        made = api_token_pb2.ApiToken(
            name=name, display_name=request.display_name, scope=request.scope
        )
        made.expire_time.FromSeconds(int(time.time()) + request.ttl.seconds)
        self._gateway.api_tokens[name] = made
        self._gateway.tokens.add(f"secret of {name}")
        told = api_token_pb2.ApiToken(token=f"secret of {name}")
        told.MergeFrom(made)
        return told

    def ListApiTokens(self, request: Any, context: Any) -> api_token_pb2.ListApiTokensResponse:
        self._gateway.enter("ListApiTokens", context)
        self._gateway.lists.append(request)
        return api_token_pb2.ListApiTokensResponse(api_tokens=self._gateway.api_tokens.values())

    def GetApiToken(self, request: Any, context: Any) -> api_token_pb2.ApiToken:
        self._gateway.enter("GetApiToken", context)
        return self._gateway.api_tokens[request.name]

    def DeleteApiToken(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("DeleteApiToken", context)
        if self._gateway.api_tokens.pop(request.name, None) is None:
            fail(context, not_found(request.name))
        self._gateway.tokens.discard(f"secret of {request.name}")
        return Empty()


class Sessions(session_pb2_grpc.SessionServiceServicer):
    def __init__(self, gateway: State) -> None:
        self._gateway = gateway

    def CreateSession(self, request: Any, context: Any) -> session_pb2.Session:
        self._gateway.calls["CreateSession"] += 1
        key = request.twelvelabs_api_key
        if key == "wrong":
            abort(context, ErrorReason.ERROR_REASON_API_KEY_INVALID, "That key is not valid.")
        if not key and not self._gateway.anonymous:
            abort(context, ErrorReason.ERROR_REASON_ANONYMOUS_NOT_ALLOWED, "A key is needed.")
        token = f"token-{len(self._gateway.tokens)}"
        self._gateway.tokens.add(token)
        session = session_pb2.Session(
            name="sessions/s",
            workspace=f"workspaces/{key or 'anonymous'}",
            access_token=token,
            has_api_key=bool(key),
        )
        session.expire_time.FromSeconds(int(time.time() + self._gateway.session_seconds))
        return session

    def GetSession(self, request: Any, context: Any) -> session_pb2.Session:
        self._gateway.enter("GetSession", context)
        return session_pb2.Session(name="sessions/s", workspace="workspaces/anonymous")

    def LinkApiKey(self, request: Any, context: Any) -> session_pb2.Session:
        self._gateway.enter("LinkApiKey", context)
        session = session_pb2.Session(
            name="sessions/s", workspace="workspaces/anonymous", has_api_key=True
        )
        session.expire_time.FromSeconds(int(time.time() + self._gateway.session_seconds))
        return session

    def DeleteSession(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("DeleteSession", context)
        self._gateway.ended_sessions.append(request)
        self._gateway.tokens.clear()
        return Empty()
