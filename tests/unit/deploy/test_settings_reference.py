from __future__ import annotations

from deploy.settings_reference import FILE, settings_reference


def test_the_page_is_what_the_settings_say() -> None:
    assert FILE.read_text() == settings_reference()


def test_every_setting_says_what_it_does() -> None:
    rows = [line for line in settings_reference().splitlines() if line.startswith("| `SAGE_")]
    assert rows
    assert [row for row in rows if row.endswith("|  |")] == []
