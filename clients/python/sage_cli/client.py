"""A connection to a SAGE server: the channel, the session, and typed stubs."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import grpc
from grpc import aio

from sage.compare.v1 import compare_pb2_grpc, saved_comparison_pb2_grpc
from sage.embed.v1 import api_token_pb2_grpc, embed_pb2_grpc, session_pb2, session_pb2_grpc
from sage.ingest.v1 import ingest_pb2_grpc
from sage_cli.failures import Failure
from sage_cli.tokens import Token, TokenFile
from sage_cli.waiting import Outage

DEFAULT_SERVER = "http://127.0.0.1:8080"
# Seconds that a call may take: one that reads, one that moves a part, one that looks into a file
# or compares two.
SHORT, PART, LONG = 30.0, 120.0, 900.0

_MESSAGE_BYTES = 12 * 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# Every call that the command makes is safe to repeat: it reads, or carries a request id, or does
# nothing the second time.
_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ]
}


class SageClient:
    """Stubs of a server, and the metadata that every call carries.

    async with SageClient(server, TokenFile.of_user()) as sage:
        await sage.sign_in()
        await sage.ingest.ListVideos(..., metadata=sage.metadata)

    server: `http://host:port`, or `https://host[:port]` for TLS.
    api_token: what to sign in with instead of a session; nothing is kept of it.
    """

    def __init__(self, server: str, tokens: TokenFile, *, api_token: str = "") -> None:
        self.server = server.rstrip("/")
        self.outage = Outage()
        self._api_token = api_token
        self._tokens = tokens
        self._channel = _open_channel(self.server)
        self.ingest = ingest_pb2_grpc.IngestServiceStub(self._channel)
        self.embed = embed_pb2_grpc.EmbedServiceStub(self._channel)
        self.compare = compare_pb2_grpc.CompareServiceStub(self._channel)
        self.comparisons = saved_comparison_pb2_grpc.ComparisonServiceStub(self._channel)
        self.api_tokens = api_token_pb2_grpc.ApiTokenServiceStub(self._channel)
        self._sessions = session_pb2_grpc.SessionServiceStub(self._channel)
        self._token: Token | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._channel.close(None)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What every call carries once signed in. Raises RuntimeError before."""
        if self._token is None:
            raise RuntimeError("not signed in")
        return (("authorization", f"Bearer {self._token.access_token}"),)

    @property
    def workspace(self) -> str:
        """That of the session; empty before it has signed in."""
        return self._token.workspace if self._token else ""

    async def sign_in(self) -> None:
        """Goes on with the session of the run before, or opens one without an API key.

        Raises Failure when a session with an API key has ended: going on without the key would
        silently work in another workspace.
        """
        if self._api_token:
            self._token = await self._signed_in_by(self._api_token)
            return
        token = self._tokens.get(self.server)
        if token is not None and not token.expired and await self._is_accepted(token):
            self._token = token
        elif token is not None and token.has_api_key:
            raise Failure("The session with your API key has ended. Run `sage login` again.")
        else:
            await self.log_in("")

    async def _signed_in_by(self, api_token: str) -> Token:
        session = await self._sessions.GetSession(
            session_pb2.GetSessionRequest(name="sessions/current"),
            metadata=(("authorization", f"Bearer {api_token}"),),
            timeout=SHORT,
        )
        return _token(session, api_token)

    async def log_in(self, api_key: str) -> session_pb2.Session:
        """Opens a new session and keeps its token for later runs."""
        session = await self._sessions.CreateSession(
            session_pb2.CreateSessionRequest(twelvelabs_api_key=api_key), timeout=SHORT
        )
        self._keep(session, session.access_token)
        return session

    async def link_api_key(self, api_key: str) -> session_pb2.Session:
        """Makes a key lead to the workspace of the present session."""
        session = await self._sessions.LinkApiKey(
            session_pb2.LinkApiKeyRequest(twelvelabs_api_key=api_key),
            metadata=self.metadata,
            timeout=SHORT,
        )
        if self._token is not None:
            self._keep(session, self._token.access_token)
        return session

    def _keep(self, session: session_pb2.Session, access_token: str) -> None:
        self._token = _token(session, access_token)
        self._tokens.put(self.server, self._token)

    async def session(self) -> session_pb2.Session:
        """The present session, without its token."""
        return await self._sessions.GetSession(
            session_pb2.GetSessionRequest(name="sessions/current"),
            metadata=self.metadata,
            timeout=SHORT,
        )

    async def log_out(self, *, delete_api_key: bool, delete_data: bool) -> bool:
        """Ends the session of the run before and forgets its token; False when there was none."""
        self._token = self._tokens.get(self.server)
        if self._token is None or not await self._is_accepted(self._token):
            self._tokens.remove(self.server)
            return False
        await self._sessions.DeleteSession(
            session_pb2.DeleteSessionRequest(
                name="sessions/current", delete_api_key=delete_api_key, delete_data=delete_data
            ),
            metadata=self.metadata,
            timeout=LONG,
        )
        self._tokens.remove(self.server)
        return True

    async def _is_accepted(self, token: Token) -> bool:
        """Whether the server still knows the token: it may have been set up anew meanwhile."""
        try:
            await self._sessions.GetSession(
                session_pb2.GetSessionRequest(name="sessions/current"),
                metadata=(("authorization", f"Bearer {token.access_token}"),),
                timeout=SHORT,
            )
        except aio.AioRpcError as error:
            refused = (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.NOT_FOUND)
            if error.code() not in refused:
                raise
            return False
        return True


def _token(session: session_pb2.Session, access_token: str) -> Token:
    return Token(
        access_token=access_token,
        workspace=session.workspace,
        has_api_key=session.has_api_key,
        expires=session.expire_time.ToMilliseconds() / 1000,
    )


def _open_channel(server: str) -> aio.Channel:
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Failure(f"{server} is not the URL of a server; {DEFAULT_SERVER} would be one.")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Failure(f"{server} names no valid port.") from None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    options: list[tuple[str, str | int]] = [
        ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
        ("grpc.max_receive_message_length", _MESSAGE_BYTES),
        ("grpc.max_send_message_length", _MESSAGE_BYTES),
    ]
    if parts.hostname in _LOOPBACK:
        options.append(("grpc.enable_http_proxy", 0))
    if parts.scheme == "https":
        credentials = grpc.ssl_channel_credentials()
        return aio.secure_channel(f"{host}:{port}", credentials, options=options)
    return aio.insecure_channel(f"{host}:{port}", options=options)
