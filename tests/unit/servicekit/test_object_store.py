from __future__ import annotations

import asyncio
import hashlib
import http.server
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from services.servicekit.errors import SageError
from services.servicekit.multipart import StoreUploadGone
from services.servicekit.object_store import ObjectStore
from services.servicekit.s3_client import create_s3_client
from services.servicekit.settings import StoreSettings

pytestmark = pytest.mark.slow("talks to a store over HTTP, retries and waiting included")

PART = 5 * 1024 * 1024
KEY = "workspaces/w/videos/v/original"
DATA = bytes(range(200))


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    """One for all tests here, which moto must not end: each reads megabytes of API descriptions."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def credentials(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boto3.DEFAULT_SESSION", session)


@pytest.fixture
async def store(tmp_path: Path, credentials: None) -> AsyncIterator[ObjectStore]:
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="media")
        store = ObjectStore.connect(StoreSettings(s3_bucket="media"), home=tmp_path)
        yield store
        store.close()


async def test_an_object_is_kept_measured_and_replaced(store: ObjectStore) -> None:
    await store.put(KEY, b"first")
    await store.put(KEY, DATA)
    assert await store.get(KEY) == DATA
    assert await store.size(KEY) == len(DATA)
    assert await store.exists(KEY)
    assert await store.sha256(KEY) == hashlib.sha256(DATA).hexdigest()


async def test_an_empty_object_exists(store: ObjectStore) -> None:
    await store.put(KEY, b"")
    assert await store.exists(KEY)
    assert (await store.get(KEY), store.read_range(KEY, 0, 10)) == (b"", b"")


async def test_what_is_not_there_is_missing_not_an_outage(store: ObjectStore) -> None:
    assert await store.size(KEY) is None
    assert not await store.exists(KEY)
    for reading in (store.get, store.sha256):
        with pytest.raises(KeyError):
            await reading(KEY)
    with pytest.raises(KeyError):
        store.read_range(KEY, 0, 1)


@pytest.mark.parametrize(
    ("offset", "length"),
    [(0, 1), (0, 200), (50, 100), (199, 1), (150, 100), (199, 2), (200, 1), (10_000, 5)],
)
async def test_a_range_is_a_slice(store: ObjectStore, offset: int, length: int) -> None:
    """Beyond the end there is nothing, as in a file."""
    await store.put(KEY, DATA)
    assert store.read_range(KEY, offset, length) == DATA[offset : offset + length]


async def test_everything_under_a_prefix_goes(store: ObjectStore) -> None:
    for key in ("a/original", "a/filmstrip", "ab/original"):
        await store.put(key, b"x")
    await store.remove_under("a/")
    assert [await store.exists(key) for key in ("a/original", "a/filmstrip", "ab/original")] == [
        False,
        False,
        True,
    ]


async def test_what_is_to_be_kept_stays(store: ObjectStore) -> None:
    for key in ("a/1/x", "a/2/x", "a/2/y", "a/20/x"):
        await store.put(key, b"x")
    await store.remove_under("a/", keep="a/2/")
    assert [await store.exists(key) for key in ("a/1/x", "a/2/x", "a/2/y", "a/20/x")] == [
        False,
        True,
        True,
        False,
    ]


async def test_parts_become_an_object(store: ObjectStore) -> None:
    data = bytes(PART) + b"the short last part"
    upload = await store.open_upload(KEY, "video/mp4")
    etags = {
        2: await store.put_part(KEY, upload, 2, data[PART:]),
        1: await store.put_part(KEY, upload, 1, data[:PART]),
    }
    parts = await store.list_parts(KEY, upload)
    assert {number: part.length for number, part in parts.items()} == {1: PART, 2: 19}
    assert {number: part.etag for number, part in parts.items()} == etags
    assert not await store.exists(KEY)
    await store.join_parts(KEY, upload, parts)
    assert await store.size(KEY) == len(data)
    assert await store.sha256(KEY) == hashlib.sha256(data).hexdigest()


async def test_sending_a_part_again_replaces_it(store: ObjectStore) -> None:
    upload = await store.open_upload(KEY, "video/mp4")
    await store.put_part(KEY, upload, 1, b"first")
    await store.put_part(KEY, upload, 1, b"second!")
    assert {n: part.length for n, part in (await store.list_parts(KEY, upload)).items()} == {1: 7}


async def test_an_upload_that_is_over_is_gone(store: ObjectStore) -> None:
    upload = await store.open_upload(KEY, "video/mp4")
    await store.abort_upload(KEY, upload)
    await store.abort_upload(KEY, upload)
    with pytest.raises(StoreUploadGone):
        await store.list_parts(KEY, upload)


async def test_abandoned_uploads_are_found_by_their_age(store: ObjectStore) -> None:
    upload = await store.open_upload(KEY, "video/mp4")
    await store.open_upload("elsewhere", "video/mp4")
    later = datetime.now(UTC) + timedelta(days=365 * 30)
    assert await store.abandoned_uploads("workspaces/", later) == [(KEY, upload)]
    assert await store.abandoned_uploads("workspaces/", datetime(2010, 1, 1, tzinfo=UTC)) == []


async def test_a_missing_bucket_is_not_made_in_somebody_elses_cloud(store: ObjectStore) -> None:
    await store.check()
    absent = ObjectStore(create_s3_client(None, "us-east-1"), "absent")
    with pytest.raises(ClientError):
        await absent.check()
    absent.close()


# In the place of an error's code: the object, without its end.
CUT_OFF = "cut off"


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers with what it was told to, one after the other, then with the object."""

    protocol_version = "HTTP/1.1"
    left: list[tuple[int, str]]
    methods: list[str]

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.methods.append(self.command)
        status, code = self.left.pop(0) if self.left else (200, "")
        body = f"<Error><Code>{code}</Code></Error>".encode() if code not in ("", CUT_OFF) else DATA
        if self.command == "HEAD" or (self.command == "PUT" and not code):
            body = b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body[:-1] if code == CUT_OFF else body)

    do_GET = do_PUT = do_HEAD = answer

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Tests are quiet."""


Answering = Callable[[list[tuple[int, str]]], ObjectStore]


@pytest.fixture
def methods() -> list[str]:
    """The methods of the requests that arrived."""
    return []


@pytest.fixture
def answering(
    credentials: None, methods: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Answering]:
    """Makes a store on this machine that answers as given."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    handler = type("Handler", (Answers,), {"methods": methods, "left": []})
    with serving(handler) as endpoint:
        store = ObjectStore(create_s3_client(endpoint, "us-east-1"), "media", threads=1)

        def answer(answers: list[tuple[int, str]]) -> ObjectStore:
            handler.left = list(answers)  # type: ignore[attr-defined]
            return store

        yield answer
        store.close()


@contextmanager
def serving(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_a_short_absence_is_not_noticed(answering: Answering, methods: list[str]) -> None:
    store = answering([(503, "SlowDown"), (500, "InternalError"), (503, "SlowDown")])
    assert await store.get(KEY) == DATA
    assert methods == ["GET"] * 4


@pytest.mark.parametrize("times", range(4))
async def test_an_answer_that_breaks_off_is_asked_for_again(
    answering: Answering, methods: list[str], times: int
) -> None:
    store = answering([(200, CUT_OFF)] * times)
    if times < 3:
        assert await asyncio.to_thread(store.read_range, KEY, 0, len(DATA)) == DATA
        assert methods == ["GET"] * (times + 1)
    else:
        with pytest.raises(SageError) as caught:
            await store.get(KEY)
        assert caught.value.reason_name == "DEPENDENCY_UNAVAILABLE"
        assert methods == ["GET"] * 3


async def test_an_absence_that_lasts_is_told(answering: Answering, methods: list[str]) -> None:
    with pytest.raises(SageError) as caught:
        await answering([(503, "SlowDown")] * 10).put(KEY, DATA)
    assert caught.value.reason_name == "DEPENDENCY_UNAVAILABLE"
    assert methods == ["PUT"] * 5


async def test_a_full_quota_is_told_at_once(answering: Answering, methods: list[str]) -> None:
    with pytest.raises(SageError, match="Remove videos") as caught:
        await answering([(403, "QuotaExceeded")]).put(KEY, DATA)
    assert caught.value.reason_name == "STORAGE_FULL"
    assert methods == ["PUT"]


async def test_a_store_on_this_machine_gets_its_bucket(
    answering: Answering, methods: list[str]
) -> None:
    await answering([(404, "")]).check()
    assert methods == ["HEAD", "PUT"]


async def test_two_services_may_make_the_bucket_at_once(
    answering: Answering, methods: list[str]
) -> None:
    await answering([(404, ""), (409, "BucketAlreadyOwnedByYou")]).check()
    assert methods == ["HEAD", "PUT"]


async def test_health_is_heard_while_every_thread_waits(answering: Answering) -> None:
    store = answering([])
    free = threading.Event()
    waiting = store._threads.submit(free.wait)
    try:
        await store.check()
        assert not waiting.done()
    finally:
        free.set()
