"""How much SAGE does for how many people, and what gives in first.

    python -m tests.bench.load [--people 1,4,16,64] [--seconds 20] [--replicas 1,2,4] [--share .25]
                               [--server URL]

Six parts, each for itself (`--only starts,calls,costs,lengths,rising,replicas`): how long services
take to start and stop; how often each action asks the database and the store, and what it costs in
seconds of CPU; what grows with a video's length and size; rising numbers of people with a mix of
actions, through the gateway; 1, 2 and 4 replicas.
With --server only the rising numbers, of a SAGE that is there already; its processes are not seen.
docs/capacity.md says what the figures mean.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.bench.load import lengths, replicas, starting
from tests.bench.load.costs import Calls, Cost, calls_of, cost_of, idle
from tests.bench.load.measuring import Processes
from tests.bench.load.people import MIX, Person, prepare
from tests.bench.load.rising import level
from tests.bench.load.verdict import Level, first_limit
from tests.fixtures.clips import REEL, Piece, replace, source_file
from tests.fixtures.collector import running_collector
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import running_stack

PARTS = ("starts", "calls", "costs", "lengths", "rising", "replicas")
_SHARED = Path(__file__).resolve().parents[3] / "build" / "clips" / "load"
_IDLE_SECONDS = 10.0
_SERVED = ("gateway", "ingest", "embed", "compare", "store")
# To embed takes longer than everything else.
_FEWER = 5
# Nobody is to wait for a limit of a session here: many people share one address and one workspace.
_OPEN = {
    "SAGE_SESSIONS_PER_MINUTE": "100000",
    "SAGE_SESSIONS_BURST": "100000",
}


def numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--people", type=numbers, default=[1, 4, 16, 64])
    parser.add_argument("--seconds", type=float, default=20.0, help="for each number")
    parser.add_argument("--replicas", type=numbers, default=[1, 2, 4])
    parser.add_argument("--services", type=lambda it: it.split(","), default=replicas.SERVICES)
    parser.add_argument("--share", type=float, help="of a core, for each replica (root, Linux)")
    parser.add_argument("--repeats", type=int, default=20, help="of each action, for its costs")
    parser.add_argument("--only", type=lambda it: it.split(","), default=list(PARTS))
    parser.add_argument("--server", help="URL of a running SAGE")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the run\n")
    library = ClipLibrary(_SHARED, _SHARED)
    a = library.get("reel.mp4")
    b = library.get("edited.mp4", replace(REEL, 4.0, 6.0, Piece("man", 0.0, 2.0)).pieces)
    clip = source_file("man").read_bytes()
    if arguments.server:
        own = Processes(os.getpid())
        pair = asyncio.run(prepare(arguments.server, a, b))
        _rising(arguments.server, pair, clip, arguments.people, arguments.seconds, own)
        return 0
    if "starts" in arguments.only:
        _starts()
    if "calls" in arguments.only:
        _calls(a, b, clip)
    if "lengths" in arguments.only:
        lengths.show(library)
    if {"costs", "rising"} & set(arguments.only):
        with (
            tempfile.TemporaryDirectory(prefix="sage-load-") as home,
            running_stack(Path(home), **_OPEN) as stack,
        ):
            pair = asyncio.run(prepare(stack.url, a, b))
            seen = Processes(stack.process.pid)
            if "costs" in arguments.only:
                asyncio.run(_costs(stack.url, pair, clip, a.read_bytes(), seen, arguments.repeats))
            if "rising" in arguments.only:
                _rising(stack.url, pair, clip, arguments.people, arguments.seconds, seen)
    if "replicas" in arguments.only:
        _replicas(
            replicas.measure(
                *(a, b, arguments.replicas, arguments.seconds),
                services=arguments.services,
                share=arguments.share,
            ),
        )
    return 0


def _starts() -> None:
    print("## Starts\n")
    print("| service | serves after, s | of it CPU, s | stops within, s |\n|---|---|---|---|")
    for each in starting.measure():
        print(f"| {each.service} | {each.serving:.1f} | {each.cpu:.1f} | {each.stopping:.1f} |")
    print()


def _calls(a: Path, b: Path, clip: bytes) -> None:
    async def measure(url: str) -> None:
        pair = await prepare(url, a, b)
        async with Person(url, clip) as person:
            person.pair = pair
            person.film = a.read_bytes()
            for action in (*MIX, "embed"):
                _show_calls(action, await calls_of(person.actions[action], collector))

    print("## Calls of one action\n")
    print("| action | statements | store | between services |\n|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory(prefix="sage-load-") as home,
        running_collector() as collector,
        running_stack(
            Path(home),
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
            OTEL_BSP_SCHEDULE_DELAY="100",
        ) as stack,
    ):
        asyncio.run(measure(stack.url))
    print()


def _show_calls(action: str, calls: Calls) -> None:
    print(f"| {action} | {calls.database} | {calls.store} | {calls.services} |")


async def _costs(
    url: str, pair: tuple[str, str], clip: bytes, film: bytes, seen: Processes, repeats: int
) -> None:
    print("## CPU of one action, milliseconds\n")
    print(f"| action | {' | '.join(_SERVED)} | time alone |\n|{'---|' * (len(_SERVED) + 2)}")
    async with Person(url, clip) as person:
        person.pair = pair
        resting = await idle(seen, _IDLE_SECONDS)
        _show_cost("nothing, for a second", Cost(cpu=resting, p50=1.0))
        for action in MIX:
            cost = await cost_of(person.actions[action], seen, resting, repeats)
            _show_cost(action, cost)
        person.film = film
        few = max(1, repeats // _FEWER)
        cost = await cost_of(person.embed_something, seen, resting, few)
        _show_cost("upload and embed 14 s", cost)
    print(flush=True)


def _show_cost(action: str, cost: Cost) -> None:
    told = " | ".join(f"{1000 * cost.cpu.get(part, 0.0):.1f}" for part in _SERVED)
    print(f"| {action} | {told} | {1000 * cost.p50:.0f} |")


def _rising(
    url: str,
    pair: tuple[str, str],
    clip: bytes,
    people: Sequence[int],
    seconds: float,
    seen: Processes,
) -> None:
    print("## People at once\n")
    print("| people | actions a second | p50, s | p95, s | p99, s | errors | cores in use |")
    print("|---|---|---|---|---|---|---|")
    levels = []
    for count in people:
        found = asyncio.run(level(url, pair, clip, count, seconds, seen))
        levels.append(found)
        told = ", ".join(f"{reason} {n}" for reason, n in found.errors.items()) or "none"
        print(
            f"| {found.people} | {found.per_second:.1f} | {found.p50:.2f} | {found.p95:.2f} | "
            f"{found.p99:.2f} | {told} | {found.busy * found.cores:.2f}, of it "
            f"{found.elsewhere:.2f} not SAGE's |",
            flush=True,
        )
    print(f"\n{first_limit(levels)}\n")
    _show_uses(levels)


def _show_uses(levels: Sequence[Level]) -> None:
    parts = sorted({part for level in levels for part in level.uses})
    print(f"| people | {' | '.join(f'{part}, cores and MiB' for part in parts)} |")
    print(f"|{'---|' * (len(parts) + 1)}")
    for each in levels:
        told = (each.uses.get(part) for part in parts)
        cells = (f"{it.cores:.2f}, {it.mebibytes:.0f}" if it else "" for it in told)
        print(f"| {each.people} | {' | '.join(cells)} |")
    print(flush=True)


def _replicas(found: Iterable[replicas.Growth]) -> None:
    print("## Replicas\n")
    print(
        "| service | replicas | calls a second | of each | times one | ms of CPU a call | cores |"
    )
    print("|---|---|---|---|---|---|---|")
    one: dict[str, float] = {}
    for it in found:
        first = one.setdefault(it.service, it.each)
        print(
            f"| {it.service} | {it.replicas} | {it.per_second:.2f} | {it.each:.2f} | "
            f"{it.per_second / first:.2f} | {1000 * it.cpu:.1f} | {it.cores:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
