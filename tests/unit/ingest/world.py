"""An ingest library over stand-ins, as one replica of the service would wire it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.ingest.library.catalogue import Catalogue
from services.ingest.library.expiry import Expiry
from services.ingest.library.kept import Kept
from services.ingest.library.previews import Previews
from services.ingest.library.still_links import StillLinks
from services.ingest.library.technical import Technical
from services.ingest.ports import UploadRecords, VideoRecords
from services.ingest.proxies.proxies import Proxies
from services.ingest.uploads.completing import Completing
from services.ingest.uploads.memory import MemoryBudget
from services.ingest.uploads.quota import Quota
from services.ingest.uploads.streaming import Streaming
from services.ingest.uploads.sweeping import Sweeping
from services.ingest.uploads.upload import PART_BYTES, FileSpec, Upload
from services.ingest.uploads.uploading import Uploading
from services.ingest.uploads.writing import PartWriter
from services.servicekit.names import resource_id
from services.servicekit.swept import Swept
from tests.unit.ingest.fake_media import FakeMedia
from tests.unit.ingest.fake_store import FakeSigner, FakeStore
from tests.unit.ingest.fake_tables import FakeProxies, FakeRecords, FakeUploads, FakeVideos
from tests.unit.ingest.fakes import FakeClock, Mortal

LIFETIME = timedelta(days=7)
REMEMBERED = timedelta(days=30)
UNUSED = timedelta(days=1)
QUOTA = Quota(bytes=1 << 40, open_uploads=20)
LEASE = timedelta(seconds=30)
WORKSPACE = "w"


class World:
    """What outlives a replica: the clock, the store and the records.

    uploads, videos: tables to use in the place of the stand-ins. age: of videos that expire.
    stills: how many pictures are kept of a video.
    """

    def __init__(
        self,
        uploads: UploadRecords | None = None,
        videos: VideoRecords | None = None,
        quota: Quota = QUOTA,
        age: timedelta | None = None,
        stills: int = 100,
    ) -> None:
        self.age = age
        self.stills = stills
        self.clock = FakeClock()
        self.records = FakeRecords()
        self.uploads = uploads or FakeUploads(self.records)
        self.videos = videos or FakeVideos(self.records)
        self.proxies = FakeProxies(self.records)
        self.quota = quota
        self.store = FakeStore(self.clock)
        self.media = FakeMedia(self.store)

    def replica(self, name: str = "a", *, dies_at: int = 10**9, after: bool = False) -> Replica:
        """A replica that dies at its `dies_at`-th call of the store or the records."""
        return Replica(self, name, [dies_at], after=after)

    @property
    def empty(self) -> bool:
        """Whether the store holds nothing at all."""
        return not self.store.objects and not self.store.open


class Replica:
    """The library of one process."""

    def __init__(self, world: World, name: str, calls_left: list[int], *, after: bool) -> None:
        def mortal(wrapped: object) -> Any:
            return Mortal(wrapped, calls_left, after=after)

        uploads = mortal(world.uploads)
        videos = mortal(world.videos)
        store = mortal(world.store)
        proxies = mortal(world.proxies)
        self.budget = MemoryBudget(4 * PART_BYTES, patience=60)
        self.writer = PartWriter(store)
        self.uploading = Uploading(
            uploads,
            store,
            self.writer,
            world.clock,
            quota=world.quota,
            lifetime=LIFETIME,
            unused=UNUSED,
        )
        self.catalogue = Catalogue(
            videos,
            proxies,
            store,
            FakeSigner(),
            world.clock,
            playback=timedelta(hours=6),
            public_endpoint=None,
        )
        self.proxies = Proxies(self.catalogue, proxies, world.clock, wake=lambda: None)
        self.completing = Completing(
            uploads=uploads,
            videos=videos,
            store=store,
            media=world.media,
            uploading=self.uploading,
            writer=self.writer,
            proxies=self.proxies,
            clock=world.clock,
            owner=name,
            lease=LEASE,
            monotonic=world.clock.monotonic,
        )
        self.streaming = Streaming(self.uploading, self.writer, self.budget)
        kept = Kept(self.catalogue, store)
        self.previews = Previews(self.catalogue, kept, world.media)
        self.still_links = StillLinks(self.catalogue, kept, store, world.media, most=world.stills)
        self.technical = Technical(self.catalogue, kept, world.media)
        self.swept = Swept()
        self.sweeping = Sweeping(
            uploads=uploads,
            videos=videos,
            store=store,
            uploading=self.uploading,
            catalogue=self.catalogue,
            expiry=Expiry(videos, self.catalogue, world.clock, age=world.age),
            swept=self.swept,
            clock=world.clock,
            lifetime=LIFETIME,
            remembered=REMEMBERED,
        )

    async def announce(self, data: bytes, *, sha256: str = "", request_id: str = "") -> Upload:
        spec = FileSpec(display_name="a.mp4", size_bytes=len(data), sha256=sha256)
        return await self.uploading.create(WORKSPACE, spec, request_id)

    async def send(self, upload: Upload, data: bytes) -> None:
        """All parts."""
        for number in range(1, upload.part_count + 1):
            part = data[(number - 1) * PART_BYTES : number * PART_BYTES]
            await self.uploading.put_part(WORKSPACE, resource_id(upload.name), number, part, None)

    async def sent(self, data: bytes, *, sha256: str = "") -> Upload:
        upload = await self.announce(data, sha256=sha256)
        await self.send(upload, data)
        return upload
