"""What is pictured: flows of a shift up to the moment that is looked at. Time stands still."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from harness.errors import HarnessError, JigFault, LinkFault, OperatorStop
from harness.model.entry import EngineeringBegun, Locked, Role, SignedIn
from harness.model.events import (
    Event,
    Measured,
    Prompted,
    Purpose,
    Recorded,
    RunEnded,
    RunStarted,
    SafeStateReached,
    Stamped,
    StepEnded,
    StepStarted,
)
from harness.model.fault import Fault, Symptom
from harness.model.head import RunHead
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.refs import PlannedRef, PlanRef
from harness.model.slot_state import SlotEvent
from harness.model.station import Announced, PlanShown, PlanStep, SlotDoubt, Unready
from harness.ui.operator.signing import Asking
from tests.station.runs import STATION
from tests.ui.operator.line import AT
from tests.ui.operator.pilots import LABEL, Shown

PASS, FAIL, ERROR, ABORTED = Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.ABORTED
SLOW = Symptom("BAT-07", "charges too slowly", "R2")
DARK = Symptom("CAM-03", "rear camera: corners are not sharp", "R5")
LOST = LinkFault("ADB-LOST", "the handset dropped off adb")
WRONG = OperatorStop("UNIT-WRONG", "the label says A57A004103, in the slot stands A57A004130")
OPEN = JigFault("JIG-INTERLOCK", "the cover of jig J4 is open")
TAKES_S = 94.0

_STEPS: Mapping[str, tuple[str, float, Sequence[tuple[str, float, str, float, float]]]] = {
    "label": ("identity.match_label", 0.9, ()),
    "charge": (
        "battery.charge",
        9.4,
        [("current_jig", 0.52, "A", 0.45, 1.1), ("voltage_jig", 4.96, "V", 4.75, 5.25)],
    ),
    "wifi": ("radio.wifi", 12.2, [("rssi", -52.0, "dBm", -60.0, -45.0)]),
    "camera": ("camera.sharpness", 14.8, [("mtf50_centre", 0.214, "cy/px", 0.18, 0.4)]),
    "attach": ("lte.attach", 21.3, [("attach_time", 6.4, "s", 0.0, 15.0)]),
}
_REFS = tuple(
    PlannedRef(name, use, Phase.STEPS, tuple(reading[0] for reading in readings))
    for name, (use, _, readings) in _STEPS.items()
)
PLAN = PlanRef("a57-final", 3, "a57" * 21 + "0", _REFS)


@dataclass
class Hand:
    """The hand of a clock that stands until it is moved [s]."""

    at_s: float = 1000.0

    def __call__(self) -> float:
        return self.at_s


Flow = Callable[[Shown, Hand], Coroutine[Any, Any, None]]


def run(
    slot: int,
    outcome: Outcome = PASS,
    *,
    symptom: Symptom | None = None,
    fault: HarnessError | None = None,
    purpose: Purpose = Purpose.PRODUCTION,
    bad: str = "",
) -> list[Stamped]:
    """The events of a run that ends so, from RunStarted to Recorded; `bad` is what is found bad."""
    name, because = f"RUN{slot}", Fault.of(fault) if fault else None
    started = RunStarted(
        name, purpose, "final", Unit(serial(slot)), STATION, slot, "mei", 1, PLAN, None, None, "1.0"
    )
    ended = (
        SafeStateReached(),
        RunEnded(outcome, because, symptom),
        Recorded(name, f"{slot:064}"),
    )
    stamped: list[Stamped] = []
    at_ms = 0
    for event in (started, *_steps(bad), *ended):
        at_ms += round(1000 * _STEPS[event.step][1]) if isinstance(event, StepEnded) else 0
        utc = AT + timedelta(milliseconds=at_ms)
        stamped.append(Stamped(name, len(stamped), utc, at_ms, event))
    return stamped


def _steps(bad: str) -> Iterator[Event]:
    for step, (use, _, readings) in _STEPS.items():
        yield StepStarted(step, use, Phase.STEPS, 1)
        for name, value, unit, low, high in readings:
            limit = {"low": low, "high": high, "guard": 0.0, "marginal": 0.0}
            limit |= {"accept_low": low, "accept_high": high}
            found = (low * 0.7, FAIL, "LOW") if name == bad else (value, PASS, "")
            yield Measured(step, 1, name, round(found[0], 3), unit, *found[1:], limit)
        failed = any(reading[0] == bad for reading in readings)
        yield StepEnded(step, 1, FAIL if failed else PASS)


def serial(slot: int) -> str:
    return f"A57A00{4100 + slot}"


def asking(slot: int, text: str) -> list[Stamped]:
    """The events of a run up to a question of its last step."""
    made = begun(run(slot), "attach")
    prompted = Prompted("attach", text, ("yes", "no"), 60)
    return [*made, replace(made[-1], seq=len(made), event=prompted)]


def begun(made: Sequence[Stamped], step: str) -> list[Stamped]:
    """The events of a run up to the begin of a step."""
    end = next(at for at, each in enumerate(made) if _begins(each.event, step))
    return list(made[: end + 1])


def _begins(event: Event, step: str) -> bool:
    return isinstance(event, StepStarted) and event.step == step


async def doing(station: Shown, slot: int, action: str) -> None:
    """Wait until this is to be done at a slot."""
    board = station.app.board
    await station.until(lambda: board.tile(slot, 0.0).action.key == action)


async def entered(station: Shown) -> None:
    """Somebody ends what he has keyed."""
    await station.read()
    await station.keys("enter")


async def line(station: Shown) -> None:
    """A plan is run and somebody works there, with some units behind him."""
    steps = tuple(PlanStep(name, of[0], Phase.STEPS, None, of[1]) for name, of in _STEPS.items())
    station.bus.show(PlanShown(PLAN.sha256, PLAN.id, PLAN.revision, "12", steps, TAKES_S))
    station.enter(SignedIn("mei", Role.OPERATOR))
    for number in range(41):
        station.bus.count(_ended(number, FAIL if number % 20 == 7 else PASS))
    await station.until(lambda: station.app.board.footer().first == 41)


def _ended(number: int, outcome: Outcome) -> RunHead:
    at = AT + timedelta(hours=1)
    return RunHead(
        *(
            f"03RUN{number}",
            f"A57A{number:06}",
            STATION.name,
            1,
            None,
            PLAN.id,
            3,
            PLAN.sha256,
            "final",
        ),
        *(Purpose.PRODUCTION, 1, at, at, outcome, outcome is FAIL, None, "mei"),
    )


def tested(station: Shown, *made: Sequence[Stamped]) -> None:
    """Units are put in, and these are the events of their runs."""
    for events in made:
        started = events[0].event
        assert isinstance(started, RunStarted)
        station.put_in(started.unit.serial, started.slot)
        station.publish(events)


async def nobody(station: Shown, _: Hand) -> None:
    """Before the shift."""
    slots = station.app.board.slots
    doubts = (SlotDoubt(slot, "READY-SIGN-IN", "nobody is signed in") for slot in slots)
    station.bus.foresee(Unready(tuple(doubts)))
    await station.says("slot-1", "Sign in first")


async def sign_in(station: Shown, _: Hand) -> None:
    await station.scan("B-0042")
    await station.asks("B-0042")
    await station.keys(*"hunt")
    await station.asks("••••")


async def scan(station: Shown, hand: Hand) -> None:
    """A label was scanned, its unit is to be put in; a run is on."""
    await line(station)
    tested(station, begun(run(2), "wifi"))
    await doing(station, 2, "do.leave")
    hand.at_s += 3.2
    await station.scan("HARNESS:SLOT:1")
    await station.until(lambda: station.app.attention.named(hand()) == 1)
    await station.scan(LABEL)
    await station.until(lambda: station.sent)
    station.bus.announce(Announced(slots=(1,)))
    await doing(station, 1, "do.put_in")


async def passed(station: Shown, hand: Hand) -> None:
    await line(station)
    tested(station, run(1), begun(run(2), "camera"))
    await doing(station, 1, "do.good")
    await doing(station, 2, "do.leave")
    hand.at_s += 20.1


async def failed(station: Shown, _: Hand) -> None:
    await line(station)
    tested(station, run(1), run(2, FAIL, symptom=SLOW, bad="current_jig"))
    await doing(station, 1, "do.good")
    await doing(station, 2, "do.bin")


async def one(station: Shown, _: Hand) -> None:
    await line(station)
    tested(station, run(1, FAIL, symptom=DARK, bad="mtf50_centre"))
    await doing(station, 1, "do.bin")


async def faces(station: Shown, hand: Hand) -> None:
    """Each face, and a verdict that does not count."""
    await line(station)
    station.put_in(serial(2), 2)
    tested(station, begun(run(3), "attach"), run(4), run(5, FAIL, symptom=SLOW))
    tested(station, run(6, ERROR, fault=LOST), run(8, purpose=Purpose.ENGINEERING))
    station.bus.change(7, SlotEvent.QUARANTINE, "SLOT-WEDGED: the step camera never came back")
    await doing(station, 8, "do.uncounted")
    await doing(station, 7, "do.quarantined")
    hand.at_s += 12.3


async def shift(station: Shown, hand: Hand) -> None:
    """Four slots: a PASS, a FAIL, a run, and nobody."""
    await line(station)
    tested(station, run(1), run(2, FAIL, symptom=SLOW, bad="current_jig"), begun(run(3), "wifi"))
    await doing(station, 3, "do.leave")
    hand.at_s += 12.3


async def refused(station: Shown, hand: Hand) -> None:
    await shift(station, hand)
    await station.scan(LABEL.replace("012;", "013;"))
    await station.until(lambda: station.app.rung > 3)


async def wrong(station: Shown, hand: Hand) -> None:
    await shift(station, hand)
    tested(station, run(4, ABORTED, fault=WRONG))
    await station.says("panel", "UNIT-WRONG")


async def question(station: Shown, hand: Hand) -> None:
    await shift(station, hand)
    tested(station, asking(4, "Is the whole display white, without stripes or spots?"))
    await station.says("panel", "without stripes")
    hand.at_s += 8.5


async def stop(station: Shown, hand: Hand) -> None:
    """A stop rule has locked a slot whose last unit was bad, and one that stands empty."""
    await shift(station, hand)
    station.enter(Locked("STOP-STREAK", "3 fails in a row with BAT-07", slot=2))
    station.enter(Locked("STOP-STREAK", "3 fails in a row with CAM-03", slot=4))
    await station.says("panel", "STOP-STREAK", "2, 4")


async def stops(station: Shown, hand: Hand) -> None:
    """All that stops at once, of the same slots and others."""
    await shift(station, hand)
    station.enter(Locked("STOP-FPY", "first-pass yield 88.0 % of the last 50, under 95 %"))
    station.put_in(serial(4), 4)
    station.bus.change(4, SlotEvent.REFUSE, str(OPEN))
    for slot, why in (
        (1, "READY-GOLDEN: no golden unit has passed on jig J1 in this shift"),
        (2, "CLOCK-BACK: this PC's clock is 412 s behind the last record"),
    ):
        station.bus.change(slot, SlotEvent.TAKEN_OUT)
        station.put_in(serial(slot), slot)
        station.bus.change(slot, SlotEvent.REFUSE, why)
    station.bus.change(3, SlotEvent.QUARANTINE, "STORE-FULL: no space left for the record")
    await station.says("panel", "STOP-FPY")
    await doing(station, 3, "do.quarantined")
    await station.keys("f4")
    await station.asks("JIG-INTERLOCK", "STORE-FULL", "CLOCK-BACK", "READY-GOLDEN")


async def unlocking(station: Shown, hand: Hand) -> None:
    await stop(station, hand)
    await station.keys("f4", "u")
    await station.until(lambda: isinstance(station.app.screen, Asking))
    await station.scan("B-0099")
    await station.asks("B-0099")
    await station.keys(*"long")
    await entered(station)
    await station.keys("4")
    await entered(station)
    await station.keys(*"mended", "backspace")
    await station.asks("mende")


async def banner(station: Shown, hand: Hand) -> None:
    """The tiles in engineering mode."""
    await shift(station, hand)
    station.enter(EngineeringBegun("sara", "probe", AT))
    await station.until(lambda: station.app.board.footer().engineering_until)


async def engineering(station: Shown, hand: Hand) -> None:
    await banner(station, hand)
    await station.keys("f8")
    await station.asks("Slot 2", "current_jig")


async def log(station: Shown, hand: Hand) -> None:
    await engineering(station, hand)
    await station.keys("l")
    await station.asks("0.000 s")


async def gone(station: Shown, hand: Hand) -> None:
    await shift(station, hand)
    station.go()
    await station.until(lambda: station.app.board.gone)


async def never_there(station: Shown, hand: Hand) -> None:
    """A screen for a station that it has not seen."""
    station.go()
    await station.until(lambda: station.app.board.gone)


async def wall(station: Shown, hand: Hand) -> None:
    """64 slots, each in one state of many."""
    await line(station)
    for slot in range(1, 65):
        match slot % 16:
            case 3:
                tested(station, run(slot, FAIL, symptom=DARK if slot % 3 else SLOW))
            case 5:
                pass
            case 7 | 8 | 9 | 10:
                tested(station, begun(run(slot), ("wifi", "camera", "attach")[slot % 3]))
            case 12:
                tested(station, run(slot, ERROR, fault=LOST))
            case 13:
                tested(station, run(slot, purpose=Purpose.ENGINEERING))
            case 15:
                why = "SLOT-WEDGED: the step camera never came back"
                station.bus.change(slot, SlotEvent.QUARANTINE, why)
            case _:
                tested(station, run(slot))
    await doing(station, 64, "do.good")
    hand.at_s += 12.3


async def chinese(station: Shown, hand: Hand) -> None:
    await line(station)
    tested(station, begun(run(1), "attach"), run(2), run(3, FAIL, symptom=SLOW))
    station.enter(Locked("STOP-STREAK", "3 fails in a row with BAT-07", slot=4))
    await station.says("panel", "STOP-STREAK")
    hand.at_s += 12.3


@dataclass(frozen=True)
class Scene:
    """What is pictured, and how many slots the station has."""

    flow: Flow
    slots: int = 4
    language: str = "en"


SCENES: Mapping[str, Scene] = {
    "nobody": Scene(nobody),
    "sign-in": Scene(sign_in),
    "scan": Scene(scan, 2),
    "pass": Scene(passed, 2),
    "fail": Scene(failed, 2),
    "one": Scene(one, 1),
    "faces": Scene(faces, 8),
    "refused": Scene(refused),
    "wrong": Scene(wrong),
    "question": Scene(question),
    "stop": Scene(stop),
    "stops": Scene(stops),
    "unlocking": Scene(unlocking),
    "banner": Scene(banner),
    "engineering": Scene(engineering),
    "log": Scene(log),
    "gone": Scene(gone),
    "never-there": Scene(never_there),
    "64": Scene(wall, 64),
    "chinese": Scene(chinese, 4, "zh"),
}
