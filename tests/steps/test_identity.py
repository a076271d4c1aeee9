"""Steps that ask who it is, by the real engine and adb server, a simulated handset on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from harness.devices.adb import AdbHandset, AdbServer
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.model.backing import Journal
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.model.judgement import Limit
from harness.model.limits import Equals, ImeiRule, Matches, RecordOnly
from harness.model.outcome import Outcome
from harness.model.ports import Handset
from harness.model.record import MeasurementRecord, Record
from harness.records.chain import verify
from harness.records.recorder import Recorder
from harness.sim.handset import HandsetBehaviour, SimHandsets
from harness.sim.handset.prints.parcel import security_reply, string_reply
from harness.sim.handset.state.answer import Answer, Program, failure, text
from harness.sim.unit import SimUnit
from harness.steps import catalogue
from tests.engine.rig import Rig, planned

ONE, TWO, OTHER = "860123450000012", "860123450000020", "860123450000038"
GOOD = Unit("A57A000001", (ONE, TWO))
MATCH, READ, BUILD = "identity.match_label", "identity.read", "identity.build"
LIMITS: dict[str, Limit] = {
    "serial": RecordOnly(),
    "imei1": ImeiRule(),
    "imei2": ImeiRule(),
    "imei_matches": Equals(value=True),
    "display_id": RecordOnly(),
    "fingerprint": Matches(".+:user/release-keys"),
    "build_type": Equals("user"),
    "android": RecordOnly(),
    "security_patch": RecordOnly(),
    "debuggable": Equals(value=False),
    "locked": Equals(value=True),
    "verified_boot": Equals("green"),
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
        root: bool = False,
        counted_in: Journal | None = None,
        kept_in: Journal | None = None,
        run: str = "01TEST",
    ) -> Record:
        """The record of a run; one that is `counted_in` a store is made in production."""
        address = self.handsets.add(unit or SimUnit(GOOD.serial, GOOD.imei))
        phone = self.handsets.behaviour(address)
        phone.system.root = root
        self._listen(phone, says or {})
        spec = catalogue()[use]
        limits = {name: LIMITS[name] for name in spec.measures}
        step = replace(planned(spec, "identity", timeout_s=30), limits=limits)
        rig = Rig([(spec, step)], store=counted_in or kept_in, run=run)
        purpose = Purpose.PRODUCTION if counted_in else Purpose.ENGINEERING
        job = replace(
            rig.job,
            started=replace(rig.job.started, unit=announced, purpose=purpose),
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


@pytest.mark.parametrize("damaged", ["i32 0", "i32 1", "ro.serialno", "version.sdk", "id -u"])
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


@pytest.mark.parametrize("android", [10, 13, 14])
def test_root_is_told_as_the_shell_is_and_from_android_14_on_in_two_ways(
    identity: Identity, android: int
) -> None:
    unit = SimUnit(GOOD.serial, GOOD.imei, android=android, build="userdebug")
    record = identity.run(unit=unit, root=True)
    assert record.outcome is Outcome.PASS, record.fault
    assert record.unit.imei == (ONE, TWO)
    assert any(command.startswith("su 2000 service call") for command in identity.asked)
    ways = {command for command in identity.asked if command.startswith("cmd phone get-imei")}
    assert len(ways) == (2 if android >= 14 else 0)


SECOND: dict[str, tuple[Answer, str | None]] = {
    "the same": (text(f"Device IMEI: {ONE}\n"), None),
    "another": (text(f"Device IMEI: {OTHER}\n"), "IMEI-CONTRADICTS"),
    "none": (text("Device IMEI: null\n"), "IMEI-CONTRADICTS"),
    "refused": (failure("Device IMEI: Permission denied.", 255), None),
    "no such command": (failure("Unknown command: get-imei", 255), None),
    "a cut answer": (text("Device IMEI: 86012345"), "MEAS-UNREADABLE"),
}


@pytest.mark.parametrize(("said", "code"), SECOND.values(), ids=SECOND)
def test_two_ways_of_asking_agree_or_the_unit_says_two_things(
    identity: Identity, said: Answer, code: str | None
) -> None:
    unit = SimUnit(GOOD.serial, GOOD.imei, android=14)
    record = identity.run(unit=unit, says={"get-imei 0": said})
    assert (record.fault and record.fault.code) == code
    assert record.dut_failed is (code == "IMEI-CONTRADICTS")


WORDS = {
    "IMEI-CHECK-DIGIT": "check digit of 860123450000013: found 3, expected 2",
    "IMEI-TEST-NUMBER": "is 004999010001013: 00... is for tests only",
}


@pytest.mark.parametrize("slot", [0, 1])
@pytest.mark.parametrize(
    ("imei", "code"),
    [("860123450000013", "IMEI-CHECK-DIGIT"), ("004999010001013", "IMEI-TEST-NUMBER")],
)
def test_an_imei_that_breaks_a_rule_has_the_code_of_that_rule(
    identity: Identity, slot: int, imei: str, code: str
) -> None:
    record = identity.run(says={f"i32 {slot}": text(string_reply(imei))})
    assert record.outcome is Outcome.FAIL
    assert record.fault
    assert record.fault.code == code
    assert record.fault.evidence == {"slot": slot, "said": imei}
    assert WORDS[code] in record.fault.message


def test_a_text_that_is_no_imei_is_for_the_limit_to_judge(identity: Identity) -> None:
    record = identity.run(says={"i32 1": text(string_reply("A1000049D1CDA2"))})
    assert record.fault
    assert record.fault.code == "identity.imei2:MISMATCH"
    assert record.dut_failed


def test_a_second_unit_with_an_imei_of_the_first_never_passes(
    identity: Identity, tmp_path: Path
) -> None:
    store = tmp_path / "records.db"
    twin = Unit("A57A000002", (OTHER, TWO))
    with Recorder(store) as recorder:
        assert identity.run(counted_in=recorder, run="r1").outcome is Outcome.PASS
        for attempt, use in enumerate((MATCH, READ)):
            clash = identity.run(
                twin,
                use=use,
                unit=SimUnit(twin.serial, twin.imei),
                counted_in=recorder,
                run=f"r2{attempt}",
            )
            assert (clash.outcome, clash.dut_failed) == (Outcome.FAIL, True)
            assert clash.fault
            assert clash.fault.code == "IMEI-CLAIMED"
            assert clash.fault.evidence == {"imei": TWO, "serial": GOOD.serial, "run": "r1"}
        assert identity.run(counted_in=recorder, run="r3").outcome is Outcome.PASS
        right = Unit("A57A000002", (OTHER, "860123450000046"))
        unit = SimUnit(right.serial, right.imei)
        again = identity.run(right, unit=unit, counted_in=recorder, run="r4")
        assert again.outcome is Outcome.PASS, again.fault
    assert verify(store) == []


def test_a_unit_that_is_not_that_of_its_label_owns_no_imei(
    identity: Identity, tmp_path: Path
) -> None:
    """It was written with another's number; the one whose number it is comes after it."""
    wrong = Unit("A57A000002", (OTHER, TWO))
    with Recorder(tmp_path / "records.db") as recorder:
        mixed = identity.run(
            wrong, unit=SimUnit(wrong.serial, (ONE, TWO)), counted_in=recorder, run="r1"
        )
        assert mixed.fault
        assert mixed.fault.code == "identity.imei_matches:MISMATCH"
        assert identity.run(counted_in=recorder, run="r2").outcome is Outcome.PASS


def test_a_bench_sees_the_clash_and_owns_nothing(identity: Identity, tmp_path: Path) -> None:
    twin = SimUnit("A57A000002", GOOD.imei)
    with Recorder(tmp_path / "records.db") as recorder:
        bench = identity.run(twin.label, unit=twin, kept_in=recorder, run="r1")
        assert bench.outcome is Outcome.PASS, bench.fault
        assert identity.run(counted_in=recorder, run="r2").outcome is Outcome.PASS
        clash = identity.run(twin.label, unit=twin, kept_in=recorder, run="r3")
        assert clash.fault
        assert clash.fault.code == "IMEI-CLAIMED"


def test_the_build_of_a_good_unit(identity: Identity) -> None:
    record = identity.run(use=BUILD)
    assert record.outcome is Outcome.PASS, record.fault
    assert measured(record) == {
        "display_id": "TP1A.220905.001",
        "fingerprint": "OPPO/OP5757L1/OP5757L1:13/TP1A.220905.001/1635251357287:user/release-keys",
        "build_type": "user",
        "android": "13",
        "verified_boot": "green",
        "security_patch": "2023-08-05",
        "debuggable": False,
        "locked": True,
    }


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ({"ro.boot.flash.locked": text("0\n")}, "identity.locked:MISMATCH"),
        ({"vbmeta.device_state": text("unlocked\n")}, "identity.locked:MISMATCH"),
        ({"vbmeta.device_state": text("\n")}, None),
        ({"security_patch": text("yesterday\n")}, "MEAS-UNREADABLE"),
        ({"ro.build.type": failure("getprop: not found", 127)}, "MEAS-UNREADABLE"),
        ({"ro.debuggable": text("\n")}, "MEAS-UNKNOWN"),
    ],
)
def test_what_the_build_says_is_judged_and_what_it_does_not_say_is_no_pass(
    identity: Identity, says: Says, code: str | None
) -> None:
    record = identity.run(use=BUILD, says=says)
    assert (record.fault and record.fault.code) == code
