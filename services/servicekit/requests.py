"""What arrives with a call: its messages, decoded and checked against the contract.

gRPC would decode them itself, but answers bytes that are no message with an UNKNOWN of its own, and
a unary call that ends without a message not at all. So the interceptor receives every request as a
stream of bytes, and reads its messages here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import protovalidate
from google.protobuf.message import DecodeError, Message
from protovalidate import FieldPathPb

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import FieldViolation, SageError
from services.servicekit.wellformed import malformed_times

Deserializer = Callable[[bytes], Any]


async def receive_one(
    messages: AsyncIterator[bytes], deserialize: Deserializer, *, seconds: float
) -> Message:
    """The message of a unary call.

    seconds: how long it may take to arrive.

    Raises SageError: INVALID_ARGUMENT when there is none, or when it does not fit the contract;
    DEADLINE_EXCEEDED when it does not arrive in time.
    """
    message = await _next(messages, seconds)
    if message is None:
        raise _invalid("The call ended without a message. Send one, if only an empty one.")
    return _read(message, deserialize)


async def receive_each(
    messages: AsyncIterator[bytes], deserialize: Deserializer, *, seconds: float
) -> AsyncIterator[Message]:
    """The messages of a client's stream, each of which may take `seconds` to arrive.

    Raises SageError as `receive_one`.
    """
    while (message := await _next(messages, seconds)) is not None:
        yield _read(message, deserialize)


def validate(request: Message) -> None:
    """Checks a message against the rules in the contract, and its times for being any.

    Raises SageError(INVALID_ARGUMENT) that names every field which breaks one.
    """
    # First: rules on times read them.
    fields = list(malformed_times(request)) or [
        FieldViolation(field=_path(violation.proto.field), description=violation.proto.message)
        for violation in protovalidate.collect_violations(request)
    ]
    if not fields:
        return
    listed = "; ".join(f"{field.field}: {field.description}" for field in fields)
    raise SageError(ErrorReason.ERROR_REASON_INVALID_ARGUMENT, listed, fields=fields)


async def _next(messages: AsyncIterator[bytes], seconds: float) -> bytes | None:
    late = asyncio.timeout(seconds)
    try:
        async with late:
            return await anext(messages, None)
    except TimeoutError:
        if not late.expired():
            raise
        raise SageError(
            ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
            f"The server waited {seconds:g} s for a message of this call. Send it at once.",
        ) from None


def _read(message: bytes, deserialize: Deserializer) -> Message:
    try:
        request: Message = deserialize(message)
    except (DecodeError, ValueError) as error:
        raise _invalid(
            "The bytes are not a message of this method: either they are no protocol buffer, or "
            "some text in it is not UTF-8. Encode it with the stubs of this contract."
        ) from error
    validate(request)
    return request


def _invalid(message: str) -> SageError:
    return SageError(ErrorReason.ERROR_REASON_INVALID_ARGUMENT, message)


def _path(field: FieldPathPb | None) -> str:
    return ".".join(element.field_name for element in field.elements) if field else ""
