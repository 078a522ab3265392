"""What every client has of the contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from deploy.client_stubs.__main__ import written
from deploy.client_stubs.contract import files_of, services_of, snake
from deploy.client_stubs.python import waiting
from gateway.upstreams import ROUTED_SERVICES

ROOT = Path(__file__).resolve().parents[3]
IMAGE = FileDescriptorSet.FromString((ROOT / "clients" / "sage.binpb").read_bytes())
WRITTEN = written(IMAGE)


@pytest.mark.parametrize("path", WRITTEN)
def test_what_is_generated_is_what_the_contract_says(path: str) -> None:
    assert (ROOT / path).read_text() == WRITTEN[path], f"{path} is stale: make clients"


def test_stubs_are_called_as_people_would() -> None:
    services = {
        it.name: (it.plural, it.snake, it.camel) for it in services_of(IMAGE, ROUTED_SERVICES)
    }
    assert services["EmbedService"] == ("Embed", "embed", "embed")
    assert services["ApiTokenService"] == ("ApiTokens", "api_tokens", "apiTokens")
    assert services["ComparisonService"] == ("Comparisons", "comparisons", "comparisons")
    assert snake("ApiTokenService") == "api_token_service"


def test_a_service_that_is_not_there_is_missed() -> None:
    with pytest.raises(KeyError):
        services_of(IMAGE, ["sage.embed.v1.NoService"])


def test_every_file_of_the_contract_is_exported_to_typescript() -> None:
    contract = WRITTEN["clients/typescript/src/contract.ts"]
    for file in files_of(IMAGE):
        assert f'export * from "./gen/{file.removesuffix(".proto")}_pb.js";' in contract


ASYNCHRONOUS = '''
"""About."""

import asyncio
from collections.abc import AsyncIterator

from grpc import aio


class AsyncSageClient:
    """`await sage.upload()`, in `async with AsyncSageClient()`."""

    async def __aenter__(self) -> AsyncIterator[int]:
        self._channel = aio.insecure_channel("a")
        async with asyncio.Lock():
            async for each in await self.numbers():
                yield each
        await asyncio.sleep(1)
        await asyncio.to_thread(open, "file")
        await self._channel.close(None)
'''
WAITING = '''
import threading
from collections.abc import Iterator

class SageClient:
    """`sage.upload()`, in `with SageClient()`."""

    def __enter__(self) -> Iterator[int]:
        self._channel = grpc.insecure_channel('a')
        with threading.Lock():
            for each in self.numbers():
                yield each
        time.sleep(1)
        open('file')
        self._channel.close()
'''


def test_a_client_that_waits_is_made_of_the_one_for_asyncio() -> None:
    assert waiting(ASYNCHRONOUS).endswith(WAITING)
