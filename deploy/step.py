"""Runs one step of the set-up quietly: `python3 deploy/step.py LABEL LOG COMMAND...`.

What the command says goes to the log. When it fails, one line says which step did, what its last
complaint was and where to read on. Standard library only: it runs before anything is installed.
"""

import os
import re
import subprocess
import sys
import time

NETWORK = re.compile(
    r"npm error network|ECONN\w+|ENOTFOUND|ETIMEDOUT|connection (refused|reset|broken|error)"
    r"|name resolution|timed out|from versions: none",
    re.IGNORECASE,
)
COMPLAINT = re.compile(r"error|fatal|failed|not found|cannot|could not|unable", re.IGNORECASE)
# What package managers add after the complaint itself.
EPILOGUE = re.compile(r"complete log|npm help|full report|npm (error|ERR!)\s*$", re.IGNORECASE)
LONGEST = 300


def main():
    # type: () -> int
    """Runs the step; the exit code is the command's."""
    label, log, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.makedirs(os.path.dirname(log) or ".", exist_ok=True)  # noqa: PTH103, PTH120
    print(f"sage: {label} ...", flush=True)
    began = time.monotonic()
    with open(log, "wb") as output:  # noqa: PTH123
        try:
            code = subprocess.call(command, stdout=output, stderr=subprocess.STDOUT)
        except OSError as error:
            output.write(f"error: {command[0]}: {error.strerror}\n".encode())
            code = 127
    if code:
        with open(log, errors="replace") as text:  # noqa: PTH123
            reason = complaint(text.read())
        print(f"sage: {label} failed: {reason} (all of it: {log})", file=sys.stderr)
    else:
        print(f"sage: {label} done in {time.monotonic() - began:.0f} s", flush=True)
    return code


def complaint(text):
    # type: (str) -> str
    """The line of a command's output that says best what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if NETWORK.search(line):
            return line[:LONGEST] + " - is the network there?"
    complaints = [line for line in lines if COMPLAINT.search(line) and not EPILOGUE.search(line)]
    return (complaints or lines or ["it said nothing"])[-1][:LONGEST]


if __name__ == "__main__":
    sys.exit(main())
