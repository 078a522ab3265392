"""A cluster of one node: what controllers do with Deployments and Jobs, done with podman's pods.

Pods of a workload share a DNS name, as behind a headless Service. A container that ends is started
again in its pod. A rolling restart brings up a new pod, waits until it is ready, and then tells an
old one to stop, as a Deployment with the default strategy does for two replicas.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import yaml

from deploy.k8s.kustomize import render
from tests.k8s.kubelet import Configuration, Manifest, podman_pod
from tests.k8s.podman import Podman
from tests.k8s.probes import is_ready
from tests.k8s.service_port import ServicePort

# Those first that others need, and Jobs between what they need and what needs them.
_OUTSIDE = ("postgres", "store")
_OURS = ("ingest", "embed", "embed-worker", "compare", "gateway")
_READY_SECONDS = 120.0
_MOST_RESTARTS = 5
_UNITS = {"Mi": 1024**2, "Gi": 1024**3}


@dataclass(kw_only=True)
class Workload:
    """A Deployment or StatefulSet and its pods."""

    name: str
    manifest: Manifest
    pods: list[Pod] = field(default_factory=list)
    started: int = 0

    @property
    def container(self) -> Manifest:
        found: Manifest = self.template["spec"]["containers"][0]
        return found

    @property
    def template(self) -> Manifest:
        found: Manifest = self.manifest["spec"]["template"]
        return found

    @property
    def replicas(self) -> int:
        return int(self.manifest["spec"].get("replicas", 1))

    @property
    def claims(self) -> list[str]:
        claims = self.manifest["spec"].get("volumeClaimTemplates", ())
        return [each["metadata"]["name"] for each in claims]


@dataclass(kw_only=True)
class Pod:
    """A pod that was started.

    address: its own on the cluster's network.
    """

    name: str
    container: str
    address: str
    workload: Workload


class Cluster:
    """The manifests of an overlay, running."""

    def __init__(self, overlay: Path, podman: Podman, folder: Path, port: int) -> None:
        manifests = [each for each in yaml.safe_load_all(render(overlay)) if each]
        self._configuration = Configuration(manifests)
        self._workloads = {
            each["metadata"]["name"]: Workload(name=each["metadata"]["name"], manifest=each)
            for each in manifests
            if each["kind"] in ("Deployment", "StatefulSet")
        }
        self._jobs = [each for each in manifests if each["kind"] == "Job"]
        self._podman = podman
        self._folder = folder
        self._network = f"sage-{os.getpid()}"
        self._gateway = ServicePort(port)
        self._logs: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._gateway.port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Starts every workload, and removes everything at the end."""
        self._podman.run("network", "create", self._network)
        try:
            with self._gateway.serving():
                for name in _OUTSIDE:
                    self._start_all(self._workloads[name])
                for job in self._jobs:
                    self._run_job(job)
                for name in _OURS:
                    self._start_all(self._workloads[name])
                yield
        finally:
            self._remove_everything()

    def pods(self, workload: str) -> Sequence[Pod]:
        return tuple(self._workloads[workload].pods)

    def execute(self, pod: Pod, *command: str) -> str:
        return self._podman.run("exec", pod.container, *command)

    def kill(self, pod: Pod) -> float:
        """kill -9 of a pod's process; returns when the pod is ready again.

        The answer is how many seconds that took from the start of the new process.
        """
        restarts = self._restarts(pod)
        os.kill(self._process(pod), signal.SIGKILL)
        self._await_restart(pod, restarts)
        self._await_ready(pod.workload, [pod])
        started = self._podman.inspect(pod.container)["State"]["StartedAt"]
        return time.time() - datetime.fromisoformat(started).timestamp()

    def pod_at_work(self) -> Pod:
        """A pod of embed that has a task right now, as far as it has said."""
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            for pod in self.pods("embed-worker"):
                log = self._podman.logs(pod.container)
                if log.rfind('"task_claimed"') > log.rfind('"task_succeeded"'):
                    return pod
            assert time.monotonic() < deadline, "nobody embeds anything"

    def restart_rolling(self, name: str) -> None:
        """`kubectl rollout restart`, to its end."""
        workload = self._workloads[name]
        for old in tuple(workload.pods):
            self._await_ready(workload, [self._start(workload)])
            self._send_to_ready()
            workload.pods.remove(old)
            self._send_to_ready()
            self._stop(workload, old)

    @contextmanager
    def one_more(self, name: str) -> Iterator[Pod]:
        """`kubectl scale` up by a pod, which is ready, and down again."""
        workload = self._workloads[name]
        pod = self._start(workload)
        try:
            self._await_ready(workload, [pod])
            self._send_to_ready()
            yield pod
        finally:
            workload.pods.remove(pod)
            self._send_to_ready()
            self._stop(workload, pod)

    def calls(self, pod: Pod, method: str) -> int:
        """How many calls of a method (`Service/Method`) a pod has answered."""
        log = self._podman.logs(pod.container)
        lines = (json.loads(line) for line in log.splitlines() if '"event": "call"' in line)
        return sum(str(line.get("method")).endswith(method) for line in lines)

    def memory_limits(self, pod: Pod) -> tuple[int, int]:
        """How many bytes a pod may have: as its manifest says, and as the kernel was told."""
        limit = pod.workload.container["resources"]["limits"]["memory"]
        said = int(limit[:-2]) * _UNITS[limit[-2:]]
        return said, int(self._podman.inspect(pod.container)["HostConfig"]["Memory"])

    def succeeded_tasks(self) -> list[str]:
        """The task of every line by which a pod, gone or there, says that it has done one."""
        logs = [
            *self._logs,
            *(self._podman.logs(pod.container) for pod in self.pods("embed-worker")),
        ]
        lines = [line for log in logs for line in log.splitlines() if '"task_succeeded"' in line]
        return [str(json.loads(line)["task"]) for line in lines]

    def _start_all(self, workload: Workload) -> None:
        for _ in range(workload.replicas):
            self._start(workload)
        self._await_ready(workload, workload.pods)
        self._send_to_ready()

    def _run_job(self, job: Manifest) -> None:
        """Runs a Job's pod to its end, which must be a good one."""
        name = f"{self._network}-{job['metadata']['name']}"
        template = job["spec"]["template"]
        pod = podman_pod(name, template, (), self._configuration, self._folder)
        file = self._folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(pod))
        self._podman.run("kube", "play", "--network", self._network, str(file))
        container = f"{name}-{template['spec']['containers'][0]['name']}"
        code = self._podman.run("wait", container)
        assert code == "0", self._podman.logs(container)
        self._podman.run("pod", "rm", "--force", name)

    def _start(self, workload: Workload) -> Pod:
        name = f"{self._network}-{workload.name}-{workload.started}"
        workload.started += 1
        pod = podman_pod(
            name, workload.template, workload.claims, self._configuration, self._folder
        )
        file = self._folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(pod))
        network = f"{self._network}:alias={workload.name}"
        self._podman.run("kube", "play", "--network", network, str(file))
        infra = self._podman.run("pod", "inspect", name, "--format", "{{.InfraContainerID}}")
        networks = self._podman.inspect(infra)["NetworkSettings"]["Networks"]
        started = Pod(
            name=name,
            container=f"{name}-{workload.container['name']}",
            address=networks[self._network]["IPAddress"],
            workload=workload,
        )
        workload.pods.append(started)
        return started

    def _stop(self, workload: Workload, pod: Pod) -> None:
        hook = workload.container.get("lifecycle", {}).get("preStop", {}).get("exec")
        if hook:
            self._podman.run("exec", pod.container, *hook["command"])
        grace = workload.template["spec"]["terminationGracePeriodSeconds"]
        # Not the whole pod: podman may take its network away before the process has ended.
        self._podman.run("stop", "--time", str(grace), pod.container)
        log = self._podman.logs(pod.container)
        self._logs.append(log)
        assert '"exit_forced"' not in log, log
        self._podman.run("pod", "rm", "--force", pod.name)

    def _await_ready(self, workload: Workload, pods: Sequence[Pod]) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        for pod in pods:
            before = self._restarts(pod)
            while not is_ready(workload.container, pod.address):
                fit = self._restarts(pod) - before < _MOST_RESTARTS and time.monotonic() < deadline
                assert fit, self._podman.logs(pod.container)
                time.sleep(0.2)

    def _await_restart(self, pod: Pod, restarts: int) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while self._restarts(pod) == restarts or not self._process(pod):
            assert time.monotonic() < deadline, f"{pod.name} was not started again"
            time.sleep(0.1)

    def _restarts(self, pod: Pod) -> int:
        return int(self._podman.inspect(pod.container)["RestartCount"])

    def _process(self, pod: Pod) -> int:
        return int(self._podman.inspect(pod.container)["State"]["Pid"])

    def _send_to_ready(self) -> None:
        gateway = self._workloads["gateway"]
        port = gateway.container["ports"][0]["containerPort"]
        self._gateway.send_to((pod.address, port) for pod in gateway.pods)

    def _remove_everything(self) -> None:
        own = f"{self._network}-"
        pods = self._podman.run("pod", "ls", "--format", "{{.Name}}").split()
        for pod in pods:
            if pod.startswith(own):
                self._podman.try_run("pod", "rm", "--force", "--time", "1", pod)
        for volume in self._podman.run("volume", "ls", "--quiet").split():
            if volume.startswith(own):
                self._podman.try_run("volume", "rm", volume)
        self._podman.try_run("network", "rm", "--force", self._network)
