"""What is in the contract can be imported from each client."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_typescript_exports_every_file_of_the_contract() -> None:
    files = (path.relative_to(ROOT / "proto") for path in (ROOT / "proto").rglob("sage/**/*.proto"))
    expected = {f'export * from "./gen/{file.with_suffix("")}_pb.js";' for file in files}
    index = ROOT / "clients" / "typescript" / "src" / "index.ts"
    assert expected - set(index.read_text().splitlines()) == set()
