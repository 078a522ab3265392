"""What happens round every call: identity, validation, limits, deadline, errors, access log.

One interceptor does it in a fixed order, so that a servicer only ever sees a verified caller and a
valid request, and a client only ever sees `google.rpc.Status`.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

import grpc
import protovalidate
import structlog
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from grpc import aio
from protovalidate import FieldPathPb

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit import calls, errors, identity
from services.servicekit.errors import FieldViolation, SageError
from services.servicekit.identity import Identity, Scope, unauthenticated
from services.servicekit.revocations import Revocations
from services.servicekit.tokens import TokenVerifier

log = structlog.get_logger()

_STATUS_DETAILS = "grpc-status-details-bin"
# Health checks and reflection, which orchestrators and tools call without a token.
_INFRASTRUCTURE = ("/grpc.health.", "/grpc.reflection.")
_OVERLOAD_RETRY_SECONDS = 1.0

Handler = Callable[[Any, aio.ServicerContext[Any, Any]], Any]


class CallInterceptor(aio.ServerInterceptor):  # type: ignore[type-arg]
    """Guards every method of a service.

    public: full method names (`/package.Service/Method`) that need no token.
    internal: full service names that only SAGE's own services may call.
    revocations: knows ended sessions; None where every call asks a service that does.
    """

    def __init__(
        self,
        verifier: TokenVerifier,
        *,
        revocations: Revocations | None = None,
        public: Collection[str] = (),
        internal: Collection[str] = (),
        max_calls: int,
        max_streams: int,
        default_deadline: float,
    ) -> None:
        self._verifier = verifier
        self._revocations = revocations
        self._public = frozenset(public)
        self._internal = frozenset(internal)
        self._calls = _Places(max_calls)
        self._streams = _Places(max_streams)
        self._default_deadline = default_deadline

    async def intercept_service(
        self,
        continuation: Callable[
            [grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any]]
        ],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any]:
        handler: Any = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or method.startswith(_INFRASTRUCTURE):
            return handler  # type: ignore[no-any-return]
        kinds = {
            (False, False): ("unary_unary", grpc.unary_unary_rpc_method_handler),
            (False, True): ("unary_stream", grpc.unary_stream_rpc_method_handler),
            (True, False): ("stream_unary", grpc.stream_unary_rpc_method_handler),
            (True, True): ("stream_stream", grpc.stream_stream_rpc_method_handler),
        }
        kind, make = kinds[handler.request_streaming, handler.response_streaming]
        wrap = self._wrap_stream if handler.response_streaming else self._wrap_unary
        wrapped: Any = wrap(method, getattr(handler, kind), streams_in=handler.request_streaming)
        return make(
            wrapped,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _wrap_unary(self, method: str, call: Handler, *, streams_in: bool) -> Handler:
        async def unary(request: Any, context: aio.ServicerContext[Any, Any]) -> Any:
            places = self._streams if streams_in else self._calls
            async with self._guard(method, context, places):
                deadline = None if streams_in else self._default_deadline
                async with calls.deadline(context, default=deadline):
                    return await call(_validated(request, streams_in), context)

        return unary

    def _wrap_stream(self, method: str, call: Handler, *, streams_in: bool) -> Handler:
        async def stream(
            request: Any, context: aio.ServicerContext[Any, Any]
        ) -> AsyncIterator[Any]:
            async with (
                self._guard(method, context, self._streams),
                calls.deadline(context, default=None),
            ):
                async for response in call(_validated(request, streams_in), context):
                    yield response

        return stream

    @asynccontextmanager
    async def _guard(
        self, method: str, context: aio.ServicerContext[Any, Any], places: _Places
    ) -> AsyncIterator[None]:
        started = time.monotonic()
        received: Any = context.invocation_metadata()
        metadata = dict(received or ())
        request_id = str(metadata.get("x-request-id") or uuid.uuid4())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, method=method)
        outcome = "OK"
        error: SageError | None = None
        try:
            with places:
                caller = self._identify(method, str(metadata.get("authorization", "")))
                calls.bind(request_id=request_id, metadata=metadata)
                async with self._session_of(method, caller):
                    yield
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
            log.info("call", outcome=outcome, seconds=round(time.monotonic() - started, 4))
        if error is not None:
            await _abort(context, error, request_id)

    def _session_of(
        self, method: str, caller: Identity | None
    ) -> AbstractAsyncContextManager[None]:
        if self._revocations is None or method in self._public:
            return nullcontext()
        return self._revocations.guarding(caller)

    def _identify(self, method: str, authorization: str) -> Identity | None:
        identity.bind_identity(None)
        scheme, _, token = authorization.partition(" ")
        if not token or scheme.lower() != "bearer":
            if method in self._public:
                return None
            raise unauthenticated("The call carries no access token. Create a session first.")
        try:
            caller = self._verifier.verify(token.strip())
        except SageError:
            if method in self._public:  # an expired token must not keep its owner from a new one
                return None
            raise
        service = method.split("/")[1]
        if service in self._internal and caller.scope is not Scope.SERVICE:
            raise unauthenticated("This method is for SAGE's own services.")
        identity.bind_identity(caller)
        structlog.contextvars.bind_contextvars(workspace=caller.workspace)
        return caller


class _Places:
    """Counts calls under way; refuses those over the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0

    def __enter__(self) -> None:
        if self._taken >= self._limit:
            raise SageError(
                ErrorReason.ERROR_REASON_OVERLOADED,
                "The server has as many calls under way as it takes. Try again in a moment.",
                retry_after=_OVERLOAD_RETRY_SECONDS,
            )
        self._taken += 1

    def __exit__(self, *_: object) -> None:
        self._taken -= 1


def _validated(request: Any, streams_in: bool) -> Any:
    if streams_in:
        return _validate_each(request)
    validate(request)
    return request


async def _validate_each(requests: AsyncIterator[Message]) -> AsyncIterator[Message]:
    async for request in requests:
        validate(request)
        yield request


def validate(request: Message) -> None:
    """Checks a message against the rules in the contract.

    Raises SageError(INVALID_ARGUMENT) that names every field which breaks one.
    """
    violations = protovalidate.collect_violations(request)
    if not violations:
        return
    fields = [
        FieldViolation(field=_path(violation.proto.field), description=violation.proto.message)
        for violation in violations
    ]
    listed = "; ".join(f"{field.field}: {field.description}" for field in fields)
    raise SageError(ErrorReason.ERROR_REASON_INVALID_ARGUMENT, listed, fields=fields)


def _path(field: FieldPathPb | None) -> str:
    return ".".join(element.field_name for element in field.elements) if field else ""


async def _abort(context: aio.ServicerContext[Any, Any], error: SageError, request_id: str) -> None:
    status: Status = errors.to_status(error)
    codes = {code.value[0]: code for code in grpc.StatusCode}
    await context.abort(
        codes[error.code],
        error.message,
        trailing_metadata=(
            (_STATUS_DETAILS, status.SerializeToString()),
            ("x-request-id", request_id),
        ),
    )
