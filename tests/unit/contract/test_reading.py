"""Methods that only read say so: API tokens for reading, and retries, go by that."""

from __future__ import annotations

import pytest
from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet, MethodDescriptorProto, MethodOptions

from gateway.contract import DESCRIPTOR_FILE

# What a method that only reads begins with.
_READING = ("Get", "List", "Watch", "Stream")
# Those that compute something of what is there, and keep nothing.
_COMPUTING = {
    *("CompareVideos", "ComputeComparison", "DescribeComparison", "ExportComparison"),
    *("MapTimes", "CarryOver", "CarryOverFile"),
}
METHODS = {
    f"{file.package}.{service.name}.{method.name}": method
    for file in FileDescriptorSet.FromString(DESCRIPTOR_FILE.read_bytes()).file
    if file.package.startswith("sage.")
    for service in file.service
    for method in service.method
}


def only_reads(method: MethodDescriptorProto) -> bool:
    level = method.options.idempotency_level
    return bool(level == MethodOptions.IdempotencyLevel.NO_SIDE_EFFECTS)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_that_it_only_reads_when_it_does(name: str) -> None:
    method = METHODS[name]
    expected = method.name.startswith(_READING) or method.name in _COMPUTING
    assert only_reads(method) == expected, (
        f"{name}: `option idempotency_level = NO_SIDE_EFFECTS` is for what only reads"
    )


@pytest.mark.parametrize("name", METHODS)
def test_what_is_read_by_get_only_reads(name: str) -> None:
    rule = METHODS[name].options.Extensions[annotations_pb2.http]
    assert only_reads(METHODS[name]) or not rule.get
