"""What kill -9 of compare leaves: every comparison, note and mark that it had answered for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc

from sage.compare.v1 import saved_comparison_pb2 as pb
from sage.compare.v1.compare_pb2 import REGION_KIND_REPLACED
from sage.compare.v1.saved_comparison_pb2_grpc import ComparisonServiceStub
from sage.embed.v1.embed_pb2 import MODALITY_VISUAL
from services.servicekit.tokens import TokenIssuer
from tests.emulators.embed_service import EmulatedEmbedService
from tests.integration.processes import (
    create_keys,
    service_environment,
    start_service,
    start_store,
)


async def test_nothing_is_lost_when_compare_is_killed(tmp_path: Path) -> None:
    embed = EmulatedEmbedService()  # type: ignore[abstract]
    async with embed.running() as embed_address:
        await asyncio.to_thread(kill_and_look, tmp_path, embed_address)


def kill_and_look(home: Path, embed_address: str) -> None:
    keys = create_keys(home)
    token = TokenIssuer(keys.signing_key).issue(workspace="w1", session="s1", lifetime_seconds=600)
    with start_store(home) as store:
        environment = {
            **service_environment(home, store.address, keys),
            "SAGE_EMBED_ADDRESS": embed_address,
        }
        with start_service("services.compare", "SAGE_COMPARE_PORT", environment) as compare:
            port = compare.port
            with grpc.insecure_channel(compare.address) as channel:
                desk = Desk(channel, token)
                kept = desk.work()
                compare.kill()
        with (
            start_service("services.compare", "SAGE_COMPARE_PORT", environment, port=port) as again,
            grpc.insecure_channel(again.address) as channel,
        ):
            desk = Desk(channel, token)
            assert desk.get(kept.name) == kept
            # A watch goes on, and tells what happened in between: nothing.
            told = next(desk.watch(after=desk.seen(kept.name)))
            assert (list(told.comparisons), told.caught_up) == ([], True)


class Desk:
    """Somebody at work."""

    def __init__(self, channel: grpc.Channel, token: str) -> None:
        self._stub = ComparisonServiceStub(channel)
        self._options: Any = {
            "metadata": (("authorization", f"Bearer {token}"),),
            "timeout": 30,
            "wait_for_ready": True,
        }

    def work(self) -> pb.SavedComparison:
        """A comparison with many notes, and a mark on one of its differences."""
        made = self._stub.CreateComparison(
            pb.CreateComparisonRequest(a="videos/a", b="videos/b", display_name="Trailer"),
            **self._options,
        )
        for number in range(20):
            note = pb.Note(text=f"Note {number}", author="Kim", a_seconds=number)
            self._stub.CreateNote(
                pb.CreateNoteRequest(parent=made.name, note=note), **self._options
            )
        mark = pb.Mark(
            modality=MODALITY_VISUAL, kind=REGION_KIND_REPLACED, a_end=2, b_end=2, reviewed=True
        )
        kept: pb.SavedComparison = self._stub.SetMarks(
            pb.SetMarksRequest(name=made.name, marks=[mark]), **self._options
        )
        return kept

    def get(self, name: str) -> pb.SavedComparison:
        found: pb.SavedComparison = self._stub.GetComparison(
            pb.GetComparisonRequest(name=name), **self._options
        )
        return found

    def watch(self, after: int = 0) -> Iterator[pb.WatchComparisonsResponse]:
        request = pb.WatchComparisonsRequest(after_revision=after)
        return iter(self._stub.WatchComparisons(request, **self._options))

    def seen(self, name: str) -> int:
        first = next(self.watch())
        assert [it.name for it in first.comparisons] == [name]
        return first.revision
