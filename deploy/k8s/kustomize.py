"""Renders overlays: `python -m deploy.k8s.kustomize FOLDER` writes manifests to standard output.

kubectl and kustomize render alike. Where neither is there but Go is, kustomize is built once.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_TOOLS = _ROOT / "build" / "tools"
_MODULE = "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1"


class KustomizeError(Exception):
    """A sentence that says why nothing is rendered, and what to do."""


def find_kustomize() -> tuple[str, ...] | None:
    """The command that renders a folder, without the folder; None where there is none."""
    if kubectl := shutil.which("kubectl"):
        return (kubectl, "kustomize")
    if found := shutil.which("kustomize", path=f"{_TOOLS}{os.pathsep}{os.environ['PATH']}"):
        return (found, "build")
    return None


def build_kustomize() -> bool:
    """Builds kustomize if Go is there; whether that went well."""
    go = shutil.which("go")
    if go is None:
        return False
    answer = subprocess.run(
        ["nice", go, "install", _MODULE],  # noqa: S607
        env={**os.environ, "GOBIN": str(_TOOLS), "CGO_ENABLED": "0"},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return answer.returncode == 0


def render(folder: Path) -> str:
    """The manifests of a base or an overlay, as YAML documents. Raises KustomizeError."""
    command = find_kustomize()
    if command is None and build_kustomize():
        command = find_kustomize()
    if command is None:
        raise KustomizeError("rendering manifests needs kubectl, kustomize, or Go to build it")
    answer = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise KustomizeError(f"{folder}: {answer.stderr.strip()}")
    return answer.stdout


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s.kustomize", description=__doc__)
    parser.add_argument("folder", type=Path)
    try:
        sys.stdout.write(render(parser.parse_args().folder))
    except KustomizeError as error:
        print(f"sage: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
