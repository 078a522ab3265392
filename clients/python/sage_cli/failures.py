"""Failures as a person at a terminal understands them: what is wrong and what to do."""

from __future__ import annotations

from typing import Any

import click
import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc import aio

# As with diff: 0 is "no differences", 1 "differences", and more is trouble. With `sage check`, 0 is
# "passed" and 1 "violations".
NO_DIFFERENCES = 0
DIFFERENCES = 1
TROUBLE = 2
# Trouble that may be over when the command is run again.
UNAVAILABLE = 3
INTERRUPTED = 130
# Of the reasons whose code is not UNAVAILABLE, those that pass.
_PASSING = frozenset({"OVERLOADED", "RATE_LIMITED", "TOO_MANY_CALLS", "VENDOR_RATE_LIMITED"})


class Failure(click.ClickException):
    """Ends the command with one line on standard error."""

    exit_code = TROUBLE

    def show(self, file: Any = None) -> None:
        """Click's hook: the message behind `sage:`, so that a pipeline's log shows whose it is."""
        click.echo(f"sage: {self.message}", err=True, file=file)


class Unavailable(Failure):
    """The server is not there, or cannot answer now."""

    exit_code = UNAVAILABLE


def reason_of(error: aio.AioRpcError) -> str:
    """SAGE's reason for an error, such as `NOT_A_VIDEO`; empty when it is not one of SAGE's."""
    trailing: Any = error.trailing_metadata()
    details = dict(trailing or ()).get("grpc-status-details-bin")
    return status_reason(Status.FromString(details)) if isinstance(details, bytes) else ""


def status_reason(status: Status) -> str:
    """The contract's reason, such as `NOT_FOUND`; empty where SAGE gave none."""
    info = ErrorInfo()
    for detail in status.details:
        if detail.Is(ErrorInfo.DESCRIPTOR):
            detail.Unpack(info)
            if info.domain == "sage":
                return str(info.reason)
    return ""


def connection_lost(error: aio.AioRpcError) -> bool:
    """Whether the server was not there, or went away before its answer was complete."""
    if error.code() is grpc.StatusCode.UNAVAILABLE:
        return True
    # How gRPC tells of a service that died in the middle of its answer.
    cut_off = error.code() is grpc.StatusCode.INTERNAL and "RST_STREAM" in (error.details() or "")
    return cut_off and not reason_of(error)


def failure_of(error: aio.AioRpcError, server: str) -> Failure:
    """What a failed call means to the person who ran the command."""
    reason = reason_of(error)
    code = error.code()
    passing = code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    if reason:
        kind = Unavailable if passing or reason in _PASSING else Failure
        return kind(f"{error.details()} ({reason})")
    if code is grpc.StatusCode.INTERNAL and connection_lost(error):
        return Unavailable(f"SAGE at {server} stopped in the middle of its answer. Try again.")
    if code is grpc.StatusCode.UNAVAILABLE and "upstream" in (error.details() or ""):
        return Unavailable(f"SAGE at {server} is there, but a part of it is not ready. Try again.")
    if code is grpc.StatusCode.UNAVAILABLE:
        return Unavailable(
            f"No SAGE server answers at {server}. Start one with `make run`, or name another one "
            "with --server or SAGE_SERVER."
        )
    if code in (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.UNKNOWN):
        return Failure(f"What answers at {server} is not a SAGE server: {error.details()}")
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return Unavailable(f"The SAGE server at {server} took too long to answer. Try again.")
    return Failure(f"{error.details()} ({code.name})")
