"""What is written about the API is so: examples run, and answers are those that are described."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fixtures.clips import NEW_SCENE, REEL, replace
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import ROOT, Stack

pytestmark = pytest.mark.xdist_group("stack")

_EXAMPLE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# An answer that is an error ends the script. Watches go on for ever: a reader ends them, the test
# goes on when both tasks are done, or the first state has come.
_PRELUDE = """
set -euo pipefail
curl() { command curl --fail-with-body --max-time 60 "$@"; }
until_both_are_done() {
  python3 -c '
import json, sys
done = set()
for line in sys.stdin:
    tasks = json.loads(line).get("embeddingTasks", [])
    done |= {task["name"] for task in tasks if task["state"] == "STATE_SUCCEEDED"}
    if len(done) == 2:
        break
else:
    sys.exit("the watch ended before both tasks were done")
'
}
"""
_WATCH = 'call -N "$SAGE/v1/embeddingTasks:watch?$NAMES"\n'
_WATCH_KEPT = 'call -N "$SAGE/v1/comparisons:watch?names=$KEPT"\n'


@pytest.mark.slow("embeds and compares two videos")
def test_the_examples_run_as_they_stand(
    stack: Stack, clip_library: ClipLibrary, tmp_path: Path
) -> None:
    document = (ROOT / "docs" / "api.md").read_text()
    script = "\n".join(_EXAMPLE.findall(document))
    assert _WATCH in script
    assert _WATCH_KEPT in script
    script = script.replace(_WATCH, f"until_both_are_done < <({_WATCH.strip()} 2> stderr)\n")
    script = script.replace(_WATCH_KEPT, f"read -r state < <({_WATCH_KEPT.strip()} 2> stderr)\n")
    script = script.replace("127.0.0.1:8080", stack.address)
    new = replace(REEL, 1.0, 2.0, NEW_SCENE)
    shutil.copy(clip_library.get("original.mp4", REEL), tmp_path / "old-cut.mp4")
    shutil.copy(clip_library.get("replaced.mp4", new.pieces), tmp_path / "new-cut.mp4")
    (tmp_path / "clients").symlink_to(ROOT / "clients")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    shell = subprocess.Popen(
        ["bash", "-c", _PRELUDE + script],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = shell.communicate(timeout=120)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)

    assert shell.returncode == 0, output[-2000:] + errors[-2000:]
    assert (tmp_path / "changes.edl").read_text().startswith("TITLE:")
    assert '"regions":[' in output


# Calls of a stranger, and what they may be answered; each of the checks asks for truth of what
# openapi.json says. Whether a call succeeds depends on what there is.
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "allow_header_conformance",
    "ignored_auth",
)
# Two never end, one ends the session of all the others.
_LEFT_OUT = ("WatchEmbeddingTasks", "WatchComparisons", "DeleteSession")


@pytest.mark.slow("makes hundreds of calls")
def test_made_up_calls_are_answered_as_the_document_says(stack: Stack, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(Path(sys.executable).parent / "schemathesis", "run"),
            *(ROOT / "web" / "public" / "openapi.json", "--url", stack.url),
            *("-H", f"Authorization: Bearer {stack.sign_in()}"),
            *("--checks", ",".join(_CHECKS)),
            *(option for name in _LEFT_OUT for option in ("--exclude-operation-id", name)),
            *("--phases", "examples,fuzzing", "--max-examples", "3", "--seed", "1"),
            *("--continue-on-failure", "--warnings", "off", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
