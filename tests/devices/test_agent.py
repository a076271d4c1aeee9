"""The test app's answers, and whose session they come over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.clock import Deadline, Lease
from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.agent import AgentOverAdb, LeasedAgent, command_of
from harness.engine.bench import Bench
from harness.errors import DutFault, HarnessError, LinkFault, PlanError, StepBug
from harness.model.ports import Agent, Handset, ShellResult
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import text
from harness.sim.unit import SimUnit
from tests.devices.adb.rig import linked_again, unplugged
from tests.short import lease

TOKEN = "0123456789abcdef"


@pytest.fixture(scope="module")
def server() -> Iterator[AdbServer]:
    with AdbServer() as server:
        yield server


def leased(agent: object) -> LeasedAgent:
    assert isinstance(agent, LeasedAgent)
    return agent


def test_a_value_is_one_word_of_the_shell() -> None:
    command = command_of("beacon", {"address": "a; reboot '"}, TOKEN)
    assert command == (
        "am instrument -w -e address 'a; reboot '\"'\"'' -e test beacon "
        f"-e run {TOKEN} org.harness.agent/.Tests"
    )


@pytest.mark.parametrize(
    "settings", [{"two words": "x"}, {"run": "x"}, {"test": "x"}, {"a": "x\ny"}, {"": "x"}]
)
def test_a_setting_that_is_none_is_a_bug_of_the_step(settings: dict[str, str]) -> None:
    with pytest.raises(StepBug, match="STEP-BUG"):
        command_of("beacon", settings, TOKEN)


def test_a_test_that_the_app_has_not_is_refused(server: AdbServer) -> None:
    with SimHandsets(speed=10) as handsets:
        unit = SimUnit("A57A000001", agent=True)
        agent = AgentOverAdb(AdbHandset(server, handsets.add(unit)))
        port = leased(agent.under(lease(30)))
        with pytest.raises(PlanError, match=r"AGENT-REFUSED.*no test 'dance'"):
            port.run("dance", {}, within_s=20)
        with pytest.raises(DutFault, match=r"AGENT-FAILED.*was not heard"):
            port.run("bluetooth", {"address": "00:00:5E:00:53:00"}, within_s=20)
        unit.agent = False
        with pytest.raises(PlanError, match="AGENT-MISSING"):
            port.run("touch", {}, within_s=20)


def test_on_a_bench_it_is_over_the_handset_of_the_run(server: AdbServer) -> None:
    """A unit that is put in between is found out by the agent, too, though it asks it first."""
    with SimHandsets(speed=10) as handsets:
        address = handsets.add(SimUnit("A57A000001", agent=True))
        handset = AdbHandset(server, address)
        bench = Bench({Agent: AgentOverAdb(handset), Handset: handset}).for_run()
        port = bench.port(Handset, lease(30))
        assert isinstance(port, Handset)
        port.shell("getprop ro.serialno")
        unplugged(server, handsets, address)
        handsets.behaviour(address).system.boot(0.0)
        handsets.replug(address)
        linked_again(server, address)
        agent = leased(bench.port(Agent, lease(30)))
        with pytest.raises(LinkFault, match="ADB-RESTARTED"):
            agent.run("touch", {}, within_s=20)


@dataclass(frozen=True)
class Says:
    """A device whose port is no handset's."""

    def for_run(self) -> Says:
        return self

    def under(self, lease: Lease) -> object:
        return ShellResult(0, "", "")

    def make_safe(self, deadline: Deadline) -> None:
        pass


def test_over_what_is_no_handset_there_is_no_agent() -> None:
    with pytest.raises(HarnessError, match="STEP-BUG"):
        AgentOverAdb(Says()).under(lease(1))


def test_an_app_that_dies_has_not_failed_the_handset(server: AdbServer) -> None:
    with SimHandsets(speed=10) as handsets:
        address = handsets.add(SimUnit("A57A000001", agent=True))
        said = "INSTRUMENTATION_RESULT: shortMsg=Process crashed.\nINSTRUMENTATION_CODE: 0\n"
        handsets.behaviour(address).programs["am instrument"] = lambda *_: text(said)
        port = leased(AgentOverAdb(AdbHandset(server, address)).under(lease(30)))
        with pytest.raises(PlanError, match=r"AGENT-CRASHED.*Process crashed"):
            port.run("touch", {}, within_s=20)
