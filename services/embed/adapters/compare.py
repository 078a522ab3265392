"""What a workspace keeps in the compare service, for when its data is removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grpc import StatusCode, aio

from sage.compare.v1 import saved_comparison_pb2, saved_comparison_pb2_grpc
from services.servicekit import calls
from services.servicekit.errors import SageError

_TIMEOUT_SECONDS = 10.0
_PAGE = 200
RETRIED = (("sage.compare.v1.ComparisonService", "ListComparisons"),)

Metadata = tuple[tuple[str, str], ...]


class Comparisons:
    """The comparisons of any workspace. service_token: signs a token for a workspace."""

    def __init__(self, channel: aio.Channel, service_token: Callable[[str], str]) -> None:
        self._stub = saved_comparison_pb2_grpc.ComparisonServiceStub(channel)
        self._service_token = service_token

    async def any(self, workspace: str) -> bool:
        """Whether the workspace keeps a comparison. Raises SageError."""
        try:
            return bool(await self._names(self._as_service(workspace), page_size=1))
        except aio.AioRpcError as error:
            raise calls.from_rpc_error(error) from error

    async def delete_all(self, workspace: str) -> None:
        """Removes every comparison of the workspace with its notes and marks.

        Raises SageError when it did not come to the end; the next call goes on from there.
        """
        metadata = self._as_service(workspace)
        try:
            while names := await self._names(metadata, page_size=_PAGE):
                for name in names:
                    await self._delete(name, metadata)
        except aio.AioRpcError as error:
            found = calls.from_rpc_error(error)
            raise SageError(
                found.reason,
                f"Not all of the workspace's comparisons could be removed: {found.message} "
                "Delete the session again to go on.",
                metadata=found.metadata,
                retry_after=found.retry_after,
            ) from error

    async def _names(self, metadata: Metadata, *, page_size: int) -> Sequence[str]:
        answer = await self._stub.ListComparisons(
            saved_comparison_pb2.ListComparisonsRequest(page_size=page_size),
            metadata=metadata,
            timeout=calls.time_remaining(_TIMEOUT_SECONDS),
        )
        return [comparison.name for comparison in answer.comparisons]

    async def _delete(self, name: str, metadata: Metadata) -> None:
        try:
            await self._stub.DeleteComparison(
                saved_comparison_pb2.DeleteComparisonRequest(name=name),
                metadata=metadata,
                timeout=calls.time_remaining(_TIMEOUT_SECONDS),
            )
        except aio.AioRpcError as error:
            if error.code() is not StatusCode.NOT_FOUND:
                raise

    def _as_service(self, workspace: str) -> Metadata:
        return (("authorization", f"Bearer {self._service_token(workspace)}"),)
