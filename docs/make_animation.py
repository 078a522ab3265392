"""Makes docs/images/comparison.webp, the animated picture in the README: `make animation`.

It starts SAGE, lets a browser compare two short clips, plays them, goes from one difference to the
next and switches to the wipe view. The pictures are real ones, and so is the text that it prints:
the answer of `sage compare` for the same two files.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av
from playwright.sync_api import Page, expect, sync_playwright

from tests.chromium import find_chromium
from tests.fixtures import clips
from tests.fixtures.stack import ROOT, Stack, running_stack

OUTPUT = ROOT / "docs" / "images" / "comparison.webp"
_SIZE = (1280, 800)
_SHOWN_WIDTH = 880
_FRAMES_A_SECOND = 4
_WORK_MS = 240_000
_EDIT = clips.replace(clips.REEL, 5.0, 7.0, clips.Piece("street", 7.6, 9.6))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "home") as stack:
        first = clips.write(Path(folder) / "first-cut.mp4", clips.REEL)
        second = clips.write(Path(folder) / "second-cut.mp4", _EDIT.pieces, crf=26)
        pictures = _in_the_browser(stack, first, second)
        _write(pictures)
        print(f"{OUTPUT.relative_to(ROOT)}: {OUTPUT.stat().st_size} bytes")
        command = [sys.executable, "-m", "sage_cli", "compare", first.name, second.name]
        answer = subprocess.run(
            [*command, "--server", stack.url],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        print(answer.stdout or answer.stderr)


def _in_the_browser(stack: Stack, first: Path, second: Path) -> list[bytes]:
    """PNG screenshots, a fixed time apart."""
    chromium = find_chromium()
    pictures: list[bytes] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium) if chromium else None,
            args=["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"],
        )
        page = browser.new_page(viewport={"width": _SIZE[0], "height": _SIZE[1]})
        page.goto(stack.url)
        page.get_by_label("Version A", exact=True).set_input_files(first)
        page.get_by_label("Version B", exact=True).set_input_files(second)
        differences = page.get_by_test_id("difference")
        expect(differences.first).to_be_visible(timeout=_WORK_MS)
        page.wait_for_timeout(2000)
        _record(page, pictures, 4)
        differences.first.click()
        _record(page, pictures, 4)
        page.keyboard.press("Space")
        _record(page, pictures, 16)
        page.keyboard.press("Space")
        page.get_by_role("radio", name="Wipe").click()
        _record(page, pictures, 6)
        browser.close()
    return pictures


def _record(page: Page, pictures: list[bytes], count: int) -> None:
    for _ in range(count):
        pictures.append(page.screenshot())
        page.wait_for_timeout(1000 / _FRAMES_A_SECOND)


def _write(pictures: list[bytes]) -> None:
    with av.open(OUTPUT, "w", format="webp", options={"loop": "0"}) as output:
        stream = output.add_stream("libwebp_anim", rate=_FRAMES_A_SECOND)
        stream.width = _SHOWN_WIDTH
        stream.height = _SHOWN_WIDTH * _SIZE[1] // _SIZE[0]
        stream.pix_fmt = "yuv420p"
        stream.options = {"quality": "70"}
        for number, picture in enumerate(pictures):
            with av.open(io.BytesIO(picture), "r") as screenshot:
                frame = next(screenshot.decode(video=0))
            shown = frame.reformat(stream.width, stream.height, "yuv420p")
            shown.pts, shown.time_base = number, Fraction(1, _FRAMES_A_SECOND)
            output.mux(stream.encode(shown))
        output.mux(stream.encode(None))


if __name__ == "__main__":
    main()
