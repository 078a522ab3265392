"""Certificates."""

from __future__ import annotations

from html.parser import HTMLParser

from sage_cli.verdicts.certificate import to_certificate
from sage_cli.verdicts.checked import Checked
from tests.unit.cli.verdicts.conftest import NAME, POLICY


class Page(HTMLParser):
    """The texts and tags of a page; fails on tags that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_it_names_files_hashes_lengths_settings_policy_and_verdict(checked: Checked) -> None:
    page = Page(to_certificate(checked))
    for text in (
        *(NAME, "b.mp4", "a" * 64, "b" * 64, "c" * 64, "0:00:10.000", "0:00:09.500"),
        *("local", "model/1", "Threshold", "0.1", "1.2.3", "2026-01-02 03:04:05 UTC", "80.0 %"),
        *("Failed: 2 of 3 rules of gates/p.toml are violated.", POLICY, "A note <of> it."),
        *("1,234 bytes", "other content", "A 0:00:04.000 - 0:00:06.000, B at 0:00:04.500"),
    ):
        assert any(text.strip() in each.strip() for each in page.texts), text


def test_it_is_complete_in_itself_and_names_are_no_markup(checked: Checked) -> None:
    html = to_certificate(checked)
    tags = Page(html).tags
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert "http:" not in html
    assert "https:" not in html
