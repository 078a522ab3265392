"""The rendered configuration: Envoy takes it, and it says what the settings say."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from gateway.launch import envoy_command
from gateway.render import read_settings, render, security_headers
from gateway.settings import GatewaySettings
from services.servicekit.signing_keys import create_signing_key
from tests.fixtures.certificates import write_certificate

pytestmark = pytest.mark.slow("starts Envoy to ask whether it takes a configuration")


@pytest.fixture
def jwks_file(tmp_path: Path) -> Path:
    file = tmp_path / "jwks.json"
    create_signing_key(tmp_path / "signing-key.pem", file)
    return file


def test_envoy_takes_the_defaults(jwks_file: Path, tmp_path: Path) -> None:
    assert_envoy_takes(GatewaySettings(jwks_file=jwks_file), tmp_path)


def test_envoy_takes_every_setting(jwks_file: Path, tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    settings = GatewaySettings(
        jwks_file=jwks_file,
        bind_host="0.0.0.0",
        gateway_admin_port=9901,
        allowed_hosts=("sage.example", "*.sage.example"),
        allowed_origins=("https://editor.example",),
        trusted_proxies=1,
        tls_certificate_file=certificate,
        tls_private_key_file=key,
        gateway_http3=True,
        ingest_address="ingest.sage.svc:50051",
        embed_address="[::1]:50052",
        s3_endpoint="https://s3.example",
        s3_public_endpoint="https://media.example",
        s3_bucket="sage-media",
        oidc_issuer="https://login.example/realms/sage",
        oidc_jwks_url="https://login.example/realms/sage/keys",
        gateway_otlp_address="collector.example:4317",
        gateway_trace_share=0.25,
    )

    assert_envoy_takes(settings, tmp_path)


def test_each_service_is_routed_and_nothing_else_of_the_contract(jwks_file: Path) -> None:
    routes = virtual_host(GatewaySettings(jwks_file=jwks_file))["routes"]

    clusters: dict[str, set[str]] = {}
    # Those with a name are for calls whose method is not known yet.
    for route in (route for route in routes if "name" not in route):
        service = route["match"].get("path", "").rpartition("/")[0]
        if service.startswith("/sage."):
            clusters.setdefault(service, set()).add(route["route"]["cluster"])
    assert clusters == {
        "/sage.ingest.v1.IngestService": {"ingest"},
        "/sage.embed.v1.EmbedService": {"embed"},
        "/sage.embed.v1.SessionService": {"embed"},
        "/sage.embed.v1.ApiTokenService": {"embed"},
        "/sage.compare.v1.CompareService": {"compare"},
        "/sage.compare.v1.ComparisonService": {"compare"},
    }
    by_prefix = [route for route in routes if "/sage." in route["match"].get("prefix", "")]
    assert [route["name"] for route in by_prefix] == ["connect-json", "unknown-connect-method"]


def test_only_streams_may_go_on_for_ever(jwks_file: Path) -> None:
    routes = virtual_host(GatewaySettings(jwks_file=jwks_file))["routes"]

    limits = {
        route["match"]["path"].rpartition("/")[2]: route["route"]["max_stream_duration"]
        for route in routes
        if route["match"].get("path", "").startswith("/sage.")
    }
    assert limits["WatchEmbeddingTasks"] == {"max_stream_duration": "0s"}
    assert limits["UploadVideo"] == {"max_stream_duration": "0s"}
    assert limits["UploadPart"] == {"max_stream_duration": "3600s"}


def test_only_what_reads_is_tried_again_after_a_service_has_seen_it(jwks_file: Path) -> None:
    routes = virtual_host(GatewaySettings(jwks_file=jwks_file))["routes"]

    retried = {
        route["match"]["path"].rpartition("/")[2]: route["route"]["retry_policy"]["retry_on"]
        for route in routes
        if route["match"].get("path", "").startswith("/sage.") and "retry_policy" in route["route"]
    }
    assert retried["GetVideo"] == "connect-failure,refused-stream,unavailable"
    assert retried["CreateComparison"] == "connect-failure,refused-stream"


def test_a_service_that_breaks_calls_off_is_left_alone_and_none_gets_all_calls(
    jwks_file: Path,
) -> None:
    settings = GatewaySettings(jwks_file=jwks_file, gateway_calls=7)
    resources = yaml.safe_load(render(settings))["static_resources"]

    clusters = {cluster["name"]: cluster for cluster in resources["clusters"]}
    for name in ("ingest", "embed", "compare"):
        assert clusters[name]["outlier_detection"]["consecutive_local_origin_failure"] == 5
        assert clusters[name]["outlier_detection"]["max_ejection_percent"] == 50
        (limits,) = clusters[name]["circuit_breakers"]["thresholds"]
        assert (limits["max_pending_requests"], limits["max_requests"]) == (7, 7)


def test_http_3_goes_the_way_of_all_calls(jwks_file: Path, tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    settings = GatewaySettings(
        jwks_file=jwks_file,
        tls_certificate_file=certificate,
        tls_private_key_file=key,
        gateway_http3=True,
    )
    listeners = yaml.safe_load(render(settings))["static_resources"]["listeners"]

    managers = [each["filter_chains"][0]["filters"][0]["typed_config"] for each in listeners]
    tcp, http3 = managers[:2]
    assert (tcp.pop("codec_type"), http3.pop("codec_type")) == ("AUTO", "HTTP3")
    assert tcp == http3


def test_routed_services_exist_in_the_descriptor(jwks_file: Path) -> None:
    settings = GatewaySettings(jwks_file=jwks_file)
    descriptor = FileDescriptorSet.FromString(settings.descriptor_file.read_bytes())
    known = {
        f"{file.package}.{service.name}" for file in descriptor.file for service in file.service
    }

    transcoder = http_filter(settings, "envoy.filters.http.grpc_json_transcoder")

    assert set(transcoder["services"]) <= known
    assert "sage.ingest.v1.VideoSourceService" not in transcoder["services"]


def test_only_creating_a_session_and_asking_for_health_need_no_token(jwks_file: Path) -> None:
    rules = http_filter(GatewaySettings(jwks_file=jwks_file), "envoy.filters.http.jwt_authn")[
        "rules"
    ]

    *free, last = rules
    assert [rule["match"]["path"] for rule in free] == [
        "/sage.embed.v1.SessionService/CreateSession",
        "/grpc.health.v1.Health/Check",
        "/v1/sessions",
    ]
    assert last == {"match": {"prefix": "/"}, "requires": {"provider_name": "sage"}}


def test_one_part_fits_into_a_json_request(jwks_file: Path) -> None:
    transcoder = http_filter(
        GatewaySettings(jwks_file=jwks_file), "envoy.filters.http.grpc_json_transcoder"
    )

    as_base64 = 10 * 1024 * 1024 * 4 / 3
    assert as_base64 < transcoder["max_request_body_size"] < as_base64 * 1.01


def test_strangers_host_names_are_refused_unless_any_is_welcome(jwks_file: Path) -> None:
    on_loopback = GatewaySettings(jwks_file=jwks_file)
    in_a_cluster = GatewaySettings(jwks_file=jwks_file, bind_host="0.0.0.0")

    assert [host["name"] for host in virtual_hosts(on_loopback)] == ["sage", "strangers"]
    assert [host["name"] for host in virtual_hosts(in_a_cluster)] == ["sage"]


def test_who_says_nothing_during_the_handshake_is_not_waited_for(
    jwks_file: Path, tmp_path: Path
) -> None:
    certificate, key = write_certificate(tmp_path)
    settings = GatewaySettings(
        jwks_file=jwks_file, tls_certificate_file=certificate, tls_private_key_file=key
    )

    listener = yaml.safe_load(render(settings))["static_resources"]["listeners"][0]

    assert listener["filter_chains"][0]["transport_socket_connect_timeout"] == "10s"


def test_text_in_a_setting_stays_text(jwks_file: Path) -> None:
    origin = 'https://a.example", injected: "yes'
    settings = GatewaySettings(jwks_file=jwks_file, allowed_origins=(origin,))

    policy = virtual_host(settings)["typed_per_filter_config"]["envoy.filters.http.cors"]

    assert policy["allow_origin_string_match"] == [{"exact": origin}]


def test_the_page_may_read_media_from_the_public_store_and_from_nowhere_else() -> None:
    settings = GatewaySettings(s3_public_endpoint="https://media.example:9000/path")

    policy = security_headers(settings)["content-security-policy"]

    assert "media-src 'self' https://media.example:9000 blob:" in policy
    assert "script-src 'self';" in policy


def test_settings_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("# a comment\nSAGE_PORT=9000\nSAGE_DRAIN_SECONDS=25\nHOME=/nowhere\n")

    assert read_settings(file).port == 9000


def assert_envoy_takes(settings: GatewaySettings, folder: Path) -> None:
    configuration = folder / "envoy.yaml"
    configuration.write_text(render(settings))
    answer = subprocess.run(
        [*envoy_command(configuration), "--mode", "validate"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "Deprecated" not in answer.stderr


def connection_manager(settings: GatewaySettings) -> Any:
    listener = yaml.safe_load(render(settings))["static_resources"]["listeners"][0]
    return listener["filter_chains"][0]["filters"][0]["typed_config"]


def virtual_hosts(settings: GatewaySettings) -> Any:
    return connection_manager(settings)["route_config"]["virtual_hosts"]


def virtual_host(settings: GatewaySettings) -> Any:
    return virtual_hosts(settings)[0]


def http_filter(settings: GatewaySettings, name: str) -> Any:
    filters = connection_manager(settings)["http_filters"]
    return next(each["typed_config"] for each in filters if each["name"] == name)
