"""What a service asks of its database and of the store is counted, well or not."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services.servicekit.database import create_engine
from services.servicekit.metrics import Metrics
from services.servicekit.object_store import ObjectStore
from services.servicekit.settings import StoreSettings


def counts(metrics: Metrics, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels[each] for each in labels): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == f"{name}_count"
    }


async def test_statements_are_counted_by_what_they_do(tmp_path: Path) -> None:
    metrics, engine = Metrics(), create_engine(f"sqlite:///{tmp_path}/x.sqlite")
    metrics.out.watch_database(engine)

    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE it (word TEXT)"))
        await connection.execute(text(" insert INTO it VALUES ('a'), ('b')"))
        await connection.execute(text("SELECT word FROM it"))
    with pytest.raises(OperationalError):
        async with engine.begin() as connection:
            await connection.execute(text("SELECT nothing FROM it"))
    await engine.dispose()

    told = counts(metrics, "db_client_operation_duration_seconds", "db_operation_name")
    assert told == {("BEGIN",): 2, ("OTHER",): 1, ("INSERT",): 1, ("SELECT",): 2}


async def test_answers_of_the_store_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", session)
    metrics = Metrics()
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="media")
        store = ObjectStore.connect(StoreSettings(s3_bucket="media"), home=tmp_path)
        store.watched_by(metrics.out.watch_store)
        await store.put("here", b"it")
        await store.get("here")
        assert not await store.exists("there")
        store.close()
        with pytest.raises(ClientError):
            boto3.client("s3", region_name="us-east-1").head_object(Bucket="media", Key="there")

    told = counts(
        metrics,
        "http_client_request_duration_seconds",
        *("server_address", "http_request_method", "http_response_status_code"),
    )
    ((server, *_), *_) = told
    assert "s3" in server
    assert told == {
        (server, "PUT", "200"): 1,
        (server, "GET", "200"): 1,
        (server, "HEAD", "404"): 1,
    }
