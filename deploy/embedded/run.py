"""Starts SAGE, says where it is, and stops it when told to."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from deploy.embedded.errors import StartError
from deploy.embedded.home import Home
from deploy.embedded.plan import SERVICES, Plan, make_plan
from deploy.embedded.readiness import GatewayProbe
from deploy.embedded.settings import EmbeddedSettings
from deploy.embedded.supervisor import Supervisor
from deploy.preflight import port_fault
from services.servicekit.state import StateError

_START_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Launcher:
    """One run of SAGE.

    environment: the variables that settings are read from and that processes get.
    say: takes each line for the person at the terminal.
    start_seconds: patience until everything is ready.
    """

    environment: Mapping[str, str]
    say: Callable[[str], None]
    start_seconds: float = _START_SECONDS

    def run(self) -> int:
        """Runs until SIGINT, SIGTERM or SIGHUP; the exit code."""
        try:
            settings = read_settings()
            home = Home(settings.home.expanduser().resolve())
            with home.locked():
                if settings.port and (fault := port_fault(settings.bind_host, str(settings.port))):
                    raise StartError(fault)
                plan = make_plan(settings, home, self.environment)
                asyncio.run(self._until_signalled(plan, home.logs))
        except StartError as error:
            self.say(f"sage: {error}")
            return error.exit_code
        except StateError as error:
            self.say(f"sage: {error}")
            return StateError.EXIT_CODE
        return 0

    async def _until_signalled(self, plan: Plan, logs: Path) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stopping.set)
        self.say("sage: starting")
        async with Supervisor(plan.processes, logs, say=self.say) as supervisor:
            running = asyncio.create_task(self._keep(plan, supervisor))
            told_to_stop = asyncio.create_task(stopping.wait())
            await asyncio.wait({running, told_to_stop}, return_when=asyncio.FIRST_COMPLETED)
            told_to_stop.cancel()
            if running.done():
                running.result()
            running.cancel()
            self.say("sage: stopping")
        self.say("sage: stopped")

    async def _keep(self, plan: Plan, supervisor: Supervisor) -> None:
        """Raises StartError when SAGE does not come up or does not stay up."""
        began = time.monotonic()
        probe = GatewayProbe(host=plan.host, port=plan.port, tls=plan.url.startswith("https"))
        ready = asyncio.create_task(probe.wait_until_ready())
        failed = asyncio.create_task(supervisor.until_one_ends())
        await asyncio.wait(
            {ready, failed}, timeout=self.start_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        ready.cancel()
        failed.cancel()
        if failed.done():
            raise failed.result()
        if not ready.done():
            name = (await probe.not_ready(SERVICES) or ["gateway"])[0]
            what = f"is not ready after {self.start_seconds:.0f} s"
            raise StartError(supervisor.describe(name, what))
        seconds = time.monotonic() - began
        self.say(f"SAGE is ready after {seconds:.1f} s: {plan.url}  (Ctrl-C stops it)")
        raise await supervisor.keep_running()


def read_settings() -> EmbeddedSettings:
    """The settings of this run.

    Raises StartError naming each variable that cannot be understood.
    """
    try:
        return EmbeddedSettings()
    except ValidationError as error:
        faults = "; ".join(
            f"SAGE_{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
            for fault in error.errors()
        )
        raise StartError(faults) from None
