"""The main states of the page look as they did: compared with pictures that are kept."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.e2e.compared import WORK_MS, Compared, Scheme, opened
from tests.e2e.pictures import assert_looks_as_before, decoded, encoded, share_that_differs

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]

# Pictures of videos are as the machine's decoder makes them.
MASKED = ("video", "canvas", "[style*='background-image']", "[data-testid=timeline] path")


# In the page's font: how wide a sample is on the machine that made the pictures, in pixels.
SAMPLE_WIDTH = 1785.7
MEASURE = """() => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.font = `100px ${getComputedStyle(document.body).fontFamily}`;
  return canvas.measureText("Compare two versions 0123456789").width;
}"""


@pytest.fixture
def same_font(compared: Compared) -> None:
    """Lines break elsewhere in other fonts, and the page takes the system's."""
    page = opened(compared)
    width = page.evaluate(MEASURE)
    page.context.close()
    if width != pytest.approx(SAMPLE_WIDTH, rel=0.002):
        pytest.skip("the pictures were made with another font than this machine's")


def assert_looks(page: Page, name: str, clip: FloatRect | None = None) -> None:
    page.mouse.move(0, 0)
    masked = [page.locator(each) for each in MASKED]
    shot = page.screenshot(animations="disabled", caret="hide", mask=masked, clip=clip)
    assert_looks_as_before(name, shot)


@pytest.mark.usefixtures("same_font")
@pytest.mark.parametrize(
    ("scheme", "width", "height"), [("light", 1440, 900), ("dark", 1440, 900), ("light", 390, 844)]
)
def test_a_comparison_looks_as_before(
    compared: Compared, scheme: Scheme, width: int, height: int
) -> None:
    page = opened(compared, scheme, width, height)
    named = f"{scheme}-{width}"
    for side in "ab":
        picture = page.get_by_test_id("difference").get_by_test_id(f"picture-{side}")
        expect(picture).to_have_attribute("data-loaded", "true", timeout=WORK_MS)
    strips = page.get_by_test_id("timeline").locator("[style*='background-image']")
    expect(strips.first).to_be_visible(timeout=WORK_MS)
    page.keyboard.press("Home")
    assert_looks(page, f"comparison-{named}")
    page.get_by_role("radio", name="Notes").click()
    assert_looks(page, f"notes-{named}")
    page.get_by_role("button", name="Show the keys").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_looks(page, f"keys-{named}")
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    assert_looks(page, f"wipe-{named}")
    page.context.close()


@pytest.mark.usefixtures("same_font")
def test_the_library_looks_as_before(compared: Compared) -> None:
    page = opened(compared, "light", 1440)
    page.get_by_role("button", name="Back to the videos").click()
    expect(page.get_by_text("In this workspace")).to_be_visible()
    # What is below depends on what others have uploaded.
    assert_looks(page, "library-light-1440", FloatRect(x=0, y=0, width=1440, height=320))
    page.context.close()


def test_what_looks_otherwise_is_told() -> None:
    """A pane that is gone is; a little noise, as of other letters, is not."""
    random = np.random.default_rng(1)
    page = random.integers(0, 255, (112, 180), dtype=np.uint8)
    assert (decoded(encoded(page)) == page).all()
    noisy = np.clip(page.astype(int) + random.integers(-20, 20, page.shape), 0, 255)
    assert share_that_differs(page, noisy.astype(np.uint8)) == 0
    without = page.copy()
    without[60:90, 40:100] = 255
    assert share_that_differs(page, without) > 0.04
    assert share_that_differs(page, page[:100]) == 1
