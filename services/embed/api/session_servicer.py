"""SessionService over gRPC: translates, nothing more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpc import aio

from sage.embed.v1 import session_pb2, session_pb2_grpc
from services.embed.api.convert import timestamp
from services.embed.sessions.sessions import HoldsData, Session, Sessions
from services.embed.tasks.task_state import Micros
from services.servicekit.durations import seconds
from services.servicekit.identity import current_identity
from services.servicekit.names import resource_id
from services.servicekit.sharing import Share

# Removes a workspace's comparisons, tasks, embeddings, videos and unfinished uploads.
RemoveData = Callable[[str], Awaitable[None]]


class SessionServicer(session_pb2_grpc.SessionServiceServicer):
    """Opens, shows and ends sessions."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        holds_data: HoldsData,
        remove_data: RemoveData,
        now: Callable[[], Micros],
    ) -> None:
        self._sessions = sessions
        self._holds_data = holds_data
        self._remove_data = remove_data
        self._now = now

    async def CreateSession(
        self,
        request: session_pb2.CreateSessionRequest,
        context: aio.ServicerContext[Any, Any],
    ) -> session_pb2.Session:
        session, token = await self._sessions.open(request.twelvelabs_api_key, self._now())
        message = await self._message(session)
        message.access_token = token
        return message

    async def CreateSharedSession(
        self,
        request: session_pb2.CreateSharedSessionRequest,
        context: aio.ServicerContext[Any, Any],
    ) -> session_pb2.Session:
        identity = current_identity()
        await self._sessions.require(identity)
        share = Share(comparison=request.comparison, videos=frozenset(request.videos))
        lifetime = seconds(request.lifetime)
        session, token = await self._sessions.share(identity, share, lifetime, self._now())
        message = await self._message(session)
        message.access_token = token
        return message

    async def LinkApiKey(
        self, request: session_pb2.LinkApiKeyRequest, context: aio.ServicerContext[Any, Any]
    ) -> session_pb2.Session:
        session = await self._asked_for("sessions/current")
        await self._sessions.link(
            session, request.twelvelabs_api_key, self._holds_data, self._now()
        )
        return await self._message(session)

    async def GetSession(
        self, request: session_pb2.GetSessionRequest, context: aio.ServicerContext[Any, Any]
    ) -> session_pb2.Session:
        return await self._message(await self._asked_for(request.name))

    async def DeleteSession(
        self,
        request: session_pb2.DeleteSessionRequest,
        context: aio.ServicerContext[Any, Any],
    ) -> Empty:
        session = await self._asked_for(request.name)
        # The session goes last: whatever fails before can be asked for again with its token.
        if request.delete_data:
            await self._remove_data(session.workspace)
        if request.delete_api_key:
            # The other sessions live by the same key: without it they would be open doors.
            await self._sessions.forget_keys(session.workspace, links=request.delete_data)
            await self._sessions.end_all_with_key(session.workspace, self._now())
        await self._sessions.end(session, self._now())
        return Empty()

    async def _asked_for(self, name: str) -> Session:
        identity = current_identity()
        await self._sessions.require(identity)
        return await self._sessions.get(identity, resource_id(name))

    async def _message(self, session: Session) -> session_pb2.Session:
        return session_pb2.Session(
            name=session.name,
            workspace=f"workspaces/{session.workspace}",
            expire_time=timestamp(session.expires_at),
            has_api_key=await self._sessions.has_api_key(session.workspace),
            create_time=timestamp(session.created_at),
        )
