"""Writes Envoy's configuration from settings: `python -m gateway.render [-o FILE]`.

With `--settings FILE` the settings come from a file of `SAGE_*` lines instead of the environment;
of several files, what a later one says counts.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from dotenv import dotenv_values
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.contract import HEALTH_METHOD, OPEN_METHOD, Contract
from gateway.errors import ERRORS, GRPC_ERRORS, REASONS, TOO_LARGE
from gateway.settings import GatewaySettings
from gateway.upstreams import (
    REFLECTION_CLUSTER,
    collector_upstream,
    grpc_upstreams,
    issuer_upstream,
    store_upstream,
)

# What language models may call; `make proto` writes it.
_TOOLS = Path(__file__).parent / "descriptor" / "tools.json"
_KIB = 1024
_MIB = 1024 * _KIB
_PART_BYTES = 10 * _MIB
# Base64 makes four bytes of three; the fields and braces around it are small.
MAX_REQUEST_BYTES = _PART_BYTES * 4 // 3 + 64 * _KIB
# Creating a session needs no token, and little more than an API key.
MAX_STRANGER_BYTES = 64 * _KIB
# The largest answers are comparisons of hours of video and their exports.
MAX_RESPONSE_BYTES = 64 * _MIB


# More than a language model can read at once.
MAX_TOOL_BYTES = _MIB


def render(settings: GatewaySettings) -> str:
    """Envoy's configuration as YAML.

    Raises ValueError when a setting leads to something that is not YAML.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  the output is YAML; values go through tojson
        keep_trailing_newline=True,
    )
    upstreams = grpc_upstreams(settings)
    services = [service for upstream in upstreams for service in upstream.services]
    contract = Contract(services)
    scripts = {
        "static_files": {"security_headers": security_headers(settings)},
        "rest": {"rest_rules": contract.rest_rules(), "body_fields": contract.body_fields()},
        "connect": {},
        "stream_ends": {},
        "calls": {"reasons": REASONS, "too_large": TOO_LARGE, "bucket": settings.s3_bucket},
    }
    text = environment.get_template("envoy.yaml.j2").render(
        tools=json.loads(_TOOLS.read_text()),
        settings=settings,
        upstreams=upstreams,
        services=services,
        methods={service: contract.methods(service) for service in services},
        store=store_upstream(settings),
        issuer=issuer_upstream(settings),
        collector=collector_upstream(settings),
        transport_headers=secure_transport_headers(settings),
        open_method=OPEN_METHOD,
        health_method=HEALTH_METHOD,
        reflection_cluster=REFLECTION_CLUSTER,
        errors=ERRORS,
        grpc_errors=GRPC_ERRORS,
        scripts={
            name: environment.get_template(f"{name}.lua").render(values)
            for name, values in scripts.items()
        },
        max_tool_bytes=MAX_TOOL_BYTES,
        max_request_bytes=MAX_REQUEST_BYTES,
        max_stranger_bytes=MAX_STRANGER_BYTES,
        max_response_bytes=MAX_RESPONSE_BYTES,
    )
    try:
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"the rendered configuration is not YAML: {error}") from error
    return text


def secure_transport_headers(settings: GatewaySettings) -> dict[str, str]:
    """What tells clients to come back by TLS, and that they may by HTTP/3."""
    headers = {}
    if settings.tls:
        headers["strict-transport-security"] = "max-age=31536000"
    if settings.gateway_http3:
        headers["alt-svc"] = f'h3=":{settings.port}"; ma=86400'
    return headers


def security_headers(settings: GatewaySettings) -> dict[str, str]:
    """Headers of the web page: it runs its own code only, and nobody frames it."""
    media = "'self'"
    if settings.s3_public_endpoint:
        url = urlsplit(settings.s3_public_endpoint)
        media = f"'self' {url.scheme}://{url.netloc}"
    policy = {
        "default-src": "'self'",
        "script-src": "'self'",
        # Positions on the timeline are style attributes.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"{media} blob: data:",
        "media-src": f"{media} blob:",
        "connect-src": media,
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        **secure_transport_headers(settings),
        "content-security-policy": "; ".join(f"{key} {value}" for key, value in policy.items()),
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


def read_settings(*files: Path) -> GatewaySettings:
    """The settings in files with lines like `SAGE_PORT=8080`; the rest of them is for others.

    What a later file says counts.
    """
    prefix = GatewaySettings.model_config["env_prefix"]
    values: dict[str, Any] = {
        name.removeprefix(prefix).lower(): value
        for file in files
        for name, value in dotenv_values(file).items()
        if name.startswith(prefix)
    }
    known = {name: value for name, value in values.items() if name in GatewaySettings.model_fields}
    return GatewaySettings(**known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, help="file to write; standard output if none")
    parser.add_argument(
        "--settings", type=Path, action="append", help="file with SAGE_* lines to use"
    )
    arguments = parser.parse_args()
    settings = read_settings(*arguments.settings) if arguments.settings else GatewaySettings()
    text = render(settings)
    if arguments.output is None:
        sys.stdout.write(text)
    else:
        arguments.output.write_text(text)


if __name__ == "__main__":
    main()
