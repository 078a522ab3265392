"""Sending files to the vendor, by the unmodified SDK over HTTP."""

from __future__ import annotations

import random
from collections.abc import Iterator

import httpx
import pytest

from services.embed.engines.twelvelabs.vendor import Vendor
from services.embed.ports import TransientFailure
from tests.emulators.twelvelabs.emulator import Emulator

# Three whole parts and a short one, of the emulator's 100,000 bytes.
CONTENT = random.Random(7).randbytes(345_678)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def vendor(emulator: Emulator) -> Iterator[Vendor]:
    with httpx.Client() as http:
        yield Vendor(emulator.key, emulator.url, http)


def read(offset: int, length: int) -> bytes:
    return CONTENT[offset : offset + length]


def test_a_large_file_arrives_whole_in_parts(emulator: Emulator, vendor: Vendor) -> None:
    progress: list[float] = []
    asset = vendor.upload_in_parts("sage-1.mp4", len(CONTENT), read, progress.append)
    assert emulator.api.assets[asset].data == CONTENT
    assert progress == [0.25, 0.5, 0.75, 1.0]
    assert vendor.find_asset("sage-1.mp4") == asset


def test_the_key_does_not_reach_the_addresses_of_parts(
    emulator: Emulator, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[httpx.Headers] = []
    put = httpx.Client.put

    def spied(self: httpx.Client, url: str, **options: object) -> httpx.Response:
        answer = put(self, url, **options)  # type: ignore[arg-type]
        sent.append(answer.request.headers)
        return answer

    monkeypatch.setattr(httpx.Client, "put", spied)
    vendor.upload_in_parts("sage-2.mp4", len(CONTENT), read, lambda _: None)
    assert len(sent) == 4
    assert not [headers for headers in sent if emulator.key in str(headers.raw)]


def test_a_part_that_is_refused_is_worth_another_attempt(
    emulator: Emulator, vendor: Vendor
) -> None:
    emulator.fail("POST", r"/assets/multipart-uploads/\w+", 503, times=1)
    with pytest.raises(TransientFailure):
        vendor.upload_in_parts("sage-3.mp4", len(CONTENT), read, lambda _: None)
