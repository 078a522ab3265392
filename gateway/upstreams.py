"""The services and the store behind the gateway, as Envoy clusters."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.settings import GatewaySettings

# What of the contract the outside may call, by cluster. VideoSourceService is not in it: it is for
# SAGE's own services.
_SERVICES = {
    "ingest": ("sage.ingest.v1.IngestService",),
    "embed": (
        "sage.embed.v1.EmbedService",
        "sage.embed.v1.SessionService",
        "sage.embed.v1.ApiTokenService",
    ),
    "compare": ("sage.compare.v1.CompareService", "sage.compare.v1.ComparisonService"),
}
# The one whose service knows the contracts of all.
REFLECTION_CLUSTER = "compare"
ROUTED_SERVICES = tuple(service for services in _SERVICES.values() for service in services)


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """One cluster.

    name: the cluster's name.
    host, port: where it listens.
    services: full names of the gRPC services that are routed to it; none for the store.
    tls: whether it is spoken to over TLS.
    """

    name: str
    host: str
    port: int
    services: tuple[str, ...] = ()
    tls: bool = False

    @property
    def health_service(self) -> str:
        """The service whose gRPC health stands for the whole cluster."""
        return self.services[0]

    @property
    def discovery(self) -> str:
        """Envoy's cluster type: an address needs no DNS."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return "STRICT_DNS"
        return "STATIC"


def grpc_upstreams(settings: GatewaySettings) -> tuple[Upstream, ...]:
    """The services that the outside may call."""
    return (
        _service("ingest", settings.ingest_address),
        _service("embed", settings.embed_address),
        _service("compare", settings.compare_address),
    )


def store_upstream(settings: GatewaySettings) -> Upstream:
    """The object store."""
    return _at("store", settings.s3_endpoint)


def issuer_upstream(settings: GatewaySettings) -> Upstream | None:
    """Where the keys of the OpenID Connect issuer are, if there is one."""
    return None if settings.oidc_jwks_url is None else _at("issuer", settings.oidc_jwks_url)


def _at(name: str, address: str) -> Upstream:
    url = urlsplit(address)
    tls = url.scheme == "https"
    return Upstream(
        name=name,
        host=url.hostname or "",
        port=url.port or (443 if tls else 80),
        tls=tls,
    )


def collector_upstream(settings: GatewaySettings) -> Upstream | None:
    """Who collects traces; None where nobody does."""
    if settings.gateway_otlp_address is None:
        return None
    host, _, port = settings.gateway_otlp_address.rpartition(":")
    return Upstream(name="collector", host=host.strip("[]"), port=int(port))


def _service(name: str, address: str) -> Upstream:
    host, _, port = address.rpartition(":")
    return Upstream(name=name, host=host.strip("[]"), port=int(port), services=_SERVICES[name])
