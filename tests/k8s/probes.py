"""Asks a pod whether it is ready, by the probe of its manifest."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

_SECONDS = 2.0


def is_ready(container: dict[str, Any], address: str) -> bool:
    """address: the pod's."""
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    probe = container["readinessProbe"]
    if "grpc" in probe:
        return _serves(f"{address}:{probe['grpc']['port']}", probe["grpc"].get("service", ""))
    if "httpGet" in probe:
        path = probe["httpGet"]["path"]
        return _answers(f"http://{address}:{ports[probe['httpGet']['port']]}{path}")
    return _listens(address, ports[probe["tcpSocket"]["port"]])


def _serves(address: str, service: str) -> bool:
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        request = health_pb2.HealthCheckRequest(service=service)
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=_SECONDS)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=_SECONDS) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _listens(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=_SECONDS).close()
    except OSError:
        return False
    return True
