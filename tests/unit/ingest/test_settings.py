from __future__ import annotations

from pathlib import Path

import pytest

from services.ingest.settings import IngestSettings


def test_without_a_url_the_database_lies_in_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_HOME", str(tmp_path))
    monkeypatch.setenv("SAGE_INGEST_DATABASE_URL", "")
    assert IngestSettings().database_url == f"sqlite+aiosqlite:///{tmp_path}/ingest.sqlite"


def test_a_url_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_INGEST_DATABASE_URL", "postgresql://db/ingest")
    assert IngestSettings().database_url == "postgresql://db/ingest"
