"""Goes through the pairs of a batch. A pair that fails does not stop the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import click
from grpc import aio

from sage_cli.batch.pairs import Batch, Pair
from sage_cli.batch.records import FAILED, Record, Records, fingerprint
from sage_cli.client import SageClient
from sage_cli.failures import TROUBLE, Failure, failure_of
from sage_cli.inputs import check_files


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What came of one pair. answer: for its file. status: in a word. exit_code: 0 or 1."""

    answer: bytes
    status: str
    exit_code: int
    verdict: str
    similarity_percent: float | None
    differences: int


Compare = Callable[[SageClient, str, str], Awaitable[Compared]]


async def run_batch(
    sage: SageClient,
    batch: Batch,
    records: Records,
    settings: Mapping[str, object],
    compare: Compare,
) -> Sequence[Record]:
    """One record for each pair, in order, then one for each file that has no partner.

    settings: what an answer depends on besides the files.
    """
    found = []
    for number, pair in enumerate(batch.pairs, 1):
        place = f"[{number}/{len(batch.pairs)}] {pair.name}"
        inputs = fingerprint(pair, settings)
        record = records.done(pair, inputs)
        if record is not None:
            click.echo(f"{place}: done before", err=True)
        else:
            click.echo(place, err=True)
            record, answer = await _compare(sage, pair, inputs, compare)
            records.put(pair, record, answer)
            click.echo(f"{place}: {record.verdict}", err=True)
        found.append(record)
    for path in batch.alone:
        text = f"There is nothing of the name of {path} to compare it with."
        found.append(
            Record(
                name=path.stem, a=str(path), b="", status=FAILED, exit_code=TROUBLE, verdict=text
            )
        )
    return found


async def _compare(
    sage: SageClient, pair: Pair, inputs: str, compare: Compare
) -> tuple[Record, bytes | None]:
    try:
        check_files([pair.a, pair.b])
        # A batch may take longer than a session.
        await sage.sign_in()
        compared = await compare(sage, pair.a, pair.b)
    except aio.AioRpcError as error:
        return _failed(pair, failure_of(error, sage.server)), None
    except Failure as failure:
        return _failed(pair, failure), None
    record = Record(
        name=pair.name,
        a=pair.a,
        b=pair.b,
        status=compared.status,
        exit_code=compared.exit_code,
        verdict=compared.verdict,
        similarity_percent=compared.similarity_percent,
        differences=compared.differences,
        inputs=inputs,
    )
    return record, compared.answer


def _failed(pair: Pair, failure: Failure) -> Record:
    return Record(
        name=pair.name,
        a=pair.a,
        b=pair.b,
        status=FAILED,
        exit_code=failure.exit_code,
        verdict=failure.message,
    )
