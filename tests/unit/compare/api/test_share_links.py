"""Links to a comparison over a socket: made, listed, ended, and what their readers may call."""

from __future__ import annotations

import time
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from sage.compare.v1 import saved_comparison_pb2 as pb
from services.compare.saved.share_links import MOST_LINKS
from services.servicekit.identity import Scope
from services.servicekit.sharing import Share
from tests.unit.compare.conftest import CompareService, error_info


async def call(service: CompareService, method: str, request: Any, metadata: Any = None) -> Any:
    with_token = metadata or service.metadata()
    return await getattr(service.kept, method)(request, metadata=with_token)


async def refusal(service: CompareService, method: str, request: Any, metadata: Any = None) -> Any:
    with pytest.raises(aio.AioRpcError) as caught:
        await call(service, method, request, metadata)
    return error_info(caught.value).reason


async def kept(service: CompareService, name: str = "Trailer") -> pb.SavedComparison:
    request = pb.CreateComparisonRequest(a="videos/a", b="videos/b", display_name=name)
    return await call(service, "CreateComparison", request)  # type: ignore[no-any-return]


async def linked(service: CompareService, parent: str, **fields: Any) -> Any:
    link = pb.ShareLink(**fields)
    return await call(
        service, "CreateShareLink", pb.CreateShareLinkRequest(parent=parent, share_link=link)
    )


async def links_of(service: CompareService, parent: str) -> list[str]:
    answer = await call(service, "ListShareLinks", pb.ListShareLinksRequest(parent=parent))
    assert not any(link.token for link in answer.share_links)
    return [link.display_name for link in answer.share_links]


def in_seconds(seconds: float) -> Timestamp:
    time_ = Timestamp()
    time_.FromSeconds(int(time.time() + seconds))
    return time_


async def test_a_link_opens_one_comparison_until_it_is_revoked(
    compare_service: CompareService,
) -> None:
    comparison = await kept(compare_service)
    link = await linked(compare_service, comparison.name, display_name="The agency")
    (opened,) = compare_service.embed.sessions.open.values()
    assert (opened.comparison, list(opened.videos)) == (comparison.name, ["videos/a", "videos/b"])
    assert link.token
    assert link.expire_time.seconds == pytest.approx(time.time() + 30 * 86400, abs=60)
    assert await links_of(compare_service, comparison.name) == ["The agency"]

    await call(compare_service, "RevokeShareLink", pb.RevokeShareLinkRequest(name=link.name))
    assert not compare_service.embed.sessions.open
    assert await links_of(compare_service, comparison.name) == []
    again = pb.RevokeShareLinkRequest(name=link.name)
    assert await refusal(compare_service, "RevokeShareLink", again) == "NOT_FOUND"


async def test_deleting_a_comparison_ends_its_links(compare_service: CompareService) -> None:
    comparison = await kept(compare_service)
    for _ in range(2):
        await linked(compare_service, comparison.name)
    wrong = pb.DeleteComparisonRequest(name=comparison.name, etag='"other"')
    assert await refusal(compare_service, "DeleteComparison", wrong) == "ETAG_MISMATCH"
    assert len(compare_service.embed.sessions.open) == 2
    await call(
        compare_service, "DeleteComparison", pb.DeleteComparisonRequest(name=comparison.name)
    )
    assert not compare_service.embed.sessions.open


@pytest.mark.parametrize("seconds", [-5, 10, 400 * 86400])
async def test_a_link_lasts_from_a_minute_to_a_year(
    compare_service: CompareService, seconds: float
) -> None:
    comparison = await kept(compare_service)
    link = pb.ShareLink(expire_time=in_seconds(seconds))
    request = pb.CreateShareLinkRequest(parent=comparison.name, share_link=link)
    assert await refusal(compare_service, "CreateShareLink", request) == "INVALID_ARGUMENT"


async def test_a_comparison_has_only_so_many_links(compare_service: CompareService) -> None:
    comparison = await kept(compare_service)
    for _ in range(MOST_LINKS):
        await linked(compare_service, comparison.name)
    request = pb.CreateShareLinkRequest(parent=comparison.name, share_link=pb.ShareLink())
    assert await refusal(compare_service, "CreateShareLink", request) == "QUOTA_EXCEEDED"
    assert len(compare_service.embed.sessions.open) == MOST_LINKS


async def test_readers_see_their_comparison_and_change_nothing(
    compare_service: CompareService,
) -> None:
    shared, other = await kept(compare_service), await kept(compare_service, "Secret")
    share = Share(comparison=shared.name, videos=frozenset({"videos/a", "videos/b"}))
    token = compare_service.issuer.issue(
        workspace="w1", session="shared0", lifetime_seconds=60, scope=Scope.SHARE, share=share
    )
    reader = (("authorization", f"Bearer {token}"),)
    seen = await call(
        compare_service, "GetComparison", pb.GetComparisonRequest(name=shared.name), reader
    )
    assert seen.display_name == "Trailer"
    refused: list[tuple[str, Any]] = [
        ("GetComparison", pb.GetComparisonRequest(name=other.name)),
        ("ListComparisons", pb.ListComparisonsRequest()),
        ("DeleteComparison", pb.DeleteComparisonRequest(name=shared.name)),
        ("CreateNote", pb.CreateNoteRequest(parent=shared.name, note=pb.Note(text="Hi."))),
        ("ListShareLinks", pb.ListShareLinksRequest(parent=shared.name)),
        (
            "CreateShareLink",
            pb.CreateShareLinkRequest(parent=shared.name, share_link=pb.ShareLink()),
        ),
    ]
    for method, request in refused:
        assert await refusal(compare_service, method, request, reader) == "NOT_FOUND"
    watch = compare_service.kept.WatchComparisons(pb.WatchComparisonsRequest(), metadata=reader)
    with pytest.raises(aio.AioRpcError) as caught:
        await watch.read()
    assert error_info(caught.value).reason == "NOT_FOUND"
    compare_service.ended.add("shared0")
