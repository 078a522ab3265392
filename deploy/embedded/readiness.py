"""When SAGE can be used: the gateway listens, and finds every service healthy by gRPC."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

_INTERVAL_SECONDS = 0.1
_ANSWER_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class GatewayProbe:
    """Asks the gateway at `host:port` how it and the services are."""

    host: str
    port: int
    tls: bool = False

    async def wait_until_ready(self) -> None:
        """Returns once the gateway says that all services are healthy."""
        while not await self._is_ok("/readyz"):
            await asyncio.sleep(_INTERVAL_SECONDS)

    async def not_ready(self, services: Sequence[str]) -> list[str]:
        """The services that are not healthy; `gateway` alone while it does not answer."""
        if not await self._is_ok("/healthz"):
            return ["gateway"]
        return [name for name in services if not await self._is_ok(f"/readyz/{name}")]

    async def _is_ok(self, path: str) -> bool:
        request = f"GET {path} HTTP/1.1\r\nhost: {self.host}\r\nconnection: close\r\n\r\n"
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                reader, writer = await asyncio.open_connection(
                    self.host, self.port, ssl=_any_certificate() if self.tls else None
                )
                try:
                    writer.write(request.encode())
                    status = await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False
        return status.split(b" ")[1:2] == [b"200"]


def _any_certificate() -> ssl.SSLContext:
    """It is our own gateway on our own machine, whatever name its certificate has."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
