"""Makes calls at random, and says what nobody should ever be told."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from google.api import annotations_pb2
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.json_format import SerializeToJsonError
from google.protobuf.message import DecodeError
from grpc import StatusCode, aio

from tests.fuzz import ways
from tests.fuzz.messages import Messages, Names
from tests.fuzz.methods import methods, path_of
from tests.fuzz.ways import Told

_CALL_SECONDS = 45.0
_WAYS = ("grpc", "grpc-web", "connect", "connect-json", "rest")
_FAULTS = {StatusCode.UNKNOWN.value[0], StatusCode.INTERNAL.value[0]}
_UNAVAILABLE = 503
_LEAK = re.compile(r'Traceback|File "|\.py\b|sqlalchemy|site-packages|/home/|/tmp/|asyncio')
_CLIENT_SAID = re.compile(r"Exception (serializing|deserializing)")
# Limits on how often somebody calls are each person's, so many people call.
_CALLS_OF_A_PERSON = 200


@dataclass(frozen=True, kw_only=True)
class Target:
    """A running SAGE. token: an access token of that person, always of the same workspace."""

    address: str
    token: Callable[[str], str]


@dataclass
class Report:
    """outcomes: how often each way ended how. faults: what must not be, with the call."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Fuzzer:
    """The calls of a seed. names: of resources that exist; answers add to them."""

    def __init__(self, target: Target, seed: int, names: Names | None = None) -> None:
        self._target = target
        self._seed = seed
        self._names = names or Names()
        self._methods = list(methods())

    async def run(self, count: int, *, at_once: int = 6) -> Report:
        report = Report()
        numbers = iter(range(count))

        async def worker() -> None:
            async with (
                aio.insecure_channel(self._target.address) as channel,
                httpx.AsyncClient(
                    base_url=f"http://{self._target.address}", timeout=_CALL_SECONDS
                ) as web,
            ):
                for number in numbers:
                    await self._call(number, channel, web, report)

        await asyncio.gather(*(worker() for _ in range(at_once)))
        return report

    async def _call(
        self, number: int, channel: aio.Channel, web: httpx.AsyncClient, report: Report
    ) -> None:
        chance = random.Random(f"{self._seed} {number}")
        method = self._methods[number % len(self._methods)]
        way = chance.choice(_WAYS)
        token = self._target.token(f"person {number // _CALLS_OF_A_PERSON}")
        where = f"call {number} of seed {self._seed}: {method.full_name} by {way}"
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                told = await self._made(way, method, chance, channel, web, token)
        except SerializeToJsonError:
            return  # JSON has no such message
        except (TimeoutError, httpx.TimeoutException):
            report.faults.append(f"{where} hangs")
            return
        except httpx.RemoteProtocolError as error:
            report.faults.append(f"{where} broke the connection off: {error}")
            return
        if told is None:
            return
        report.outcomes[
            f"{way} {told.status or ''} {told.code if told.code is not None else ''}"
        ] += 1
        report.faults += [f"{where}: {fault}" for fault in faults_of(told)]
        for answer in told.answers:
            try:
                self._names.learn(ways.parsed(method, answer))
            except DecodeError as error:
                report.faults.append(
                    f"{where}: the answer is no {method.output_type.name}: {error}"
                )

    async def _made(
        self,
        way: str,
        method: MethodDescriptor,
        chance: random.Random,
        channel: aio.Channel,
        web: httpx.AsyncClient,
        token: str,
    ) -> Told | None:
        """None when the method cannot be called so."""
        messages = Messages(chance, self._names)
        several = chance.randint(1, 3) if method.client_streaming else 1
        contents = [messages.bytes_of(method.input_type) for _ in range(several)]
        streams = method.client_streaming or method.server_streaming
        match way:
            case "grpc":
                return await ways.by_grpc(channel, method, contents, token)
            case "grpc-web" if not method.client_streaming:
                return await ways.by_grpc_web(web, method, contents, token)
            case "connect":
                return await ways.by_connect(web, method, contents, token)
            case "connect-json" if not streams and method.output_type.name != "HttpBody":
                return await ways.by_json(web, method, messages.of(method.input_type), token)
            case "rest" if _has_path(method):
                return await ways.by_rest(web, method, messages.of(method.input_type), token)
        return await ways.by_grpc(channel, method, contents, token)


def _has_path(method: MethodDescriptor) -> bool:
    is_file = method.client_streaming
    return method.GetOptions().HasExtension(annotations_pb2.http) and not is_file


def faults_of(told: Told) -> list[str]:
    """What nobody should be told."""
    faults = []
    if told.code in _FAULTS and not _CLIENT_SAID.search(told.text):
        faults.append(f"code {told.code}: {told.text[:300]}")
    if told.status is not None and told.status >= 500 and told.status != _UNAVAILABLE:
        faults.append(f"HTTP status {told.status}: {told.text[:300]}")
    if found := _LEAK.search(told.text):
        faults.append(f"tells of its inside ({found[0]!r}): {told.text[:300]}")
    failed = bool(told.code) or (told.status or 200) >= 400
    if failed and told.text and "sage" not in told.text:
        faults.append(f"an error without a reason: {told.text[:300]}")
    return faults


__all__ = ["Fuzzer", "Report", "Target", "faults_of", "path_of"]
