"""The manifests of the cluster: they render, fit Kubernetes' schemas, and fit each other."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from gateway.render import read_settings, render

BASE = Path(__file__).resolve().parents[3] / "deploy" / "k8s" / "base"
SERVICES = ("ingest", "embed", "compare")
PARTS = (*SERVICES, "gateway")
# The oldest version of Kubernetes that the manifests are for: probes by gRPC are stable there.
KUBERNETES = "1.27"

Manifest = dict[str, Any]


def manifests(part: str) -> list[Manifest]:
    return list(yaml.safe_load_all((BASE / f"{part}.yaml").read_text()))


def manifest(part: str, kind: str) -> Manifest:
    return next(each for each in manifests(part) if each["kind"] == kind)


def container(part: str) -> Manifest:
    containers: list[Manifest] = manifest(part, "Deployment")["spec"]["template"]["spec"][
        "containers"
    ]
    return containers[0]


@pytest.fixture(scope="module")
def rendered() -> list[Manifest]:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed here")
    answer = subprocess.run(
        [kubectl, "kustomize", str(BASE)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return list(yaml.safe_load_all(answer.stdout))


@pytest.mark.parametrize("part", PARTS)
def test_each_manifest_fits_the_schema(part: str) -> None:
    for each in manifests(part):
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


def test_all_that_kustomize_renders_fits_the_schema(rendered: list[Manifest]) -> None:
    for each in rendered:
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


def test_every_part_is_rendered_whole(rendered: list[Manifest]) -> None:
    kinds = {"Deployment", "Service", "ServiceAccount", "PodDisruptionBudget", "NetworkPolicy"}

    found = {(each["kind"], each["metadata"]["name"]) for each in rendered}

    assert {(kind, part) for kind in kinds for part in PARTS} <= found
    settings, gateway = sorted(name for kind, name in found if kind == "ConfigMap")[::-1]
    assert settings.startswith("sage-settings-")
    assert gateway.startswith("sage-gateway-")


def test_pods_read_the_configuration_that_is_rendered(rendered: list[Manifest]) -> None:
    maps = {each["metadata"]["name"] for each in rendered if each["kind"] == "ConfigMap"}

    used = set()
    for each in rendered:
        if each["kind"] == "Deployment":
            pod = each["spec"]["template"]["spec"]
            used |= {
                volume["configMap"]["name"] for volume in pod["volumes"] if "configMap" in volume
            }
            used |= {
                source["configMapRef"]["name"]
                for source in pod["containers"][0].get("envFrom", [])
                if "configMapRef" in source
            }

    assert used == maps


@pytest.mark.parametrize("part", PARTS)
def test_selectors_find_the_pods(part: str) -> None:
    labels = manifest(part, "Deployment")["spec"]["template"]["metadata"]["labels"]

    assert manifest(part, "Deployment")["spec"]["selector"]["matchLabels"] == labels
    assert manifest(part, "Service")["spec"]["selector"] == labels
    assert manifest(part, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    assert manifest(part, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels


@pytest.mark.parametrize("part", PARTS)
def test_pods_may_do_little(part: str) -> None:
    pod = manifest(part, "Deployment")["spec"]["template"]["spec"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container(part)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(container(part)["resources"]["requests"]) == {"cpu", "memory"}
    assert "memory" in container(part)["resources"]["limits"]


@pytest.mark.parametrize("part", SERVICES)
def test_services_are_asked_by_grpc_on_the_port_that_they_listen_on(part: str) -> None:
    settings = (BASE / "settings.env").read_text()
    (port,) = manifest(part, "Service")["spec"]["ports"]

    probe = container(part)["readinessProbe"]["grpc"]

    assert probe["port"] == port["port"] == container(part)["ports"][0]["containerPort"]
    assert probe["service"].startswith(f"sage.{part}.v1.")
    assert f"SAGE_{part.upper()}_PORT={port['port']}\n" in settings
    assert f"SAGE_{part.upper()}_ADDRESS={part}:{port['port']}\n" in settings


@pytest.mark.parametrize("part", SERVICES)
def test_pods_stay_longer_than_they_drain(part: str) -> None:
    pod = manifest(part, "Deployment")["spec"]["template"]["spec"]

    assert pod["terminationGracePeriodSeconds"] > 25
    assert "SAGE_DRAIN_SECONDS=25\n" in (BASE / "settings.env").read_text()


def test_the_gateways_configuration_is_up_to_date() -> None:
    expected = render(read_settings(BASE / "settings.env"))

    assert (BASE / "envoy.yaml").read_text() == expected, "stale: run 'make k8s'"
