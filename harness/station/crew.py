"""A thread for each slot of a station, and how what runs on the slots is watched and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from harness.clock import POLL_S
from harness.errors import CommandRefused, HarnessError, refused_by
from harness.model.station import Abort, Answer
from harness.station.bug import fault_of
from harness.station.screens.bus import Bus
from harness.station.slot import RunResult, SlotRun


class Crew:
    """Works on slots side by side: what hangs on one holds up no other."""

    def __init__(self, bus: Bus, worn: Callable[[RunResult], str] | None = None) -> None:
        """`worn` says why a slot may take no more units after a result, or ''."""
        self._bus = bus
        self._worn = worn or unfit
        self._lock = threading.Lock()
        self._running: dict[int, SlotRun] = {}
        self._stopped: tuple[str, str] | None = None

    @property
    def stopped(self) -> bool:
        """Whether somebody has stopped it: no run is to be begun."""
        return self._stopped is not None

    def work(
        self,
        slots: Iterable[int],
        on_slot: Callable[[int], None],
        each_poll: Callable[[], None],
    ) -> None:
        """Call `on_slot` for each slot in a thread of its own, and wait for all of them.

        Calls `each_poll` in this thread, before anything begins and then every 50 ms; it may draw a
        screen or call `stop`.
        """
        each_poll()  # somebody may have asked for a stop meanwhile: then nothing is begun
        threads = [
            threading.Thread(
                target=self._guard, args=[on_slot, number], name=f"crew-{number}", daemon=True
            )
            for number in slots
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(POLL_S)
                    each_poll()
        except BaseException:
            # never leave runs that may have power on: stop them, then let the error out
            self.stop("station", "the screen of the station failed")
            for thread in threads:
                thread.join()
            raise

    def test(self, number: int, ready: Callable[[], SlotRun]) -> RunResult:
        """Make the run ready, and see it through to its end. Called in the thread of the slot.

        A slot that is left unfit for another run is told to be closed.
        """
        result = self._test(number, ready)
        if why := self._worn(result):
            self._bus.close_slot(number, why)
        return result

    def stop(self, by: str, why: str) -> None:
        """Abort every run and begin no more; a second time, cut the teardowns short too."""
        with self._lock:
            self._stopped = (by, why)
            running = list(self._running.values())
        for run in running:
            run.abort(by, why)

    def abort(self, command: Abort) -> None:
        """Abort the run of one slot.

        Raises: CommandRefused(COMMAND-LATE) when there is no run on it, or another than the command
        means.
        """
        run = self._on(command.slot)
        if command.run not in ("", run.run):
            words = f"the run that was meant is over, another is on slot {command.slot} by now"
            hint = "look at the slot, then abort that one if it must be"
            raise CommandRefused("COMMAND-LATE", f"{words}: {hint}")
        run.abort(command.by, command.why)

    def answer(self, command: Answer) -> None:
        """Answer what a step of the run of one slot asks the operator.

        Raises: CommandRefused(COMMAND-LATE) when there is no run on it, (ANSWER-UNFIT) when that is
        not asked in it now, or takes no such answer.
        """
        run = self._on(command.slot)
        with refused_by("ANSWER-UNFIT"):
            run.answer(command.question, command.answer, command.by)

    def _on(self, slot: int) -> SlotRun:
        with self._lock:
            run = self._running.get(slot)
        if run is None:
            raise CommandRefused("COMMAND-LATE", f"no run on slot {slot}")
        return run

    def _guard(self, on_slot: Callable[[int], None], number: int) -> None:
        """A slot whose thread dies must say so."""
        try:
            on_slot(number)
        except Exception as error:  # noqa: BLE001 whatever it was
            self._bus.close_slot(number, str(fault_of(error)))

    def _test(self, number: int, ready: Callable[[], SlotRun]) -> RunResult:
        try:
            run = ready()
        except Exception as error:  # noqa: BLE001 a slot whose thread dies must say so
            return RunResult(None, fault_of(error), refused=isinstance(error, HarnessError))
        try:
            self._start(number, run)
            return run.supervise()
        except Exception as error:  # noqa: BLE001 a slot whose thread dies must say so
            return RunResult(None, fault_of(error))
        finally:
            with self._lock:
                self._running.pop(number, None)

    def _start(self, number: int, run: SlotRun) -> None:
        with self._lock:
            self._running[number] = run
            stopped = self._stopped
        if stopped:  # meanwhile
            run.abort(*stopped)
        run.start()


def unfit(result: RunResult) -> str:
    """Why the slot of this result may take no more units, or ''."""
    if result.failure:
        return str(result.failure)
    return "a step ignored its time limit (SLOT-WEDGED)" if result.wedged else ""
