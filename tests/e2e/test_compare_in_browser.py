"""A person compares two files: from the drop to the difference, playing in step."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Error, Locator, Page, Route, expect

from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import Stack

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]

WORK_MS = 120_000
WAIT_SECONDS = 20
LIST_VIDEOS = "**/sage.ingest.v1.IngestService/ListVideos"
UPDATE_VIDEO = "**/sage.ingest.v1.IngestService/UpdateVideo"
EDIT = clips.replace(clips.REEL, 5.0, 7.0, clips.Piece("street", 7.6, 9.6))


@pytest.fixture(scope="module")
def files(clip_library: ClipLibrary) -> tuple[Path, Path]:
    return (
        clip_library.get("first-cut.mp4", clips.REEL),
        clip_library.get("second-cut.mp4", EDIT.pieces, crf=26),
    )


@pytest.fixture
def compared(page: Page, stack: Stack, files: tuple[Path, Path]) -> Page:
    """The page after two files were chosen and the comparison has appeared."""
    page.goto(stack.url)
    page.get_by_label("Version A", exact=True).set_input_files(files[0])
    page.get_by_label("Version B", exact=True).set_input_files(files[1])
    expect(page.get_by_test_id("difference").first).to_be_visible(timeout=WORK_MS)
    return page


def the_edit(page: Page) -> Locator:
    """The one edit in the list: what was replaced in the picture and in the sound."""
    return page.get_by_test_id("difference").filter(has_text="Picture and sound")


def seconds(page: Page, player: int) -> float:
    return float(page.locator("video").nth(player).evaluate("video => video.currentTime"))


def are_in_step(page: Page, *, after: float) -> bool:
    """Whether both players are beyond a time and hardly apart, read at one moment."""
    times: list[float] = page.locator("video").evaluate_all(
        "both => both.map(video => video.currentTime)"
    )
    return min(times) > after and max(times) - min(times) < 0.1


def wait_until(page: Page, condition: Callable[[], bool]) -> None:
    """Waits for what no locator shows. The page's policy forbids Playwright's own way, an eval."""
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def test_two_files_become_differences_on_a_timeline(compared: Page) -> None:
    expect(compared.get_by_test_id("verdict")).to_have_text("1 edit")
    expect(compared.get_by_test_id("difference")).to_have_count(1)
    edit = the_edit(compared)
    expect(edit).to_contain_text("Replaced")
    expect(edit).to_contain_text("A 00:00:05:00–00:00:07:00")
    expect(edit).to_contain_text("B 00:00:05:00–00:00:07:00")
    marked = compared.get_by_test_id("timeline-region").and_(
        compared.locator("[data-kind=REPLACED]")
    )
    expect(marked).to_have_count(2)
    expect(marked.first).to_be_visible()


def test_a_click_on_a_difference_brings_both_players_there(compared: Page) -> None:
    the_edit(compared).get_by_role("button").first.click()
    for player in (0, 1):
        wait_until(compared, lambda player=player: abs(seconds(compared, player) - 5) < 0.1)  # type: ignore[misc]


def test_both_players_play_in_step(compared: Page) -> None:
    compared.keyboard.press("Space")
    wait_until(compared, lambda: are_in_step(compared, after=2))
    compared.locator("video").first.evaluate("video => { video.currentTime -= 1 }")
    wait_until(compared, lambda: are_in_step(compared, after=2))
    compared.keyboard.press("Space")
    expect(compared.get_by_role("button", name="Play")).to_be_visible()
    stood = seconds(compared, 0)
    compared.wait_for_timeout(300)
    assert seconds(compared, 0) == pytest.approx(stood, abs=0.05)


def test_the_sensitivity_acts_without_a_call(compared: Page) -> None:
    calls: list[str] = []
    compared.on("request", lambda request: calls.append(request.url))
    slider = compared.get_by_role("slider", name=re.compile("threshold|sensitivity", re.I))
    slider.focus()
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuenow", re.compile(r"^(0\.5|50)"))
    assert not [url for url in calls if "CompareService" in url]


def test_a_link_restores_the_view(compared: Page, page: Page) -> None:
    compared.reload()
    expect(page.get_by_test_id("difference").first).to_be_visible(timeout=WORK_MS)
    expect(page.locator("video")).to_have_count(2)


def test_what_people_do_is_kept_and_seen_by_a_colleague(compared: Page, stack: Stack) -> None:
    colleague = compared.context.new_page()
    colleague.goto(compared.url)
    expect(colleague.get_by_test_id("difference").first).to_be_visible(timeout=WORK_MS)
    edit = the_edit(compared)
    edit.get_by_role("button").first.click()
    edit.get_by_role("button", name=re.compile("^Reviewed")).click()
    compared.keyboard.press("i")
    compared.keyboard.press("n")
    compared.get_by_label(re.compile("^Note at 00:00:05:00")).fill("Is this the right street?")
    compared.get_by_label("Your name").fill("Kim")
    compared.get_by_role("button", name="Add").click()
    for page in (compared, colleague):
        seen = the_edit(page)
        if page is colleague:
            page.bring_to_front()
        expect(page.get_by_test_id("comparison-name")).to_have_text("first-cut – second-cut")
        page.get_by_role("radio", name="Notes").click()
        expect(page.get_by_test_id("note")).to_contain_text("Is this the right street?")
        page.get_by_role("radio", name="Edits", exact=True).click()
        for what in ("Reviewed", "Ignore"):
            button = seen.get_by_role("button", name=re.compile(f"^{what}"))
            expect(button).to_have_attribute("aria-pressed", "true")
    colleague.get_by_role("combobox", name="Status").click()
    colleague.get_by_role("option", name="Needs changes").click()
    expect(compared.get_by_role("combobox", name="Status")).to_have_text("Needs changes")
    compared.goto(stack.url)
    compared.get_by_role("button", name="first-cut – second-cut", exact=True).click()
    expect(compared.get_by_role("combobox", name="Status")).to_have_text("Needs changes")


def test_an_export_is_a_file(compared: Page) -> None:
    compared.get_by_role("button", name="Export").click()
    with compared.expect_download() as download:
        compared.get_by_role("menuitem", name=re.compile("JSON")).click()
    regions = json.loads(download.value.path().read_text())["regions"]
    replaced = [region for region in regions if region["kind"] == "replaced"]
    assert {region["modality"] for region in replaced} == {"visual", "audio"}


def test_the_files_themselves_are_compared(compared: Page) -> None:
    compared.get_by_role("button", name="Technical").click()
    table = compared.get_by_role("table", name="Properties that differ")
    expect(table.get_by_role("rowheader", name="SHA-256")).to_be_visible(timeout=WORK_MS)
    same = compared.get_by_text(re.compile(r"properties are the same"))
    same.click()
    expect(compared.get_by_text("LUFS").first).to_be_visible(timeout=WORK_MS)


def test_a_file_that_is_no_video_is_refused_with_the_reason(
    page: Page, stack: Stack, tmp_path: Path
) -> None:
    fake = tmp_path / "notes.mp4"
    fake.write_text("These are my notes about the film.\n" * 100)
    page.goto(stack.url)
    page.get_by_label("Version A", exact=True).set_input_files(fake)
    expect(page.get_by_role("alert")).to_contain_text("NOT_A_VIDEO")
    page.get_by_role("button", name="Choose another file").click()
    expect(page.get_by_label("Version A", exact=True)).to_be_attached()


def test_a_shared_link_shows_the_comparison_and_changes_nothing(
    compared: Page, browser: Browser, stack: Stack
) -> None:
    compared.get_by_role("button", name="Save", exact=True).or_(
        compared.get_by_role("button", name="Share", exact=True)
    ).click()
    if not compared.get_by_role("dialog").is_visible():
        compared.get_by_role("button", name="Share", exact=True).click()
    compared.get_by_label("For whom").fill("The agency")
    compared.get_by_role("button", name="Make a link").click()
    link = compared.get_by_label("The link", exact=True)
    expect(link).to_have_value(re.compile("/#share="))
    stranger = browser.new_context()
    page = stranger.new_page()
    page.goto(link.input_value())
    expect(page.get_by_test_id("difference").first).to_be_visible(timeout=WORK_MS)
    wait_until(page, lambda: seconds(page, 0) >= 0)
    expect(page.get_by_text("Shared with you")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Reviewed")).first).to_be_disabled()
    expect(page.get_by_role("button", name="Carry over")).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("difference").first).to_be_visible(timeout=WORK_MS)
    compared.get_by_role("button", name="Revoke the link for The agency").click()
    expect(compared.get_by_test_id("share-link")).to_have_count(0)
    expect(page.get_by_text("This link has expired or was revoked")).to_be_visible(timeout=WORK_MS)
    stranger.close()


def test_what_is_printed_is_the_report(compared: Page) -> None:
    report = compared.locator("#printed-report")
    expect(report).to_be_attached(timeout=WORK_MS)
    expect(report).to_be_hidden()
    compared.emulate_media(media="print")
    expect(report.get_by_role("heading", level=1)).to_be_visible()
    expect(report.get_by_text("Replaced").first).to_be_visible()
    expect(compared.locator("#root")).to_be_hidden()
    compared.emulate_media(media="screen")
    expect(report).to_be_hidden()


def test_the_library_is_searched_renamed_and_cleared_up(
    page: Page, stack: Stack, files: tuple[Path, Path], tmp_path: Path
) -> None:
    third = tmp_path / "b-roll 3.mp4"
    shutil.copy(files[0], third)
    page.goto(stack.url)
    page.get_by_label("Version A", exact=True).set_input_files([*files, third])
    row = page.get_by_test_id("video").filter(has_text="b-roll 3.mp4")
    if not row.first.is_visible():
        # The first two may be ready, and shown, before the third has come.
        page.wait_for_url(re.compile(r"\?a="), timeout=WORK_MS)
        page.get_by_role("button", name="Back to the videos").click()
    expect(row).to_be_visible(timeout=WORK_MS)
    expect(page.get_by_test_id("usage")).to_have_text(re.compile(r"B of "))
    # The list that is asked for now knows the old name, and arrives after the new one is given.
    overtaken: list[tuple[Route, APIResponse]] = []
    page.route(LIST_VIDEOS, lambda route: overtaken.append((route, route.fetch())), times=1)
    # With both cards filled, the page would go on to the comparison.
    page.get_by_role("button", name="Take the later version out").click()
    row.get_by_role("button", name="Rename b-roll 3.mp4").click()
    page.get_by_label("New name of b-roll 3.mp4").fill("spare reel.mp4")
    with page.expect_response(UPDATE_VIDEO):
        page.keyboard.press("Enter")
    page.get_by_label("Search the videos").fill("reel spare")
    spare = page.get_by_test_id("video")
    expect(spare).to_have_count(1)
    for route, answer in overtaken:
        with contextlib.suppress(Error):  # the page may have given this call up
            route.fulfill(response=answer)
    page.wait_for_timeout(300)
    assert len(overtaken) == 1
    expect(spare).to_have_count(1)
    spare.get_by_role("button", name="Use as A: spare reel.mp4").click()
    card = page.get_by_role("region", name="Earlier version")
    expect(card).to_contain_text("spare reel.mp4")
    spare.get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No video has this in its name.")).to_be_visible()
    expect(card).to_contain_text("Drop a video here")


def test_the_sample_shows_each_kind_of_difference(page: Page, stack: Stack) -> None:
    page.goto(stack.url)
    expect(page.get_by_text("they do not leave it")).to_be_visible()
    page.get_by_role("button", name="Try the sample").click()
    expect(page.get_by_test_id("difference").first).to_be_visible(timeout=WORK_MS)
    for kind in ("Replaced", "Inserted", "Deleted", "Moved", "Retimed"):
        expect(page.get_by_test_id("difference").filter(has_text=kind).first).to_be_attached()
    tour = page.get_by_role("region", name="Tour")
    while tour.get_by_role("button", name="Next").is_visible():
        tour.get_by_role("button", name="Next").click()
    tour.get_by_role("button", name="Done").click()
    expect(tour).to_have_count(0)
