"""Simulated jigs speak as the shipped jig files spell, though neither has read the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.devices.jig.dialect import Dialect as Spelling
from harness.sim.jig import DIALECTS, Dialect, SimJig, behaviour_of, commands_of
from harness.sim.jig.watchdog import WAIT_S
from harness.station.files.jig_file import JigFile, read_jig_file

JIGS = Path(__file__).parents[2] / "fixtures" / "jigs"


def kind_of(dialect: str) -> JigFile:
    _, kind, problems = read_jig_file(JIGS / f"{dialect}.yaml")
    assert kind, problems
    return kind


def texts(spelling: Spelling) -> dict[str, str]:
    """What the driver sends, with the gaps filled."""
    return {name: verb.text.format(channel=1, value=5) for name, verb in spelling.verbs.items()}


def test_there_is_a_simulated_jig_for_every_jig_file() -> None:
    assert {path.stem for path in JIGS.glob("*.yaml")} == {*DIALECTS}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_it_knows_every_verb_of_its_jig_file(dialect: Dialect) -> None:
    spelling = kind_of(dialect).dialect
    headers = {text.partition(" ")[0] for text in texts(spelling).values()}
    assert headers <= {*commands_of(dialect)}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_reply_is_one_to_its_driver(dialect: Dialect) -> None:
    spelling = kind_of(dialect).dialect
    language, jig = spelling.language(), behaviour_of(SimJig("J-1", dialect))
    assert jig.end == spelling.terminator.encode()
    sent = texts(spelling)
    for at, (name, verb) in enumerate(spelling.verbs.items()):
        lines = [reply.text for reply in jig.answer(sent[name], 10.0 * at)]
        kept = [line for line in lines if not _unasked(spelling, line)]
        if "?" in verb.text:
            assert len(kept) == 1, name
            assert verb.said(kept[0])
        elif spelling.answers:
            done = verb.done or spelling.answers.done
            assert done.fullmatch(kept[-1]), (name, kept)
        else:
            assert lines == [], name
    identity = language.read_identity(jig.answer(sent["identify"], 0.0)[0].text)
    kind = kind_of(dialect)
    assert (identity.maker, identity.model, identity.serial) == (kind.maker, kind.model, "J-1")


def _unasked(spelling: Spelling, line: str) -> bool:
    return bool(spelling.unsolicited and spelling.unsolicited.fullmatch(line))


def test_its_watchdog_waits_for_three_beats() -> None:
    heartbeat_s = kind_of("core-framed").dialect.heartbeat_s
    assert heartbeat_s
    assert pytest.approx(3 * heartbeat_s) == WAIT_S
