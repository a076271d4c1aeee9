"""A slot that is not ready says on the operator's screen what is to be done first."""

from __future__ import annotations

from harness.model.entry import Role, SignedIn
from harness.model.slot_state import SlotEvent
from harness.model.station import Announced, SlotDoubt, Unready
from harness.ui.board.tile import Face
from harness.ui.board.words import Said, Words
from tests.ui.operator.line import run
from tests.ui.operator.pilots import Shown, shown

EN = Words("en")
NOBODY = Unready(tuple(SlotDoubt(n, "READY-SIGN-IN", "nobody is signed in") for n in (1, 2)))
GOLDEN = Unready((SlotDoubt(2, "READY-GOLDEN", "no golden unit has passed on this jig"),))


def said(key: str) -> str:
    return EN.say(Said(key))


def test_sign_in_then_the_golden_unit_then_the_next_unit() -> None:
    async def flow(station: Shown) -> None:
        station.bus.foresee(NOBODY)
        await station.until(lambda: actions(station) == ["do.sign_in_first"] * 2)
        for slot in ("slot-1", "slot-2"):
            await station.says(slot, said("do.sign_in_first"))
            assert said("do.scan") not in station.text(slot)
        await station.keys("f4")
        await station.asks("READY-SIGN-IN", said("who.operator"))
        await station.keys("escape")
        station.enter(SignedIn("mei", Role.OPERATOR))
        station.bus.foresee(GOLDEN)
        await station.says("slot-1", said("do.scan"))
        await station.says("slot-2", said("do.golden_due"))
        station.bus.announce(Announced(slots=(2,)))
        await station.says("slot-2", said("do.put_in"))
        station.bus.announce(Announced())
        station.bus.foresee(Unready())
        await station.until(lambda: actions(station) == ["do.scan"] * 2)
        await station.keys("f4")
        await station.asks(said("stop.none"))

    shown(flow)


def test_a_verdict_stands_and_what_is_to_be_done_next_changes() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(run())
        station.bus.foresee(NOBODY)
        station.bus.change(1, SlotEvent.TAKEN_OUT)
        await station.says("slot-1", said("do.sign_in_first"))
        assert station.app.board.tile(1, 0.0).face is Face.PASS

    shown(flow)


def actions(station: Shown) -> list[str]:
    return [tile.action.key for tile in station.app.board.tiles(0.0)]
