"""What every station needs when it is opened: its slots safe, its adb server alive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Lock

from harness.clock import SystemClock
from harness.devices.adb.server import AdbServer
from harness.errors import StationFault
from harness.model.refs import JigRef
from harness.records.recorder import Recorder
from harness.station.files.config import StationConfig
from harness.station.readiness.ready import LineReadiness
from harness.station.rules import LineRules
from harness.station.station import Slot, Station
from harness.steps import catalogue
from harness.wiring.readiness import jig_plans


def opened(
    config: StationConfig,
    slots: Iterable[Slot],
    recorder: Recorder,
    admit: Callable[[Slot, JigRef | None], None],
    revive: Callable[[], None],
) -> Station:
    """The station, with every slot in its safe state.

    `admit` refuses production on a slot, `revive` brings up the adb server.
    """
    rules = LineRules(recorder.path, config.rules, recorder.enter)
    opened = Station(
        ref=recorder.station,
        slots={slot.number: slot for slot in slots},
        catalogue=catalogue(),
        journal=recorder,
        attempts=recorder.attempts,
        clock=SystemClock(),
        golden_units=config.golden_units,
        rules=rules,
        ready=LineReadiness(recorder.path, config, SystemClock(), jig_plans().golden).require,
        admit=admit,
        revive=revive,
    )
    opened.make_safe()
    rules.lock_what_is_due(opened.slots)
    return opened


def reviving(server: AdbServer, before: Callable[[], object] = lambda: None) -> Callable[[], None]:
    """Starts the server when it is first needed, has died or answers no more; a slot at a time.

    What `before` raises keeps it from being started: without its key it would make another. Why
    it could not be is for the step to tell, on record, that asks it for its handset.
    """
    lock = Lock()

    def revive() -> None:
        with lock:
            if server.alive:
                with suppress(StationFault):
                    server.version()
                    return
                server.stop()
            try:
                before()
                server.start()
            except StationFault as fault:
                server.why_down = fault

    return revive
