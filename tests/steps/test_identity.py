"""Steps that ask who it is, by the real engine and adb server, a simulated handset on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from harness.devices.adb import AdbHandset, AdbServer
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.model.identity import Unit
from harness.model.judgement import Limit
from harness.model.limits import Equals, ImeiRule, RecordOnly
from harness.model.outcome import Outcome
from harness.model.ports import Handset
from harness.model.record import MeasurementRecord, Record
from harness.sim.handset import HandsetBehaviour, SimHandsets
from harness.sim.handset.prints.parcel import security_reply, string_reply
from harness.sim.handset.state.answer import Answer, Program, failure, text
from harness.sim.unit import SimUnit
from harness.steps import catalogue
from tests.engine.rig import Rig, planned

ONE, TWO, OTHER = "860123450000012", "860123450000020", "860123450000038"
GOOD = Unit("A57A000001", (ONE, TWO))
MATCH, READ = "identity.match_label", "identity.read"
LIMITS: dict[str, Limit] = {
    "serial": RecordOnly(),
    "imei1": ImeiRule(),
    "imei2": ImeiRule(),
    "imei_matches": Equals(value=True),
}
Says = dict[str, Answer]
"""What a handset says instead, by a part of the command."""
DAMAGED = text("Result: Parcel(Error)")


@dataclass
class Identity:
    """A handset in its slot; `asked` has each command that it was sent."""

    server: AdbServer
    handsets: SimHandsets
    asked: list[str] = field(default_factory=list)

    def run(
        self,
        announced: Unit = GOOD,
        *,
        use: str = MATCH,
        unit: SimUnit | None = None,
        says: Says | None = None,
    ) -> Record:
        address = self.handsets.add(unit or SimUnit(GOOD.serial, GOOD.imei))
        self._listen(self.handsets.behaviour(address), says or {})
        spec = catalogue()[use]
        limits = {name: LIMITS[name] for name in spec.measures}
        rig = Rig([(spec, replace(planned(spec, "identity", timeout_s=30), limits=limits))])
        job = replace(
            rig.job,
            started=replace(rig.job.started, unit=announced),
            bench=Bench({Handset: AdbHandset(self.server, address)}),
        )
        return execute(job, rig.log)

    def _listen(self, phone: HandsetBehaviour, says: Says) -> None:
        def program(name: str, real: Program) -> Program:
            def instead(words: list[str], now_s: float) -> Answer:
                command = " ".join([name, *words])
                self.asked.append(command)
                other = (answer for part, answer in says.items() if part in command)
                return next(other, None) or real(words, now_s)

            return instead

        for name, real in list(phone.programs.items()):
            phone.programs[name] = program(name, real)


@pytest.fixture
def identity(server: AdbServer, handsets: SimHandsets) -> Identity:
    return Identity(server, handsets)


def made(record: Record) -> dict[str, MeasurementRecord]:
    return {each.name: each for each in record.steps[0].measurements}


def measured(record: Record) -> dict[str, object]:
    return {name: each.value for name, each in made(record).items()}


@pytest.mark.parametrize("android", [9, 10, 11, 12, 13, 14, 15])
def test_serial_and_imeis_are_read_on_every_version(identity: Identity, android: int) -> None:
    unit = SimUnit(GOOD.serial, GOOD.imei, android=android)
    record = identity.run(Unit(), use=READ, unit=unit)
    assert record.outcome is Outcome.PASS, record.fault
    assert measured(record) == {"serial": GOOD.serial, "imei1": ONE, "imei2": TWO}
    assert {each.unit for each in made(record).values()} == {""}
    assert (record.unit.serial, record.unit.imei) == (GOOD.serial, GOOD.imei)
    assert record.scanned == Unit()


EMPTY = {"null": None, "empty": "", "zeros": "0" * 15}


@pytest.mark.parametrize("said", EMPTY.values(), ids=EMPTY)
@pytest.mark.parametrize("slot", [0, 1])
def test_an_imei_that_was_not_written_is_a_bad_unit(
    identity: Identity, said: str | None, slot: int
) -> None:
    record = identity.run(use=READ, says={f"i32 {slot}": text(string_reply(said))})
    assert record.outcome is Outcome.FAIL
    assert record.dut_failed
    assert record.fault
    assert record.fault.code == "IMEI-NOT-WRITTEN"
    assert record.fault.evidence == {"slot": slot, "said": said or "nothing"}
    assert measured(record) == {"serial": GOOD.serial}


ODD_REPLIES = {
    "an exception": (text(security_reply("no permission")), "no permission"),
    "no parcel": (text("service: unknown\n"), "no reply of `service call`"),
    "an exit code": (failure("service: Service iphonesubinfo does not exist", 10), "ended with 10"),
}


@pytest.mark.parametrize(("reply", "why"), ODD_REPLIES.values(), ids=ODD_REPLIES)
def test_a_reply_that_is_no_imei_is_neither_pass_nor_fail(
    identity: Identity, reply: Answer, why: str
) -> None:
    record = identity.run(use=READ, says={"i32 1": reply})
    assert record.outcome is Outcome.ERROR
    assert not record.dut_failed
    assert record.fault
    assert record.fault.code == "MEAS-UNREADABLE"
    second = made(record)["imei2"]
    assert (second.value, second.reason) == (None, "UNREADABLE")
    assert why in second.raw
    assert measured(record)["imei1"] == ONE


UNKNOWN = {
    "no version": {"version.sdk": text("\n")},
    "no number": {"version.sdk": text("REL\n")},
    "a number without end": {"version.sdk": text("3" * 5000 + "\n")},
    "digits of another script": {"version.sdk": text("\u0663\u0663\n")},
    "no answer": {"version.sdk": failure("getprop: not found", 127)},
    "no maker": {"ro.product.manufacturer": text("\n")},
}


@pytest.mark.parametrize("says", UNKNOWN.values(), ids=UNKNOWN)
def test_without_version_and_maker_no_transaction_is_guessed(
    identity: Identity, says: Says
) -> None:
    record = identity.run(use=READ, says=says)
    assert record.outcome is Outcome.ERROR
    assert measured(record) == {"serial": GOOD.serial, "imei1": None, "imei2": None}
    assert any("version.sdk" in command for command in identity.asked)
    assert not any(command.startswith("service") for command in identity.asked)


@pytest.mark.parametrize("said", ["\n", "A57 1\n", "A57\u00e9\n"])
def test_a_serial_that_is_none_is_not_said_to_be_the_unit(identity: Identity, said: str) -> None:
    record = identity.run(Unit(), use=READ, says={"ro.serialno": text(said)})
    assert record.outcome is Outcome.ERROR
    assert measured(record)["serial"] is None
    assert record.unit == Unit()


@pytest.mark.parametrize("announced", [GOOD, Unit("A57A000001", (ONE,))], ids=["two", "one"])
def test_the_unit_of_the_label_passes(identity: Identity, announced: Unit) -> None:
    record = identity.run(announced)
    assert record.outcome is Outcome.PASS
    assert measured(record) == {
        "serial": "A57A000001",
        "imei1": ONE,
        "imei2": TWO,
        "imei_matches": True,
    }
    assert record.unit.imei == (ONE, TWO)


@pytest.mark.parametrize(
    "imei",
    [(OTHER, TWO), (ONE, OTHER), (TWO, ONE), (OTHER,), (ONE, TWO, OTHER)],
    ids=["first", "second", "swapped", "only", "third"],
)
def test_another_imei_than_on_the_label_is_a_bad_unit(
    identity: Identity, imei: tuple[str, ...]
) -> None:
    record = identity.run(Unit("A57A000001", imei))
    assert record.outcome is Outcome.FAIL
    assert record.dut_failed
    assert record.fault
    assert record.fault.code == "identity.imei_matches:MISMATCH"
    assert (record.scanned.imei, record.unit.imei) == (imei, (ONE, TWO))


def test_another_serial_than_on_the_label_is_another_unit(identity: Identity) -> None:
    record = identity.run(Unit("A57A000002", (ONE, TWO)))
    assert record.outcome is Outcome.ABORTED
    assert not record.dut_failed
    assert record.fault
    assert record.fault.code == "UNIT-WRONG"
    assert record.unit.serial == "A57A000001"


@pytest.mark.parametrize(
    "announced",
    [Unit(), Unit("A57A000001"), Unit(imei=(ONE, TWO))],
    ids=["no unit", "no imei", "no serial"],
)
def test_without_a_whole_label_nothing_passes(identity: Identity, announced: Unit) -> None:
    record = identity.run(announced)
    assert record.outcome is Outcome.ABORTED
    assert not record.dut_failed
    assert record.fault
    assert record.fault.code == "LABEL-ABSENT"
    assert record.unit.serial == "A57A000001"


def test_imeis_that_were_never_written_have_their_own_code(identity: Identity) -> None:
    unit = SimUnit(GOOD.serial, GOOD.imei, defects={"imei.not_written": {}})
    record = identity.run(unit=unit)
    assert record.outcome is Outcome.FAIL
    assert record.fault
    assert record.fault.code == "IMEI-NOT-WRITTEN"


@pytest.mark.parametrize("damaged", ["i32 0", "i32 1", "ro.serialno", "version.sdk"])
def test_an_answer_that_cannot_be_read_is_no_pass_and_no_fail(
    identity: Identity, damaged: str
) -> None:
    record = identity.run(says={damaged: DAMAGED})
    assert record.outcome is Outcome.ERROR
    assert not record.dut_failed


def test_a_mismatch_counts_though_the_other_imei_cannot_be_read(identity: Identity) -> None:
    record = identity.run(Unit("A57A000001", (OTHER, TWO)), says={"i32 1": DAMAGED})
    assert record.outcome is Outcome.ERROR
    assert record.dut_failed
    assert measured(record)["imei_matches"] is False


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ({"label": "A57A000002"}, Outcome.ABORTED),
        ({}, Outcome.ABORTED),
        ({"imei": OTHER}, Outcome.FAIL),
    ],
    ids=["label", "any", "imei"],
)
def test_a_planted_mismatch_is_found(
    identity: Identity, settings: dict[str, str], outcome: Outcome
) -> None:
    printed = SimUnit("A57A000001", (ONE, TWO), defects={"identity.label_mismatch": settings})
    assert identity.run(printed.label).outcome is outcome
    assert identity.run(SimUnit("A57A000001", (ONE, TWO)).label).outcome is Outcome.PASS


@pytest.mark.parametrize("use", [READ, MATCH])
def test_one_imei_for_both_sims_is_a_bad_unit(identity: Identity, use: str) -> None:
    record = identity.run(use=use, unit=SimUnit(GOOD.serial, (GOOD.imei[0], GOOD.imei[0])))
    assert record.outcome is Outcome.FAIL
    assert record.dut_failed
    assert record.fault
    assert record.fault.code == "IMEI-TWICE"
