"""Who reads German reads nothing else, on a wide screen and on a phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.catalogue import leftovers, texts_of
from tests.e2e.compared import ENGLISH, GERMAN, VERDICTS, WORK_MS, Compared, opened
from tests.fixtures.stack import ROOT, Stack

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = (390, 844)

# All that is shown or read out, but for what is marked as of another language.
SAID = """() => {
  const own = (node) => node.closest("[lang]") === document.documentElement;
  const said = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, textContent } = walker.currentNode;
    if (parentElement && own(parentElement)) said.push(textContent.trim());
  }
  const names = ["aria-label", "title", "placeholder", "alt", "aria-valuetext"];
  for (const name of names) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (own(element)) said.push(element.getAttribute(name));
    }
  }
  return said.filter(Boolean);
}"""
# Compressed, by their addresses.
SCRIPTS = """() => Object.fromEntries(
  performance.getEntriesByType("resource")
    .filter(({ name }) => name.endsWith(".js"))
    .map(({ name, encodedBodySize }) => [name, encodedBodySize]))"""
FIRST_LOAD_BYTES = 300_000
# By how many pixels anything is out of reach, the page or what lies over it.
SIDEWAYS = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const over = [...document.querySelectorAll("[role=menu], [role=dialog]")].map((each) => {
    const { left, right } = each.getBoundingClientRect();
    return Math.max(right - clientWidth, -left, each.scrollWidth - each.clientWidth);
  });
  return Math.max(scrollWidth - clientWidth, ...over);
}"""


@pytest.fixture(params=[(1440, 900), PHONE], ids=["wide", "phone"])
def german(compared: Compared, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    page = opened(compared, "light", width, height, GERMAN)
    page.evaluate(AXE.read_text())
    yield page
    page.context.close()


def assert_german(page: Page) -> None:
    """Nothing English, nothing out of sight to the side, and everybody can use it."""
    page.wait_for_timeout(200)  # until what comes in has come in
    assert page.locator("html").get_attribute("lang") == "de"
    assert leftovers(page.evaluate(SAID), "de", "en") == []
    assert page.evaluate(SIDEWAYS) <= 0
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
    broken = [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]]
    assert not broken, json.dumps(broken, indent=1)


def test_leftovers_are_found() -> None:
    english = sorted(texts_of("en"))
    assert len(english) > 300
    assert leftovers(["Timeline", "42", "Nächste Änderung"], "de", "en") == []
    assert leftovers(["Next edit", "5 of 7 segments differ (]"], "de", "en") != []


def test_a_comparison_is_german_in_every_state(german: Page) -> None:
    assert_german(german)
    german.get_by_test_id("difference").get_by_role("button").first.click()
    for key in ("d", "v", "w", "z"):
        german.keyboard.press(key)
        assert_german(german)
    german.get_by_role("radio", name="Notizen").click()
    assert_german(german)
    german.get_by_role("button", name="Optionen").click()
    assert_german(german)
    german.keyboard.press("Escape")
    german.keyboard.press("n")
    assert_german(german)


@pytest.mark.parametrize(
    ("button", "ready"),
    [
        ("Tasten zeigen", "Leertaste"),
        ("Technik", "Eigenschaft"),
        ("Übertragen", "gemacht für"),
        ("Heatmap von A gegen B", "A 00:00"),
        ("Exportieren", "Bericht drucken"),
        ("Gemeinsamer Bereich", "Deutsch"),
    ],
)
def test_what_opens_is_german(german: Page, button: str, ready: str) -> None:
    german.get_by_role("button", name=button).click()
    expect(german.get_by_text(ready).first).to_be_visible(timeout=WORK_MS)
    assert_german(german)


def test_what_people_keep_is_german(german: Page) -> None:
    german.get_by_test_id("difference").get_by_role("button").first.click()
    german.keyboard.press("r")
    german.get_by_role("button", name="Freigeben").click(timeout=WORK_MS)
    german.get_by_label("Für wen").fill("Agentur")
    german.get_by_role("button", name="Link erstellen").click()
    expect(german.get_by_label("Der Link", exact=True)).to_be_visible(timeout=WORK_MS)
    assert_german(german)
    german.get_by_role("button", name="Link zurückziehen: Agentur").click()
    expect(german.get_by_test_id("share-link")).to_have_count(0)
    german.keyboard.press("Escape")
    german.get_by_role("radio", name="Notizen").click()
    german.keyboard.press("n")
    german.get_by_role("textbox", name="Notiz bei").fill("Schnitt zwei Bilder später?")
    german.get_by_role("button", name="Hinzufügen").click()
    expect(german.get_by_role("button", name="Notiz bearbeiten").first).to_be_visible()
    assert_german(german)
    german.get_by_role("button", name="Notiz löschen").first.click()


@pytest.mark.parametrize(
    ("item", "ready"), [("Anmelden", "API-Schlüssel"), ("API-Tokens", "Token erstellen")]
)
def test_signing_in_is_german(german: Page, item: str, ready: str) -> None:
    german.get_by_role("button", name="Gemeinsamer Bereich").click()
    german.get_by_role("menuitem", name=item).click()
    expect(german.get_by_role("dialog").get_by_text(ready).first).to_be_visible(timeout=WORK_MS)
    assert_german(german)


def test_the_way_round_is_german(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(locale=GERMAN, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(stack.url)
    page.evaluate(AXE.read_text())
    page.get_by_role("button", name="Beispiel ansehen").click()
    expect(page.get_by_test_id("difference").first).to_be_visible(timeout=WORK_MS)
    for kind in ("Ersetzt", "Hinzugefügt", "Gelöscht", "Verschoben", "Tempo"):
        expect(page.get_by_test_id("difference").filter(has_text=kind).first).to_be_attached()
    tour = page.get_by_role("region", name="Rundgang")
    while tour.get_by_role("button", name="Weiter").is_visible():
        assert_german(page)
        tour.get_by_role("button", name="Weiter").click()
    tour.get_by_role("button", name="Fertig").click()
    context.close()


def test_what_lies_upon_the_pictures_is_german(german: Page) -> None:
    german.get_by_role("button", name="B versetzen: 0 ms").click()
    german.get_by_role("button", name="+1 Bild").click()
    assert_german(german)
    german.keyboard.press("Escape")
    german.get_by_title("Wo der Timecode von B beginnt").click()
    expect(german.get_by_label("Das erste Bild von B liegt bei")).to_be_visible()
    assert_german(german)
    german.keyboard.press("Escape")
    german.keyboard.press("z")
    assert_german(german)


@pytest.mark.parametrize("size", [(1440, 900), PHONE], ids=["wide", "phone"])
def test_the_library_is_german(
    browser: Browser, stack: Stack, compared: Compared, tmp_path: Path, size: tuple[int, int]
) -> None:
    page = opened(compared, "light", *size, GERMAN)
    page.goto(stack.url)
    page.evaluate(AXE.read_text())
    expect(page.get_by_test_id("video").first).to_be_visible(timeout=WORK_MS)
    assert_german(page)
    text = tmp_path / "notes.mp4"
    text.write_text("no video")
    page.get_by_label("Fassung A", exact=True).set_input_files(text)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Diese Datei ist kein Video.", timeout=WORK_MS)
    assert_german(page)
    page.context.close()


def test_another_language_changes_nothing_but_words(compared: Compared) -> None:
    page = opened(compared, locale=GERMAN)
    page.locator("video").first.evaluate("video => { video.dataset.kept = 'yes' }")
    page.keyboard.press("End")
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    choose(page, "Gemeinsamer Bereich", "English")
    expect(page.get_by_test_id("verdict")).to_have_text(VERDICTS[ENGLISH])
    assert page.locator("html").get_attribute("lang") == "en"
    assert leftovers(page.evaluate(SAID), "en", "de") == []
    expect(page.locator("video").first).to_have_attribute("data-kept", "yes")
    assert not [call for call in calls if "CompareVideos" in call]
    page.reload()
    expect(page.get_by_test_id("verdict")).to_have_text(VERDICTS[ENGLISH], timeout=WORK_MS)
    choose(page, "Shared workspace", "Deutsch")
    expect(page.get_by_test_id("verdict")).to_have_text(VERDICTS[GERMAN])
    assert leftovers(page.evaluate(SAID), "de", "en") == []
    page.context.close()


def choose(page: Page, menu: str, language: str) -> None:
    page.get_by_role("button", name=menu).click()
    page.get_by_role("menuitemcheckbox", name=language).click()


def test_only_who_reads_german_fetches_it_and_the_first_load_stays_small(
    browser: Browser, stack: Stack
) -> None:
    def scripts(locale: str) -> dict[str, int]:
        context = browser.new_context(locale=locale)
        page = context.new_page()
        page.goto(stack.url)
        expect(page.locator("input[type=file]").first).to_be_enabled()
        page.wait_for_timeout(1000)  # until the comparison has been fetched, too
        found: dict[str, int] = page.evaluate(SCRIPTS)
        context.close()
        return found

    def has_german(locale: str) -> bool:
        return any("/de-" in name for name in scripts(locale))

    assert sum(scripts(GERMAN).values()) <= FIRST_LOAD_BYTES
    assert has_german(GERMAN)
    assert not has_german(ENGLISH)
    assert not has_german("fr-FR")
