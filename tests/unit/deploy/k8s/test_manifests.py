"""The manifests of the cluster: they render, fit Kubernetes' schemas, and fit each other."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from deploy.k8s import kustomize
from deploy.k8s.dev_keys import make_keys
from deploy.k8s.kustomize import find_kustomize
from gateway.render import read_settings, render

pytestmark = pytest.mark.slow(
    "renders every overlay, and checks it against the schemas of three versions"
)

K8S = Path(__file__).resolve().parents[4] / "deploy" / "k8s"
BASE = K8S / "base"
OVERLAYS = ("overlays/dev", "overlays/production")
COMPONENTS = sorted(each.name for each in (K8S / "components").iterdir())
# Their kinds are not Kubernetes' own, and have no schema here.
OTHERS_GROUPS = (
    "cert-manager.io",
    "external-secrets.io",
    "gateway.networking.k8s.io",
    "keda.sh",
    "monitoring.coreos.com",
)
SERVICES = ("ingest", "embed", "compare")
WORKERS = ("embed-worker",)
PARTS = (*SERVICES, *WORKERS, "gateway")
# The oldest version of Kubernetes that the manifests are for: probes by gRPC are stable there.
KUBERNETES = "1.27"
LATEST = ("1.35", "1.36", "1.37")

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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of deploy/k8s with keys for the dev overlay, where a test may add overlays."""
    if find_kustomize() is None:
        pytest.skip("rendering manifests needs kubectl or kustomize")
    copy = tmp_path_factory.mktemp("cluster") / "k8s"
    shutil.copytree(K8S, copy, ignore=shutil.ignore_patterns("keys", "__pycache__"))
    make_keys(copy / "overlays" / "dev" / "keys")
    return copy


def rendered_from(overlay: Path) -> list[Manifest]:
    return [each for each in yaml.safe_load_all(kustomize.render(overlay)) if each]


@pytest.fixture(scope="module")
def rendered(folder: Path) -> list[Manifest]:
    return rendered_from(folder / "base")


@pytest.fixture(scope="module")
def production(folder: Path) -> list[Manifest]:
    return rendered_from(folder / "overlays" / "production")


def check_schemas(manifests: Iterable[Manifest], version: str = KUBERNETES) -> None:
    for each in manifests:
        if each["apiVersion"].partition("/")[0] not in OTHERS_GROUPS:
            kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("part", PARTS)
def test_each_manifest_fits_the_schema(part: str) -> None:
    for each in manifests(part):
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


@pytest.mark.parametrize("overlay", ["base", *OVERLAYS])
def test_all_that_kustomize_renders_fits_the_schema(
    folder: Path, rendered: list[Manifest], overlay: str
) -> None:
    manifests = rendered_from(folder / overlay)
    check_schemas(each for each in manifests if overlay == "base" or each not in rendered)


@pytest.mark.parametrize("version", LATEST)
def test_production_fits_the_latest_versions(production: list[Manifest], version: str) -> None:
    check_schemas(production, version)


def test_the_latest_versions_are_the_latest_that_there_are_schemas_of() -> None:
    assert kubernetes_validate.latest_version().startswith(f"{LATEST[-1]}.")


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_fits_the_base(
    folder: Path, rendered: list[Manifest], component: str
) -> None:
    overlay = folder / "trials" / component
    overlay.mkdir(parents=True)
    uses = {"resources": ["../../base"], "components": [f"../../components/{component}"]}
    (overlay / "kustomization.yaml").write_text(yaml.safe_dump(uses))

    changed = [each for each in rendered_from(overlay) if each not in rendered]

    assert changed
    check_schemas(changed)


def test_the_dev_overlay_refers_to_nothing_outside(folder: Path) -> None:
    manifests = rendered_from(folder / "overlays" / "dev")
    there = {(each["kind"], each["metadata"]["name"]) for each in manifests}

    for each in manifests:
        for kind, name in references(each):
            assert (kind, name) in there


def references(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """ConfigMaps and Secrets that the pods of a workload need."""
    if manifest["kind"] not in ("Deployment", "StatefulSet", "Job"):
        return
    pod = manifest["spec"]["template"]["spec"]
    for volume in pod["volumes"]:
        if "secret" in volume:
            yield "Secret", volume["secret"]["secretName"]
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"]
    for each in pod["containers"]:
        for source in each.get("envFrom", ()):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if key in source:
                    yield kind, source[key]["name"]
        for variable in each.get("env", ()):
            if "valueFrom" in variable:
                yield "Secret", variable["valueFrom"]["secretKeyRef"]["name"]


def test_in_production_secrets_are_named_and_not_held(production: list[Manifest]) -> None:
    assert not [each for each in production if each["kind"] == "Secret"]
    named = {name for each in production for kind, name in references(each) if kind == "Secret"}
    readme = (K8S / "README.md").read_text()
    assert all(f"| `{name}` |" in readme for name in named)


def test_external_secrets_bring_what_the_pods_need(
    folder: Path, production: list[Manifest]
) -> None:
    named = {name for each in production for kind, name in references(each) if kind == "Secret"}
    component = folder / "components" / "external-secrets" / "secrets.yaml"
    brought = {
        each["metadata"]["name"]: {item["secretKey"] for item in each["spec"]["data"]}
        for each in yaml.safe_load_all(component.read_text())
    }
    # The dev overlay has Secrets of its own, with which everything is tried. Their names end with
    # a hash.
    tried = {
        each["metadata"]["name"].rpartition("-")[0]: set(each["data"])
        for each in rendered_from(folder / "overlays" / "dev")
        if each["kind"] == "Secret"
    }
    assert brought.keys() == named
    assert brought == {name: keys for name, keys in tried.items() if name in named}


def test_calls_go_along_the_arrows_of_the_architecture(production: list[Manifest]) -> None:
    policies = {
        each["metadata"]["name"]: each["spec"]
        for each in production
        if each["kind"] == "NetworkPolicy"
    }
    called = {
        (part, to["podSelector"]["matchLabels"]["app.kubernetes.io/name"])
        for part in PARTS
        for rule in policies[part]["egress"]
        for to in rule.get("to", ())
    }
    let_in = {
        (caller, part)
        for part in SERVICES
        for rule in policies[part]["ingress"]
        for source in rule["from"]
        for caller in source["podSelector"]["matchExpressions"][0]["values"]
    }

    assert called == let_in
    assert called == {
        *(("gateway", service) for service in SERVICES),
        ("embed", "ingest"),
        ("embed-worker", "ingest"),
        ("embed", "compare"),
        ("compare", "embed"),
        ("compare", "ingest"),
    }
    assert policies["nothing-else"]["policyTypes"] == ["Ingress", "Egress"]


def test_in_production_the_autoscaler_says_how_many(production: list[Manifest]) -> None:
    scaled = {
        each["spec"]["scaleTargetRef"]["name"]
        for each in production
        if each["kind"] == "HorizontalPodAutoscaler"
    }

    assert scaled == set(PARTS)
    for each in production:
        if each["kind"] == "Deployment":
            assert "replicas" not in each["spec"]


def test_pods_that_embed_follow_the_queue_where_keda_is(folder: Path) -> None:
    """Beside the autoscaler of everything else, which must not pull at the same Deployment."""
    overlay = folder / "trials" / "followed"
    overlay.mkdir(parents=True)
    components = ["autoscaling", "monitoring", "queue-scaling"]
    uses = {
        "resources": ["../../base"],
        "components": [f"../../components/{each}" for each in components],
    }
    (overlay / "kustomization.yaml").write_text(yaml.safe_dump(uses))
    found = rendered_from(overlay)

    (scaled,) = (each for each in found if each["kind"] == "ScaledObject")
    scalers = {
        each["spec"]["scaleTargetRef"]["name"]
        for each in found
        if each["kind"] == "HorizontalPodAutoscaler"
    }
    assert scaled["spec"]["scaleTargetRef"]["name"] not in scalers
    assert scalers == {*SERVICES, "gateway"}
    for each in found:
        if each["kind"] == "Deployment":
            assert "replicas" not in each["spec"]
    least = scaled["spec"]["minReplicaCount"]
    assert 0 < least < scaled["spec"]["maxReplicaCount"]


def test_those_who_wait_have_room_before_those_whose_work_waits(
    production: list[Manifest],
) -> None:
    values = {
        each["metadata"]["name"]: each["value"]
        for each in production
        if each["kind"] == "PriorityClass"
    }
    of = {
        each["metadata"]["name"]: values[each["spec"]["template"]["spec"]["priorityClassName"]]
        for each in production
        if each["kind"] == "Deployment"
    }

    assert of["embed-worker"] < min(of[part] for part in PARTS if part not in WORKERS)


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
        if each["kind"] in ("Deployment", "Job"):
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


def variable(container: Manifest, name: str) -> Any:
    return next((each.get("value") for each in container["env"] if each["name"] == name), None)


def test_embedding_never_shares_a_pod_with_the_api() -> None:
    api, worker = container("embed"), container("embed-worker")

    assert variable(api, "SAGE_EMBED_ROLE") == "api"
    assert variable(worker, "SAGE_EMBED_ROLE") == "worker"
    assert worker["readinessProbe"]["grpc"] == {"port": 50052}
    # What a worker cannot get, no task gets.
    mounts = [each["mountPath"] for each in api["volumeMounts"]]
    assert [each["mountPath"] for each in worker["volumeMounts"]] == mounts


@pytest.mark.parametrize("service", SERVICES)
def test_a_job_migrates_with_the_image_and_database_of_its_service(
    production: list[Manifest], service: str
) -> None:
    (job,) = [
        each["spec"]["template"]["spec"]
        for each in production
        if each["kind"] == "Job" and each["metadata"]["name"] == f"migrate-{service}"
    ]
    (runs,) = [
        each["spec"]["template"]["spec"]["containers"][0]
        for each in production
        if each["kind"] == "Deployment" and each["metadata"]["name"] == service
    ]
    migrates = job["containers"][0]

    assert migrates["image"] == runs["image"]
    assert migrates["command"] == ["python", "-m", f"services.{service}.migrate"]
    assert importlib.util.find_spec(f"services.{service}.migrate")
    url = [each for each in runs["env"] if each["name"].endswith("_DATABASE_URL")]
    assert migrates["env"] == url
    assert migrates["securityContext"] == runs["securityContext"]
    assert "SAGE_MIGRATE_ON_START=false\n" in (BASE / "settings.env").read_text()


@pytest.mark.parametrize("part", [*SERVICES, *WORKERS])
def test_a_pod_that_serves_is_found_out_soon(part: str) -> None:
    """Within 5 seconds of its start: it takes 2 until it serves, and these beside."""
    probes = container(part)
    starting, ready = probes["startupProbe"], probes["readinessProbe"]

    assert starting["periodSeconds"] + ready["periodSeconds"] <= 3
    # A database that is slow to answer neither ends a pod that starts, nor takes calls from one
    # that serves at once.
    assert starting["periodSeconds"] * starting["failureThreshold"] >= 120
    assert ready["periodSeconds"] * ready["failureThreshold"] >= 14


@pytest.mark.parametrize("part", SERVICES)
def test_pods_stay_longer_than_they_drain(part: str) -> None:
    pod = manifest(part, "Deployment")["spec"]["template"]["spec"]

    assert pod["terminationGracePeriodSeconds"] > 25
    assert "SAGE_DRAIN_SECONDS=25\n" in (BASE / "settings.env").read_text()


def test_the_gateways_configuration_is_up_to_date() -> None:
    base, production = BASE / "settings.env", K8S / "overlays" / "production"
    expected = render(read_settings(base))
    expected_there = render(read_settings(base, production / "settings.env"))

    assert (BASE / "envoy.yaml").read_text() == expected, "stale: run 'make k8s'"
    assert (production / "envoy.yaml").read_text() == expected_there, "stale: run 'make k8s'"
