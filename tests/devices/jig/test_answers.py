"""A shield box that answers each command, in the Tescom manner, over a real pty."""

from __future__ import annotations

import pytest

from harness.model.jig_ports import JigIdentity
from harness.sim.jig import Reply
from tests.devices.jig.conftest import BuildWired
from tests.devices.jig.wired import MOTION_S, QUERY_S, fault, once
from tests.short import lease


def test_a_whole_visit(wired: BuildWired) -> None:
    box = wired("shield-tescom")
    port, health = box.port(), box.health()
    assert port.identify() == JigIdentity("TESCOM", "TC-5970", "SIMJIG01", "1.0")
    cycles = health.contact_cycles()
    port.close()
    assert health.shielded()
    port.open()
    assert not health.shielded()
    assert health.contact_cycles() == cycles + 1
    assert (box.sent("CLOSE"), box.sent("OPEN")) == (1, 1)


def test_nothing_is_sent_before_the_answer_has_come(wired: BuildWired) -> None:
    """The box hears nothing meanwhile, so that a command sent then would be missing."""
    box = wired("shield-tescom")
    box.line.meddle = lambda _, replies: [Reply(each.text, QUERY_S / 2) for each in replies]
    box.port().close()
    assert box.health().shielded()
    assert box.line.lines == list(box.sim.heard)


def test_refused_in_its_own_words_and_not_sent_again(wired: BuildWired) -> None:
    box = wired("shield-tescom", {"jig.refuses": {"on": "CLOSE"}})
    refused = fault(box.port().close, "JIG-REFUSED")
    assert refused.evidence["received"] == ["ERR40"]
    assert box.sent("CLOSE") == 1
    assert not box.health().shielded()


@pytest.mark.parametrize("answer", [[], ["O\0"], ["PK"]])
def test_with_its_answer_lost_or_garbled_the_state_decides(
    wired: BuildWired, answer: list[str]
) -> None:
    box = wired("shield-tescom")
    box.line.meddle = once("CLOSE", answer)
    box.port().close()
    assert box.health().shielded()
    assert box.sent("CLOSE") == 1


def test_a_lost_command_is_not_sent_again_and_the_fault_says_what_shows(wired: BuildWired) -> None:
    box = wired("shield-tescom")
    box.line.spoil = lambda line: "" if line == "CLOSE" else line
    silent = fault(box.port().close, "JIG-TIMEOUT")
    assert silent.evidence["sent"] == "CLOSE"
    assert silent.evidence["limit_s"] == MOTION_S
    assert silent.evidence["state"] == "OPEN"
    assert box.sent("CLOSE") == 1


def test_an_answer_that_comes_after_its_limit_is_late(wired: BuildWired) -> None:
    box = wired("shield-tescom")
    box.line.meddle = lambda line, replies: (
        [Reply("OK", 1.3 * MOTION_S)] if line == "CLOSE" else replies
    )
    late = fault(box.port().close, "JIG-LATE")
    assert late.evidence["received"] == "OK"
    assert box.health().shielded()


def test_the_answer_to_a_step_that_gave_up_answers_nothing(wired: BuildWired) -> None:
    box = wired("shield-tescom")
    box.port().identify()
    box.line.meddle = lambda line, replies: (
        [Reply("OK", 1.5 * QUERY_S)] if line == "CLOSE" else replies
    )
    fault(lambda: box.port(QUERY_S / 2).close(), "STEP-TIMEOUT")
    assert box.health().shielded()
    assert box.sent("CLOSE") == 1


def test_a_stuck_lid(wired: BuildWired) -> None:
    box = wired("shield-tescom", {"jig.stuck_fixture": {}})
    stuck = fault(box.port().close, "JIG-STUCK")
    assert stuck.evidence["state"] == "MOVING"
    assert box.sent("CLOSE") == 1


def test_another_box_is_told_nothing(wired: BuildWired) -> None:
    box = wired("shield-tescom", {"jig.wrong_identity": {}})
    fault(box.port().close, "JIG-WRONG")
    assert set(box.line.lines) == {"ID?"}


def test_a_box_that_answers_nothing_is_dead(wired: BuildWired) -> None:
    box = wired("shield-tescom", {"jig.silent": {}})
    assert fault(box.port().close, "JIG-TIMEOUT").evidence["sent"] == "ID?"


def test_it_has_no_power_and_is_safe_as_it_is(wired: BuildWired) -> None:
    box = wired("shield-tescom", {"jig.silent": {}})
    box.jig.make_safe(lease().deadline)
    assert box.line.lines == []
