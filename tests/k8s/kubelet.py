"""What a kubelet makes of a pod's template, for a podman that does not know all of Kubernetes.

ConfigMaps and Secrets become files in folders and plain variables; each pod gets its own volumes.
All that restricts a pod stays as the manifest says it.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Manifest = dict[str, Any]


class Configuration:
    """The ConfigMaps and Secrets among manifests, by kind and name."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._data: dict[tuple[str, str], Mapping[str, bytes]] = {}
        for each in manifests:
            key = each["kind"], each["metadata"]["name"]
            data = each.get("data") or {}
            if each["kind"] == "ConfigMap":
                self._data[key] = {name: text.encode() for name, text in data.items()}
            elif each["kind"] == "Secret":
                self._data[key] = {name: base64.b64decode(text) for name, text in data.items()}

    def of(self, kind: str, name: str) -> Mapping[str, bytes]:
        return self._data[kind, name]


def podman_pod(
    name: str, template: Manifest, claims: Sequence[str], configuration: Configuration, folder: Path
) -> Manifest:
    """A Pod that podman can play.

    template: of a Deployment, StatefulSet or Job. claims: names of its volume claims.
    folder: where files of ConfigMaps and Secrets are written.
    """
    spec = copy.deepcopy(template["spec"])
    volumes = [*spec.get("volumes", ()), *({"name": claim, "emptyDir": {}} for claim in claims)]
    # Podman knows volumes by name alone.
    spec["volumes"] = [
        {**_volume(each, configuration, folder), "name": f"{name}-{each['name']}"}
        for each in volumes
    ]
    for container in [*spec.get("initContainers", ()), *spec["containers"]]:
        for mount in container.get("volumeMounts", ()):
            mount["name"] = f"{name}-{mount['name']}"
        container["env"] = list(_variables(container, configuration))
        container.pop("envFrom", None)
        # Podman would publish every port on the machine.
        for other in ("ports", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle"):
            container.pop(other, None)
    spec.setdefault("restartPolicy", "Always")
    for unknown in ("serviceAccountName", "topologySpreadConstraints", "priorityClassName"):
        spec.pop(unknown, None)
    metadata = {
        "name": name,
        "labels": template["metadata"]["labels"],
        # Otherwise podman removes them after use, sometimes before it knows that they have ended.
        "annotations": {"io.podman.annotations.init.container.type": "always"},
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _volume(volume: Manifest, configuration: Configuration, folder: Path) -> Manifest:
    if "configMap" in volume:
        kind, name = "ConfigMap", volume["configMap"]["name"]
    elif "secret" in volume:
        kind, name = "Secret", volume["secret"]["secretName"]
    else:
        return {"emptyDir": {}}
    place = folder / name
    place.mkdir(exist_ok=True)
    for file, content in configuration.of(kind, name).items():
        (place / file).write_bytes(content)
    return {"hostPath": {"path": str(place), "type": "Directory"}}


def _variables(container: Manifest, configuration: Configuration) -> Iterator[Manifest]:
    for source in container.get("envFrom", ()):
        for reference, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if reference in source:
                data = configuration.of(kind, source[reference]["name"])
                yield from ({"name": key, "value": data[key].decode()} for key in data)
    for variable in container.get("env", ()):
        if "valueFrom" in variable:
            reference = variable["valueFrom"]["secretKeyRef"]
            data = configuration.of("Secret", reference["name"])
            yield {"name": variable["name"], "value": data[reference["key"]].decode()}
        else:
            yield variable
