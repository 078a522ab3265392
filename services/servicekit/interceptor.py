"""What happens round every call: identity, validation, limits, deadline, errors, access log.

One interceptor does it in a fixed order, so that a servicer only ever sees a verified caller and a
valid request, and a client only ever sees `google.rpc.Status`.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import grpc
import structlog
from google.rpc.status_pb2 import Status
from grpc import aio

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit import calls, errors, identity
from services.servicekit.callers import Callers
from services.servicekit.errors import SageError
from services.servicekit.identity import Identity, Scope, unauthenticated
from services.servicekit.limits import Rate, RateLimit, Slots
from services.servicekit.permissions import Permissions
from services.servicekit.requests import Deserializer, receive_each, receive_one
from services.servicekit.revocations import Revocations

log = structlog.get_logger()

_STATUS_DETAILS = "grpc-status-details-bin"
# Health checks and reflection, which orchestrators and tools call without a token.
_INFRASTRUCTURE = ("/grpc.health.", "/grpc.reflection.")
_REQUEST_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
# Seconds in which a message must arrive: the largest takes this long over a slow line, those of
# strangers are small.
_MESSAGE_SECONDS = 120.0
_PUBLIC_MESSAGE_SECONDS = 10.0

Handler = Callable[[Any, aio.ServicerContext[Any, Any]], Any]
# Told of every call that has ended: its method, gRPC's name for how, and the seconds it took.
CallObserver = Callable[[str, str, float], None]
_CODES = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True, kw_only=True)
class CallLimits:
    """How much a service does at once, and how often one caller may ask.

    calls, streams: unary calls and streams under way.
    workspace_calls, workspace_streams: those of them that one workspace may have.
    session_rate: calls of one session.
    public_rate: calls of one client's address to methods that need no token.
    default_deadline: seconds for a unary call whose client sets no deadline.
    """

    calls: int
    streams: int
    workspace_calls: int
    workspace_streams: int
    session_rate: Rate
    public_rate: Rate
    default_deadline: float


class CallInterceptor(aio.ServerInterceptor):  # type: ignore[type-arg]
    """Guards every method of a service.

    callers: finds out who is calling.
    permissions: what they may call.
    public: full method names (`/package.Service/Method`) that need no token.
    revocations: knows ended sessions; None where every call asks a service that does.
    observer: hears of each call; None where nobody counts.
    """

    def __init__(
        self,
        callers: Callers,
        *,
        permissions: Permissions,
        revocations: Revocations | None = None,
        public: Collection[str] = (),
        limits: CallLimits,
        observer: CallObserver | None = None,
    ) -> None:
        self._observer = observer
        self._callers = callers
        self._permissions = permissions
        self._revocations = revocations
        self._public = frozenset(public)
        self._calls = Slots("calls", total=limits.calls, per_owner=limits.workspace_calls)
        streams = {"total": limits.streams, "per_owner": limits.workspace_streams}
        self._streams = Slots("streams", **streams)
        # A call whose message has not arrived takes no slot from those that work.
        self._arriving = Slots("unfinished requests", **streams)
        self._sessions = RateLimit("calls of this session", limits.session_rate)
        self._strangers = RateLimit("calls from your address", limits.public_rate)
        self._default_deadline = limits.default_deadline

    async def intercept_service(
        self,
        continuation: Callable[
            [grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any]]
        ],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any]:
        """gRPC's hook: the same handler with all guards round it.

        Health and reflection pass as they are, and so does a method that nobody serves.
        """
        handler: Any = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or method.startswith(_INFRASTRUCTURE):
            return handler  # type: ignore[no-any-return]
        kinds = {
            (False, False): "unary_unary",
            (False, True): "unary_stream",
            (True, False): "stream_unary",
            (True, True): "stream_stream",
        }
        call = getattr(handler, kinds[handler.request_streaming, handler.response_streaming])
        wrapped: Any
        if handler.response_streaming:
            wrapped = self._wrap_stream(
                method, call, handler.request_deserializer, streams_in=handler.request_streaming
            )
            return grpc.stream_stream_rpc_method_handler(
                wrapped, response_serializer=handler.response_serializer
            )
        wrapped = self._wrap_unary(
            method, call, handler.request_deserializer, streams_in=handler.request_streaming
        )
        return grpc.stream_unary_rpc_method_handler(
            wrapped, response_serializer=handler.response_serializer
        )

    def _wrap_unary(
        self, method: str, call: Handler, deserialize: Deserializer, *, streams_in: bool
    ) -> Handler:
        slots = self._streams if streams_in else self._calls
        default = None if streams_in else self._default_deadline

        async def unary(
            messages: AsyncIterator[bytes], context: aio.ServicerContext[Any, Any]
        ) -> Any:
            async with (
                self._guard(method, context) as owner,
                calls.deadline(context, default=default),
            ):
                request = await self._request(method, messages, deserialize, owner, streams_in)
                with slots.take(owner):
                    return await call(request, context)

        return unary

    def _wrap_stream(
        self, method: str, call: Handler, deserialize: Deserializer, *, streams_in: bool
    ) -> Handler:
        async def stream(
            messages: AsyncIterator[bytes], context: aio.ServicerContext[Any, Any]
        ) -> AsyncIterator[Any]:
            async with (
                self._guard(method, context) as owner,
                calls.deadline(context, default=None),
            ):
                request = await self._request(method, messages, deserialize, owner, streams_in)
                with self._streams.take(owner):
                    async for response in call(request, context):
                        yield response

        return stream

    async def _request(
        self,
        method: str,
        messages: AsyncIterator[bytes],
        deserialize: Deserializer,
        owner: str,
        streams_in: bool,
    ) -> Any:
        """What the servicer is called with: the one message, or the stream of them."""
        seconds = _PUBLIC_MESSAGE_SECONDS if method in self._public else _MESSAGE_SECONDS
        if streams_in:
            return receive_each(messages, deserialize, seconds=seconds)
        with self._arriving.take(owner):
            request = await receive_one(messages, deserialize, seconds=seconds)
        if method not in self._public:
            self._permissions.check_request(identity.present_identity(), method, request)
        return request

    @asynccontextmanager
    async def _guard(
        self, method: str, context: aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[str]:
        """Lets the caller in, and turns whatever goes wrong into an answer.

        Gives the one who is limited by what the caller does: a workspace, or a stranger's address.
        """
        started = time.monotonic()
        received: Any = context.invocation_metadata()
        metadata = dict(received or ())
        request_id = _request_id(metadata)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, method=method)
        outcome = "OK"
        error: SageError | None = None
        try:
            calls.bind(request_id=request_id, metadata=metadata)
            caller = await self._identify(method, str(metadata.get("authorization", "")))
            owner = self._limited(method, caller, calls.client(context))
            async with self._session_of(method, caller):
                yield owner
        except SageError as raised:
            error = raised
        except aio.AioRpcError as raised:
            error = calls.from_rpc_error(raised)
            # What the other service refused is its answer; only its absence is a fault of ours.
            failed = error.reason == ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE
            note = log.warning if failed else log.info
            note("dependency_failed", code=raised.code().name, details=raised.details())
        except TimeoutError:
            error = SageError(
                ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
                "The call took longer than its deadline allows.",
            )
        except (asyncio.CancelledError, GeneratorExit):
            outcome = "CANCELLED"
            raise
        except aio.AbortError:
            raise
        except Exception:
            log.exception("call_failed")
            error = SageError(
                ErrorReason.ERROR_REASON_INTERNAL,
                f"Something went wrong inside SAGE. Its logs tell more under {request_id}.",
            )
        finally:
            if error is not None:
                outcome = error.reason_name
            seconds = time.monotonic() - started
            log.info("call", outcome=outcome, seconds=round(seconds, 4))
            if self._observer is not None:
                self._observer(method, _CODES[error.code].name if error else outcome, seconds)
        if error is not None:
            await _abort(context, error, request_id)

    def _session_of(
        self, method: str, caller: Identity | None
    ) -> AbstractAsyncContextManager[None]:
        if self._revocations is None or method in self._public:
            return nullcontext()
        return self._revocations.guarding(caller)

    def _limited(self, method: str, caller: Identity | None, client: str) -> str:
        """Counts the call; the owner of the slots that it takes."""
        if caller is None or method in self._public:
            self._strangers.spend(client)
            return f"client {client}"
        if caller.scope is Scope.SERVICE:
            # What SAGE does for a workspace must not fail because its users do much at once.
            return f"services for {caller.workspace}"
        self._sessions.spend(caller.session)
        return caller.workspace

    async def _identify(self, method: str, authorization: str) -> Identity | None:
        identity.bind_identity(None)
        scheme, _, token = authorization.partition(" ")
        if not token or scheme.lower() != "bearer":
            if method in self._public:
                return None
            raise unauthenticated("The call carries no access token. Create a session first.")
        try:
            caller = await self._callers.identify(token.strip())
        except SageError:
            if method in self._public:  # an expired token must not keep its owner from a new one
                return None
            raise
        if method not in self._public:
            self._permissions.check(caller, method)
        identity.bind_identity(caller)
        structlog.contextvars.bind_contextvars(workspace=caller.workspace)
        return caller


def _request_id(metadata: Mapping[str, Any]) -> str:
    """The id that came with the call, when it is one that logs can hold; otherwise a new one."""
    received = str(metadata.get("x-request-id", ""))
    return received if _REQUEST_ID.fullmatch(received) else str(uuid.uuid4())


async def _abort(context: aio.ServicerContext[Any, Any], error: SageError, request_id: str) -> None:
    status: Status = errors.to_status(error)
    # What clients of REST look for; those of gRPC have RetryInfo.
    wait = (
        () if error.retry_after is None else (("retry-after", str(math.ceil(error.retry_after))),)
    )
    await context.abort(
        _CODES[error.code],
        error.message,
        trailing_metadata=(
            (_STATUS_DETAILS, status.SerializeToString()),
            ("x-request-id", request_id),
            *wait,
        ),
    )
