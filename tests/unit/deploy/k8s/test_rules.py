"""Rules that every workload of every overlay keeps, as kube-score and checkov have them.

Those tools are programs in Go, and a scanner with a hundred packages of its own; the rules that
matter here are few. An exception names the rule, the workload and why.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.k8s import kustomize
from deploy.k8s.dev_keys import make_keys
from deploy.k8s.kustomize import find_kustomize

K8S = Path(__file__).resolve().parents[4] / "deploy" / "k8s"
OVERLAYS = ("dev", "production")

Manifest = dict[str, Any]

# Both are one pod with a disk, for trying: production has them elsewhere.
_FOR_TRYING = "a disk of one pod, for trying; production has it elsewhere"
EXCEPTIONS = {
    **{
        (rule, name): _FOR_TRYING
        for name in ("postgres", "store")
        for rule in (
            "has a liveness probe",
            "has a network policy",
            "has an account of its own",
            "has a disruption budget",
            "is spread over nodes",
        )
    },
    **{
        (rule, f"migrate-{name}"): "a Job runs once and serves nobody"
        for name in ("ingest", "embed", "compare")
        for rule in (
            "has a liveness probe",
            "has a readiness probe",
            "has a disruption budget",
            "is spread over nodes",
        )
    },
}


class Overlay:
    """What an overlay renders."""

    def __init__(self, manifests: list[Manifest]) -> None:
        self.manifests = manifests

    def of(self, *kinds: str) -> list[Manifest]:
        return [each for each in self.manifests if each["kind"] in kinds]

    def selects(self, kind: str, workload: Manifest) -> bool:
        """Whether a policy or budget is for the workload's pods."""
        labels = workload["spec"]["template"]["metadata"]["labels"]
        for each in self.of(kind):
            selector = each["spec"].get("podSelector") or each["spec"].get("selector") or {}
            wanted = selector.get("matchLabels")
            if wanted and wanted.items() <= labels.items():
                return True
        return False


@pytest.fixture(scope="module", params=OVERLAYS)
def overlay(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Overlay:
    if find_kustomize() is None:
        pytest.skip("rendering manifests needs kubectl or kustomize")
    copy = tmp_path_factory.mktemp("rules") / "k8s"
    shutil.copytree(K8S, copy, ignore=shutil.ignore_patterns("keys", "__pycache__"))
    make_keys(copy / "overlays" / "dev" / "keys")
    text = kustomize.render(copy / "overlays" / str(request.param))
    return Overlay([each for each in yaml.load_all(text, yaml.CSafeLoader) if each])


def pod(workload: Manifest) -> Manifest:
    found: Manifest = workload["spec"]["template"]["spec"]
    return found


def containers(workload: Manifest) -> list[Manifest]:
    return [*pod(workload).get("initContainers", ()), *pod(workload)["containers"]]


def _locked(workload: Manifest) -> bool:
    whole = pod(workload)["securityContext"]
    return (
        whole["runAsNonRoot"] is True
        and whole["runAsUser"] >= 10_000
        and whole["seccompProfile"] == {"type": "RuntimeDefault"}
        and all(
            each["securityContext"]
            == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            for each in containers(workload)
        )
    )


def _apart(workload: Manifest) -> bool:
    it = pod(workload)
    shares = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace")
    own = not any("hostPath" in each for each in it.get("volumes", ()))
    return own and not any(it.get(name) for name in shares)


def _probe(workload: Manifest, name: str) -> bool:
    return all(name in each for each in pod(workload)["containers"])


def _differing_probes(workload: Manifest) -> bool:
    """What is not ready must not be killed for it: its dependencies may be away."""
    return all(
        "livenessProbe" not in each or each["livenessProbe"] != each["readinessProbe"]
        for each in pod(workload)["containers"]
    )


# By name; each answers whether the workload keeps it.
RULES: dict[str, Callable[[Overlay, Manifest], bool]] = {
    "may do nothing but its work": lambda _, it: _locked(it),
    "shares nothing with its node": lambda _, it: _apart(it),
    "asks for what it needs": lambda _, it: all(
        each["resources"].get("limits", {}).get("memory") for each in containers(it)
    ),
    # A pod that may not use a core that is free only gets slower.
    "is not throttled": lambda _, it: all(
        "cpu" not in each["resources"]["limits"] for each in containers(it)
    ),
    "says what it takes": lambda _, it: all(
        {"cpu", "memory"} <= each["resources"].get("requests", {}).keys()
        for each in pod(it)["containers"]
    ),
    "names a version": lambda _, it: all(
        ":" in each["image"] and not each["image"].endswith(":latest") for each in containers(it)
    ),
    "cannot talk to the cluster": lambda _, it: pod(it)["automountServiceAccountToken"] is False,
    "learns nothing from names of Services": lambda _, it: pod(it)["enableServiceLinks"] is False,
    "has an account of its own": lambda _, it: bool(pod(it).get("serviceAccountName")),
    "has a readiness probe": lambda _, it: _probe(it, "readinessProbe"),
    "has a liveness probe": lambda _, it: _probe(it, "livenessProbe"),
    "lives while it is not ready": lambda _, it: _differing_probes(it),
    "has a network policy": lambda overlay, it: overlay.selects("NetworkPolicy", it),
    "has a disruption budget": lambda overlay, it: overlay.selects("PodDisruptionBudget", it),
    "is spread over nodes": lambda _, it: bool(pod(it).get("topologySpreadConstraints")),
}


def broken(overlay: Overlay) -> Iterator[tuple[str, str]]:
    for workload in overlay.of("Deployment", "StatefulSet", "Job"):
        for name, keeps in RULES.items():
            if not keeps(overlay, workload):
                yield name, workload["metadata"]["name"]


def test_every_workload_keeps_every_rule(overlay: Overlay) -> None:
    assert len(overlay.of("Deployment", "Job")) == 8
    assert sorted(set(broken(overlay)) - EXCEPTIONS.keys()) == []


def test_every_exception_is_needed(overlay: Overlay) -> None:
    names = {each["metadata"]["name"] for each in overlay.of("Deployment", "StatefulSet", "Job")}
    there = {key for key in EXCEPTIONS if key[1] in names}
    assert there == there & set(broken(overlay))


def test_nobody_is_reached_by_a_number(overlay: Overlay) -> None:
    """Ports of Services lead to ports that pods name, so they cannot drift."""
    named = {
        port["name"]
        for workload in overlay.of("Deployment", "StatefulSet")
        for each in pod(workload)["containers"]
        for port in each.get("ports", ())
    }
    for service in overlay.of("Service"):
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= named
