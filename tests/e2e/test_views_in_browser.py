"""A person looks closely: at pictures, list and timeline, by keyboard, in any light."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.compared import WORK_MS, Compared, Scheme, opened
from tests.fixtures import clips
from tests.fixtures.stack import ROOT

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def page(compared: Compared) -> Iterator[Page]:
    page = opened(compared)
    yield page
    page.context.close()


def brightness(page: Page) -> float:
    """Of the picture of differences, as a person sees it."""
    shot = page.get_by_test_id("difference-picture").screenshot()
    with av.open(io.BytesIO(shot), "r") as picture:
        return float(next(picture.decode(video=0)).to_ndarray(format="gray").mean())


def test_the_difference_is_dark_where_nothing_differs(page: Page) -> None:
    go_to_the_edit(page)
    page.keyboard.press("d")
    page.wait_for_timeout(500)
    edited = brightness(page)
    page.keyboard.press("Home")
    page.wait_for_timeout(1000)
    assert brightness(page) < edited / 3
    page.get_by_role("slider", name="Gain").press("End")
    expect(page.get_by_text("32×")).to_be_visible()


def go_to_the_edit(page: Page) -> None:
    page.get_by_test_id("difference").get_by_role("button").first.click()
    expect(page.get_by_test_id("timecode-a")).to_have_text("00:00:05:00")


def test_both_pictures_come_closer_together(page: Page) -> None:
    videos = page.locator("video")
    before = [videos.nth(side).bounding_box() for side in (0, 1)]
    page.keyboard.press("1")
    page.keyboard.press("z")
    page.keyboard.press("z")
    for side in (0, 1):
        expect(videos.nth(side)).to_have_css("image-rendering", "pixelated")
        box, whole = videos.nth(side).bounding_box(), before[side]
        assert box is not None
        assert whole is not None
        assert box["width"] == pytest.approx(2 * clips.SIZE[0], rel=0.02)
    part = page.get_by_role("button", name=re.compile("^Part of the pictures"))
    left = videos.first.evaluate("video => video.style.left")
    part.press("ArrowRight")
    assert videos.first.evaluate("video => video.style.left") != left
    page.keyboard.press("x")
    expect(part).to_have_count(0)


def test_a_held_key_lets_both_take_turns(page: Page) -> None:
    viewer = page.locator(".viewer")
    page.keyboard.down("b")
    expect(viewer).to_have_attribute("data-layout", "overlay")
    page.keyboard.up("b")
    expect(viewer).to_have_attribute("data-layout", "side")


def test_edits_are_found_and_show_how_they_look(page: Page) -> None:
    row = page.get_by_test_id("difference")
    for side in ("a", "b"):
        expect(row.get_by_test_id(f"picture-{side}")).to_have_attribute(
            "data-loaded", "true", timeout=WORK_MS
        )
    page.get_by_label("Find edits").fill("replaced 05:00")
    expect(row).to_have_count(1)
    page.get_by_label("Find edits").fill("inserted")
    expect(row).to_have_count(0)


def test_thumbnails_refine_where_the_timeline_is_looked_at(page: Page) -> None:
    def is_fine(body: bytes | None) -> bool:
        return body is not None and len(body) > 100  # a name and its times

    with page.expect_request(
        lambda request: request.url.endswith("/GetFilmstrip") and is_fine(request.post_data_buffer)
    ):
        for _ in range(8):
            page.keyboard.press("+")


def test_a_click_into_the_heat_map_goes_there(page: Page) -> None:
    page.keyboard.press("m")
    heat = page.get_by_role("button", name=re.compile("^Heat map at"))
    heat.click(position={"x": 100, "y": 200})
    expect(heat).to_have_count(0)
    expect(page.get_by_test_id("timecode-a")).not_to_have_text("00:00:00:00")


def test_keys_are_changed_and_told_apart(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("button", name="Change the key of: Wipe between the pictures").click()
    page.keyboard.press("q")
    row = page.locator("[data-action=note]")
    page.get_by_role("button", name="Change the key of: Note at the playhead").click()
    page.keyboard.press("q")
    expect(row.get_by_role("alert")).to_contain_text("Wipe between the pictures")
    row.get_by_role("button", name="Leave it").click()
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_test_id("verdict")).to_have_text("1 edit", timeout=WORK_MS)
    viewer = page.locator(".viewer")
    page.keyboard.press("w")
    expect(viewer).to_have_attribute("data-layout", "side")
    page.keyboard.press("q")
    expect(viewer).to_have_attribute("data-layout", "wipe")
    page.keyboard.press("?")
    page.get_by_role("button", name="All keys as they were").click()
    expect(page.locator("[data-action=wipe] kbd")).to_have_text("W")


def test_markers_of_a_lie_over_b(page: Page, tmp_path: Path) -> None:
    markers = tmp_path / "markers.csv"
    markers.write_text("Start,End,Name\n00:00:02.000,00:00:03.000,Title\n00:00:09.000,,Man\n")
    page.get_by_role("button", name="Carry over").click()
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(markers)
    page.get_by_role("button", name="To B").click()
    page.get_by_role("button", name="Lay over the timeline").click()
    lane = page.get_by_test_id("laid-over")
    expect(lane.get_by_role("button", name="Title")).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_test_id("timecode-b")).to_have_text("00:00:02:00")
    lane.get_by_role("button", name="Man").click()
    expect(page.get_by_test_id("timecode-b")).to_have_text("00:00:09:00")
    lane.get_by_role("button", name="Take the markers away").click()
    expect(lane).to_have_count(0)


def test_other_options_keep_the_page(page: Page) -> None:
    page.locator("video").first.evaluate("video => { video.dataset.kept = 'yes' }")
    page.get_by_role("button", name="Options").click()
    page.get_by_role("combobox", name="Alignment").click()
    page.get_by_role("option", name=re.compile("By time")).click()
    expect(page).to_have_url(re.compile("alignment=time"))
    expect(page.get_by_label("Time of B at the start of A")).to_be_visible()
    expect(page.locator("video").first).to_have_attribute("data-kept", "yes")


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 720), ("light", 390)]
)
def test_everybody_can_use_it(compared: Compared, scheme: Scheme, width: int) -> None:
    """Light and dark, at 200 % (half the width) and on a phone, in every state."""
    page = opened(compared, scheme, width)
    page.evaluate(Path(AXE).read_text())

    def check() -> None:
        found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
        broken = [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]]
        assert not broken, json.dumps(broken, indent=1)

    check()
    go_to_the_edit(page)
    page.keyboard.press("d")
    check()
    page.keyboard.press("v")
    page.keyboard.press("z")
    check()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(200)  # until it has come in: half of it is half as readable
    check()
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Notes").click()
    check()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
