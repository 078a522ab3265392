"""The ways to make a call with given bytes, and what the caller is told."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from google.api import annotations_pb2
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc import aio

from tests.fuzz.methods import path_of

# Watches go on for ever: this much of one is enough.
_LISTEN_SECONDS = 0.4
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Told:
    """code: gRPC's, 0 when all went well. status: HTTP's, where there is one. text: all that was
    said of an error. answer: messages that came, where they came as protocol buffers."""

    code: int | None = None
    status: int | None = None
    text: str = ""
    answers: Sequence[bytes] = ()


async def by_grpc(
    channel: aio.Channel, method: MethodDescriptor, messages: Sequence[bytes], token: str
) -> Told:
    metadata = (("authorization", f"Bearer {token}"),)
    answers: list[bytes] = []
    # Without serializers, bytes go out and come in as they are.
    kinds: Any = channel
    call: Any
    if method.client_streaming:
        call = kinds.stream_unary(path_of(method))(iter(messages), metadata=metadata)
    elif method.server_streaming:
        call = kinds.unary_stream(path_of(method))(messages[0], metadata=metadata)
    else:
        call = kinds.unary_unary(path_of(method))(messages[0], metadata=metadata)
    try:
        if not method.server_streaming:
            answers.append(await call)
            return Told(code=0, answers=answers)
        async with asyncio.timeout(_LISTEN_SECONDS):
            async for answer in call:
                answers.append(answer)  # noqa: PERF401  those before the silence count
        return Told(code=0, answers=answers)
    except TimeoutError:
        call.cancel()
        return Told(code=0, answers=answers)
    except aio.AioRpcError as error:
        trailers: Any = error.trailing_metadata() or ()
        details = dict(trailers).get("grpc-status-details-bin", b"")
        return Told(code=error.code().value[0], text=f"{error.details()} {details!r}")


def frame(content: bytes) -> bytes:
    return struct.pack(">BI", 0, len(content)) + content


async def by_grpc_web(
    web: httpx.AsyncClient, method: MethodDescriptor, messages: Sequence[bytes], token: str
) -> Told:
    body = b"".join(frame(message) for message in messages)
    as_text = len(body) % 2 == 0
    kind = "application/grpc-web-text+proto" if as_text else "application/grpc-web+proto"
    content = base64.b64encode(body) if as_text else body
    headers = {"content-type": kind, "authorization": f"Bearer {token}"}
    status, answered, body = await _post(web, path_of(method), content, headers)
    code = answered.get("grpc-status")
    if code is None and answered.get("content-type", "").startswith("application/grpc-web-text"):
        # Each piece is padded by itself.
        body = b"".join(
            base64.b64decode(body[at : at + 4]) for at in range(0, len(body) // 4 * 4, 4)
        )
    text = body.decode("latin-1")
    if code is None and "grpc-status:" in text:
        code = text.rpartition("grpc-status:")[2].partition("\r")[0].strip()
        if "grpc-status-details-bin:" in text:
            details = text.rpartition("grpc-status-details-bin:")[2].partition("\r")[0]
            text += _decoded(details.strip())
    failed = code not in (None, "0")
    details = answered.get("grpc-status-details-bin", "")
    message = answered.get("grpc-message", "") + _decoded(details) + text[-2000:]
    return Told(code=int(code or 0), status=status, text=message if failed else "")


def _decoded(details: str) -> str:
    return base64.b64decode(details + "=" * (-len(details) % 4)).decode("latin-1")


async def by_connect(
    web: httpx.AsyncClient, method: MethodDescriptor, messages: Sequence[bytes], token: str
) -> Told:
    streams = method.client_streaming or method.server_streaming
    kind = "application/connect+proto" if streams else "application/proto"
    content = b"".join(frame(message) for message in messages) if streams else messages[0]
    headers = {
        "content-type": kind,
        "connect-protocol-version": "1",
        "authorization": f"Bearer {token}",
    }
    status, _, body = await _post(web, path_of(method), content, headers)
    text = body.decode("latin-1")
    if streams and '{"error":' in text:
        return Told(status=status, code=_connect_code(text[text.index('{"error":') :]), text=text)
    return Told(status=status, text=text if status != httpx.codes.OK else "")


def _connect_code(text: str) -> int | None:
    """Of an error that a stream ends with: 13 and 2 for those that nobody may see."""
    name = text.partition('"code":"')[2].partition('"')[0]
    return {"internal": 13, "unknown": 2, "data_loss": 15}.get(name)


async def by_json(
    web: httpx.AsyncClient, method: MethodDescriptor, message: Message, token: str
) -> Told:
    """Connect's JSON."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    content = json.dumps(MessageToDict(message)).encode()
    status, _, body = await _post(web, path_of(method), content, headers)
    text = body.decode("latin-1")
    return Told(status=status, text=text if status != httpx.codes.OK else "")


async def by_rest(
    web: httpx.AsyncClient, method: MethodDescriptor, message: Message, token: str
) -> Told:
    rule = method.GetOptions().Extensions[annotations_pb2.http]
    verb = str(rule.WhichOneof("pattern"))
    values = MessageToDict(message, preserving_proto_field_name=True)
    path = str(getattr(rule, verb))
    while "{" in path:
        before, _, rest = path.partition("{")
        variable, _, after = rest.partition("}")
        value: Any = values
        for part in variable.partition("=")[0].split("."):
            value = value.pop(part, "") if isinstance(value, dict) else ""
        path = f"{before}{quote(str(value), safe='/:')}{after}"
    content = b""
    if rule.body:
        content = json.dumps(values if rule.body == "*" else values.pop(rule.body, {})).encode()
    query = {} if rule.body == "*" else _flat(values)
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    try:
        request = web.build_request(
            verb.upper(), path[:8000], params=query, content=content, headers=headers
        )
    except (httpx.InvalidURL, UnicodeError):
        return Told(status=400)  # the client itself refuses to send it
    status, _, body = await _send(web, request)
    text = body.decode("latin-1")
    return Told(status=status, text=text if status >= httpx.codes.BAD_REQUEST else "")


def _flat(values: dict[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{above}{key}.")
        else:
            found[f"{above}{key}"] = value
    return found


async def _post(
    web: httpx.AsyncClient, path: str, content: bytes, headers: dict[str, str]
) -> tuple[int, httpx.Headers, bytes]:
    return await _send(web, web.build_request("POST", path, content=content, headers=headers))


async def _send(web: httpx.AsyncClient, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
    """What comes of an answer until it falls silent."""
    answer = await web.send(request, stream=True)
    body = b""
    try:
        async with asyncio.timeout(_LISTEN_SECONDS if _may_last(answer) else None):
            async for piece in _pieces(answer):
                body += piece
    except TimeoutError:
        pass
    finally:
        await answer.aclose()
    return answer.status_code, answer.headers, body


def _may_last(answer: httpx.Response) -> bool:
    return "content-length" not in answer.headers


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    size = 0
    async for piece in answer.aiter_raw():
        size += len(piece)
        yield piece
        if size > _MOST_BYTES:
            return


def parsed(method: MethodDescriptor, content: bytes) -> Message:
    """An answer as its message."""
    found: Message = GetMessageClass(method.output_type).FromString(content)
    return found
