"""Files of videos, as the ingest service knows them."""

from __future__ import annotations

from collections.abc import Sequence

from grpc import StatusCode, aio

from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1 import ingest_pb2_grpc
from sage.ingest.v1.ingest_pb2 import GetPlaybackUrlRequest, GetStillsRequest, GetVideoRequest
from sage.ingest.v1.still_link_pb2 import GetStillLinksRequest
from sage.ingest.v1.technical_pb2 import (
    GetTechnicalFactsRequest,
    TechnicalFacts,
    TechnicalFactsView,
)
from services.compare.ports import Link, Still, StillLinks
from services.servicekit import calls
from services.servicekit.channels import caller_metadata
from services.servicekit.errors import SageError

SERVICE = "sage.ingest.v1.IngestService"
RETRIED = tuple(
    (SERVICE, method)
    for method in ("GetTechnicalFacts", "GetVideo", "GetStills", "GetStillLinks", "GetPlaybackUrl")
)
# Reading a long film with many sound tracks takes minutes.
_TIMEOUT_SECONDS = 900.0
_LOOKUP_SECONDS = 15.0
_SIGNING_SECONDS = 30.0
# Who reads sentences waits no longer than this for the pictures beside them.
_PICTURES_SECONDS = 20.0


class IngestServiceFiles:
    """Asks with the caller's own token, so that the caller sees nobody else's files."""

    def __init__(self, channel: aio.Channel) -> None:
        self._ingest = ingest_pb2_grpc.IngestServiceStub(channel)

    async def facts(self, video: str, view: TechnicalFactsView.ValueType) -> TechnicalFacts:
        try:
            return await self._ingest.GetTechnicalFacts(
                GetTechnicalFactsRequest(name=video, view=view),
                metadata=caller_metadata(),
                timeout=calls.time_remaining(_TIMEOUT_SECONDS),
            )
        except aio.AioRpcError as error:
            raise calls.from_rpc_error(error) from error

    async def link(self, video: str) -> Link | None:
        try:
            found = await self._ingest.GetPlaybackUrl(
                GetPlaybackUrlRequest(name=video),
                metadata=_at_the_callers_door(),
                timeout=calls.time_remaining(_SIGNING_SECONDS),
            )
        except aio.AioRpcError as error:
            told = calls.from_rpc_error(error)
            if told.reason == ErrorReason.ERROR_REASON_NOT_FOUND:
                return None
            raise told from error
        return Link(url=found.url, expires=found.expire_time)

    async def still_links(self, video: str, times: Sequence[float]) -> StillLinks:
        seconds = calls.time_remaining(_PICTURES_SECONDS)
        try:
            found = await self._ingest.GetStillLinks(
                GetStillLinksRequest(name=video, times=times),
                metadata=_at_the_callers_door(),
                timeout=seconds,
            )
        except aio.AioRpcError as error:
            if error.code() is StatusCode.DEADLINE_EXCEEDED:
                raise SageError(
                    ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
                    f"The pictures were not ready within {seconds:.0f} s. Ask again.",
                ) from error
            raise calls.from_rpc_error(error) from error
        return StillLinks(links=found.links, expires=found.expire_time)

    async def display_name(self, video: str) -> str:
        try:
            found = await self._ingest.GetVideo(
                GetVideoRequest(name=video),
                metadata=caller_metadata(),
                timeout=calls.time_remaining(_LOOKUP_SECONDS),
            )
        except aio.AioRpcError as error:
            raise calls.from_rpc_error(error) from error
        return str(found.display_name)

    async def stills(self, video: str, times: Sequence[float], height: int) -> Sequence[Still]:
        try:
            found = await self._ingest.GetStills(
                GetStillsRequest(name=video, times=times, height=height),
                metadata=caller_metadata(),
                timeout=calls.time_remaining(_TIMEOUT_SECONDS),
            )
        except aio.AioRpcError as error:
            raise calls.from_rpc_error(error) from error
        return [
            Still(time=each.time, jpeg=each.jpeg, width=each.width, height=each.height)
            for each in found.stills
        ]


def _at_the_callers_door() -> tuple[tuple[str, str], ...]:
    """For URLs, which are for whoever called: they lead through the door by which they came."""
    origin = calls.origin()
    return (*caller_metadata(), *([("x-sage-origin", origin)] if origin else []))
