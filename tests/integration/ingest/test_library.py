"""Videos that are there: found, listed, renamed, looked into, removed."""

from __future__ import annotations

import hashlib
import io
import urllib.error
import urllib.request
import uuid

import av
import grpc
import pytest

from sage.ingest.v1 import ingest_pb2 as pb
from services.servicekit.identity import Scope
from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary
from tests.integration.ingest.conftest import Running, read
from tests.integration.ingest_client import IngestClient, open_client, refused

pytestmark = pytest.mark.xdist_group("ingest")


def test_a_playback_url_is_on_the_callers_origin_and_cannot_be_bent(
    client: IngestClient, clip: bytes
) -> None:
    video = client.upload(clip)
    request = pb.GetPlaybackUrlRequest(name=video.name)
    metadata = (*client.metadata, ("x-sage-origin", "https://sage.example:8443"))
    assert client.stub.GetPlaybackUrl(request, metadata=metadata).url.startswith(
        f"https://sage.example:8443/media/workspaces/{client.workspace}/"
    )
    url = client.stub.GetPlaybackUrl(request, metadata=client.metadata).url
    with pytest.raises(urllib.error.HTTPError, match="403"):
        read(url.replace("/original?", "/filmstrip?"))


def test_equal_files_are_stored_once_and_each_can_be_removed(
    running: Running, client: IngestClient, clip: bytes
) -> None:
    first, second = client.upload(clip, "a.mp4"), client.upload(clip, "b.mp4")
    assert first.name != second.name
    assert len(running.stored(client.workspace)) == 1
    for video, left in ((first, 1), (second, 0)):
        url = client.stub.GetPlaybackUrl(
            pb.GetPlaybackUrlRequest(name=second.name), metadata=client.metadata
        ).url
        assert read(url) == (200, clip)
        delete = pb.DeleteVideoRequest(name=video.name)
        client.stub.DeleteVideo(delete, metadata=client.metadata)
        assert len(running.stored(client.workspace)) == left


def test_known_bytes_are_found_by_their_digest(client: IngestClient, clip: bytes) -> None:
    names = {client.upload(clip, "a.mp4").name, client.upload(clip, "b.mp4").name}
    found = client.videos(sha256=hashlib.sha256(clip).hexdigest()).videos
    assert {video.name for video in found} == names
    assert not client.videos(sha256="0" * 64).videos


def test_videos_are_listed_newest_first_page_by_page(client: IngestClient, clip: bytes) -> None:
    made = [client.upload(clip, f"{number}.mp4").name for number in range(3)]
    first = client.videos(page_size=2)
    rest = client.videos(page_size=2, page_token=first.next_page_token)
    assert [video.name for video in (*first.videos, *rest.videos)] == made[::-1]
    assert not rest.next_page_token
    with refused("INVALID_PAGE_TOKEN"):
        client.videos(page_token=first.next_page_token, sha256="0" * 64)


def test_a_video_is_deleted_unless_it_changed_meanwhile(client: IngestClient, clip: bytes) -> None:
    video = client.upload(clip)
    delete = client.stub.DeleteVideo
    with refused("ETAG_MISMATCH"):
        delete(pb.DeleteVideoRequest(name=video.name, etag='"0"'), metadata=client.metadata)
    delete(pb.DeleteVideoRequest(name=video.name, etag=video.etag), metadata=client.metadata)
    assert not client.videos().videos


def test_videos_are_filtered_and_ordered(client: IngestClient, clip: bytes) -> None:
    for name in ("B cut.mp4", "a cut.mp4", "trailer.mp4"):
        client.upload(clip, name)
    listed = client.videos(filter="display_name : CUT AND width > 1", order_by="displayName")
    assert [video.display_name for video in listed.videos] == ["a cut.mp4", "B cut.mp4"]
    assert listed.total_size == 2
    first = client.videos(page_size=1, order_by="display_name desc")
    assert ([it.display_name for it in first.videos], first.total_size) == (["trailer.mp4"], 3)
    with refused("INVALID_PAGE_TOKEN"):
        client.videos(page_size=1, page_token=first.next_page_token, order_by="display_name")
    with refused("INVALID_ARGUMENT"):
        client.videos(filter="colour = red")


def test_a_video_is_renamed_unless_it_changed_meanwhile(client: IngestClient, clip: bytes) -> None:
    video = client.upload(clip)

    def rename(name: str, etag: str = "", *paths: str) -> pb.Video:
        request = pb.UpdateVideoRequest(
            video=pb.Video(name=video.name, display_name=name, etag=etag)
        )
        request.update_mask.paths.extend(paths)
        return client.stub.UpdateVideo(request, metadata=client.metadata)

    renamed = rename("new.mp4", video.etag, "display_name")
    assert (renamed.display_name, renamed.etag != video.etag) == ("new.mp4", True)
    with refused("ETAG_MISMATCH"):
        rename("newer.mp4", video.etag)
    with refused("INVALID_ARGUMENT"):
        rename("newer.mp4", "", "sha256")
    assert rename("newest.mp4").display_name == "newest.mp4"
    assert rename("A/B\ncut\0.mp4").display_name == "A/Bcut.mp4"
    with refused("INVALID_ARGUMENT"):
        rename(" \t")
    with refused("INVALID_ARGUMENT"):
        nameless = pb.UpdateVideoRequest(video=pb.Video(display_name="new.mp4"))
        client.stub.UpdateVideo(nameless, metadata=client.metadata)


def test_a_deleted_video_is_gone_with_all_its_bytes(
    running: Running, client: IngestClient, clip: bytes
) -> None:
    video = client.upload(clip)
    strip = pb.GetFilmstripRequest(name=video.name, count=4)
    client.stub.GetFilmstrip(strip, metadata=client.metadata)
    assert len(running.stored(client.workspace)) == 2
    delete = pb.DeleteVideoRequest(name=video.name)
    client.stub.DeleteVideo(delete, metadata=client.metadata)
    assert running.stored(client.workspace) == []
    assert not client.videos().videos
    with refused("NOT_FOUND"):
        client.stub.DeleteVideo(delete, metadata=client.metadata)


def test_a_filmstrip_shows_the_video_on_an_even_grid(client: IngestClient, clip: bytes) -> None:
    video = client.upload(clip)
    request = pb.GetFilmstripRequest(name=video.name, count=7, tile_height=36)
    strip = client.stub.GetFilmstrip(request, metadata=client.metadata)
    assert list(strip.times) == pytest.approx([1, 3, 5, 7, 9, 11, 13], abs=0.05)
    assert (strip.tile_width, strip.tile_height) == (64, 36)
    with av.open(io.BytesIO(strip.jpeg), "r") as container:
        picture = next(container.decode(video=0))
        assert (picture.width, picture.height) == (7 * 64, 36)
    assert client.stub.GetFilmstrip(request, metadata=client.metadata) == strip


def test_a_waveform_follows_the_sound(
    client: IngestClient, clip: bytes, clip_library: ClipLibrary
) -> None:
    video = client.upload(clip)
    request = pb.GetWaveformRequest(name=video.name, count=14)
    waveform = client.stub.GetWaveform(request, metadata=client.metadata)
    assert waveform.step_seconds == pytest.approx(1.0, abs=0.01)
    assert len(waveform.peaks) == 14
    assert 0.01 < max(waveform.peaks) <= 1

    silent = clip_library.get("silent.mp4", clips.REEL[1:2], sound=False)
    mute = client.upload(silent.read_bytes())
    assert not mute.has_audio
    with refused("NO_AUDIO"):
        client.stub.GetWaveform(pb.GetWaveformRequest(name=mute.name), metadata=client.metadata)


def test_nothing_of_another_workspace_can_be_reached(
    running: Running, client: IngestClient, stranger: IngestClient, clip: bytes
) -> None:
    video, upload = client.upload(clip), client.create(clip)
    service = open_client(
        running.address, running.keys.signing_key, stranger.workspace, Scope.SERVICE
    )
    attempts = [
        (stranger.stub.GetUpload, pb.GetUploadRequest(name=upload.name)),
        (stranger.stub.CompleteUpload, pb.CompleteUploadRequest(name=upload.name)),
        (stranger.stub.AbortUpload, pb.AbortUploadRequest(name=upload.name)),
        (
            stranger.stub.UploadPart,
            pb.UploadPartRequest(upload=upload.name, part_number=1, data=clip),
        ),
        (stranger.stub.UploadVideo, iter([pb.UploadVideoRequest(resume=upload.name)])),
        (stranger.stub.GetVideo, pb.GetVideoRequest(name=video.name)),
        (
            stranger.stub.UpdateVideo,
            pb.UpdateVideoRequest(video=pb.Video(name=video.name, display_name="mine")),
        ),
        (stranger.stub.DeleteVideo, pb.DeleteVideoRequest(name=video.name)),
        (stranger.stub.GetPlaybackUrl, pb.GetPlaybackUrlRequest(name=video.name)),
        (stranger.stub.GetFilmstrip, pb.GetFilmstripRequest(name=video.name)),
        (stranger.stub.GetWaveform, pb.GetWaveformRequest(name=video.name)),
    ]
    for method, request in attempts:
        with refused("NOT_FOUND"):
            method(request, metadata=stranger.metadata)  # type: ignore[operator]
    with service as foreign, refused("NOT_FOUND"):
        foreign.sources.GetVideoSource(
            pb.GetVideoSourceRequest(name=video.name), metadata=foreign.metadata
        )
    assert not stranger.videos(sha256=video.sha256).videos
    # The same request id means nothing in another workspace.
    request_id = str(uuid.uuid4())
    mine = client.create(clip, request_id=request_id)
    assert stranger.create(clip, request_id=request_id).name != mine.name


def test_only_services_learn_where_the_bytes_lie(
    running: Running, client: IngestClient, clip: bytes
) -> None:
    video = client.upload(clip)
    request = pb.GetVideoSourceRequest(name=video.name)
    with pytest.raises(grpc.RpcError, match="UNAUTHENTICATED"):
        client.sources.GetVideoSource(request, metadata=client.metadata)
    with open_client(
        running.address, running.keys.signing_key, client.workspace, Scope.SERVICE
    ) as service:
        source = service.sources.GetVideoSource(request, metadata=service.metadata)
    assert source.video == video
    assert running.stored(client.workspace) == [source.object_key]
