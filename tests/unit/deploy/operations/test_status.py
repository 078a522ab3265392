"""The operator's listings, of real tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert

import services
from deploy.embedded.settings import EmbeddedSettings
from deploy.operations.installation import Installation, read_installation
from deploy.operations.status import Listing, as_text, status
from services.embed.adapters import schema
from services.embed.adapters.task_rows import to_row
from services.embed.tasks.task_state import Failure, State
from services.servicekit.database import open_database
from tests.fixtures.stack import ROOT
from tests.fixtures.tasks import make_task


@pytest.fixture
async def installation(tmp_path: Path) -> Installation:
    it = read_installation(EmbeddedSettings(home=tmp_path))
    for database in it.databases:
        migrations = Path(services.__file__).parent / database.service / "migrations"
        async with open_database(f"sqlite:///{database.url.database}", migrations) as engine:
            if database.service != "embed":
                continue
            failure = Failure(reason="VIDEO_TOO_LONG", message="Nine hours.")
            made = (
                make_task(id="waits", created_at=1),
                make_task(id="runs", state=State.PROCESSING, owner="w7", attempt=2),
                make_task(id="failed", state=State.FAILED, failure=failure, ended_at=5),
            )
            async with engine.begin() as connection:
                for task in made:
                    row = {**to_row(task, now=0), "sha256": task.id}
                    await connection.execute(insert(schema.tasks).values(row))
    return it


def rows(listings: list[Listing], title: str) -> list[dict[str, object]]:
    (found,) = (each for each in listings if each.title.startswith(title))
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


async def test_tasks_leases_and_quotas_are_listed_over_all_workspaces(
    installation: Installation,
) -> None:
    found = await status(installation)

    states = {row["state"]: row["tasks"] for row in rows(found, "Tasks by")}
    assert states == {"QUEUED": 1, "PROCESSING": 1, "FAILED": 1}
    (lease,) = rows(found, "Leases")
    assert (lease["worker"], lease["task"], lease["attempt"]) == ("w7", "runs", 2)
    assert [row["task"] for row in rows(found, "Waiting")] == ["waits"]
    assert [row["reason"] for row in rows(found, "Failed")] == ["VIDEO_TOO_LONG"]
    (quota,) = rows(found, "Open tasks")
    assert (quota["workspace"], quota["open_tasks"]) == ("w1", 2)
    text = as_text(next(each for each in found if each.title.startswith("Leases")))
    assert text.splitlines()[1].split()[:2] == ["worker", "task"]
    assert text.splitlines()[2].split()[:2] == ["w7", "runs"]


@pytest.mark.slow("runs the command in processes of its own")
def test_nothing_is_written_and_a_home_that_is_none_is_said(
    installation: Installation, tmp_path: Path
) -> None:
    before = {file: file.read_bytes() for file in tmp_path.glob("*.sqlite")}

    def run(home: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deploy.operations", "status", "--json"],
            cwd=ROOT,
            env={"PATH": "", "SAGE_HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert len(json.loads(run(tmp_path).stdout)) == 10
    assert {file: file.read_bytes() for file in tmp_path.glob("*.sqlite")} == before
    refused = run(tmp_path / "nowhere")
    assert refused.returncode == 1
    assert refused.stderr.startswith("sage: embed's database ")
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "nowhere").exists()
