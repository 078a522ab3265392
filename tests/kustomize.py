"""Kustomize for tests: `python -m tests.kustomize` makes sure in CI that manifests can be rendered.

On a developer's machine nothing is built: tests that need it skip with a clear line.
"""

from __future__ import annotations

import os
import sys

from deploy.k8s.kustomize import build_kustomize, find_kustomize


def main() -> int:
    if find_kustomize() or not os.environ.get("CI") or build_kustomize():
        return 0
    print("sage: kustomize could be neither found nor built", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
