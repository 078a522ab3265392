"""The sessions behind shared links, which embed opens and ends for the caller."""

from __future__ import annotations

from collections.abc import Collection

from grpc import StatusCode, aio

from sage.embed.v1 import session_pb2, session_pb2_grpc
from services.compare.saved.share_links import OpenedLink
from services.servicekit import calls
from services.servicekit.channels import caller_metadata
from services.servicekit.durations import duration
from services.servicekit.names import resource_id

_TIMEOUT_SECONDS = 10.0


class EmbedShareSessions:
    """`share_links.ShareSessions` over a channel to the embed service, with the caller's token."""

    def __init__(self, channel: aio.Channel) -> None:
        self._stub = session_pb2_grpc.SessionServiceStub(channel)

    async def open(self, comparison: str, videos: Collection[str], seconds: float) -> OpenedLink:
        """A session that sees the comparison and its videos for so many seconds.

        Raises SageError with the reason that embed gives, DEPENDENCY_UNAVAILABLE when it is away.
        """
        request = session_pb2.CreateSharedSessionRequest(
            comparison=comparison, videos=videos, lifetime=duration(seconds)
        )
        try:
            session = await self._stub.CreateSharedSession(
                request, metadata=caller_metadata(), timeout=calls.time_remaining(_TIMEOUT_SECONDS)
            )
        except aio.AioRpcError as error:
            raise calls.from_rpc_error(error) from error
        return OpenedLink(
            session=resource_id(session.name),
            token=session.access_token,
            expires_at=session.expire_time.ToMicroseconds(),
        )

    async def end(self, session: str) -> None:
        """One that has ended already is ended. Raises SageError as `open` does."""
        try:
            await self._stub.DeleteSession(
                session_pb2.DeleteSessionRequest(name=f"sessions/{session}"),
                metadata=caller_metadata(),
                timeout=calls.time_remaining(_TIMEOUT_SECONDS),
            )
        except aio.AioRpcError as error:
            if error.code() is not StatusCode.NOT_FOUND:
                raise calls.from_rpc_error(error) from error
