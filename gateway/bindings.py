"""Paths for calls in JSON that name a method: `python -m gateway.bindings DESCRIPTOR`.

Clients of Connect send JSON to `/package.Service/Method`. The descriptor by which Envoy transcodes
gets that path for every unary method, in addition to the one that the contract gives it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from google.api import annotations_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor_pb2 import FileDescriptorSet, MethodDescriptorProto

from gateway.upstreams import ROUTED_SERVICES

# Its content is the answer over REST; a client of Connect expects the message.
_RAW = ".google.api.HttpBody"


def bind_methods(files: FileDescriptorSet) -> None:
    """Adds the paths."""
    for file in files.file:
        for service in file.service:
            name = f"{file.package}.{service.name}"
            if name in ROUTED_SERVICES:
                for method in service.method:
                    _bind(f"/{name}/{method.name}", method)


def _bind(path: str, method: MethodDescriptorProto) -> None:
    if method.client_streaming or method.server_streaming or method.output_type == _RAW:
        return
    rule: HttpRule = method.options.Extensions[annotations_pb2.http]
    if rule.WhichOneof("pattern"):
        rule = rule.additional_bindings.add()
    rule.post = path
    rule.body = "*"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("descriptor", type=Path)
    file: Path = parser.parse_args().descriptor
    files = FileDescriptorSet.FromString(file.read_bytes())
    bind_methods(files)
    file.write_bytes(files.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
