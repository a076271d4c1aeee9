"""Steps of a jig's self-test: no handset is asked, the jig itself is the unit under test.

Those that need what the jig has not say so before they move anything.
"""

from __future__ import annotations

from functools import partial
from statistics import median

from harness.model.jig_ports import Jig, JigHealth
from harness.model.ports import Measure, Stopwatch, Wait, WallClock
from harness.model.units import Duration, Illuminance, Voltage, seconds, volts
from harness.steps.api import CLAIMS, Flag, Numeric, Text, step
from harness.steps.asking.settings import require_positive
from harness.steps.proving.answers import (
    PATTERN,
    comes_back,
    error_pct,
    insulates,
    longest,
    nonlinearity_pct,
    obeys,
    require_abilities,
    turned,
)

EVERYTHING = sorted(CLAIMS)
"""What a step claims that moves or powers something: nothing else can be measured meanwhile."""
CLOSED_SHARE, OPEN_SHARE = 0.9, 0.1
"""Of the supply's voltage: a closed relay passes more, an open one less."""


@step(measures=[Text("maker"), Text("model"), Text("serial"), Text("firmware")])
def identity(health: JigHealth, measure: Measure) -> None:
    """Who the jig says it is, and its firmware, asked anew.

    Raises: JigFault(JIG-WRONG) when it is not the one that the station file and its jig file name.
    """
    said = health.identify()
    measure("maker", said.maker)
    measure("model", said.model)
    measure("serial", said.serial)
    measure("firmware", said.firmware)


@step(measures=[Numeric("code")], claims=EVERYTHING)
def self_test(health: JigHealth, measure: Measure) -> None:
    """What the jig's own self-test ends with; 0 when it has passed (IEEE 488.2, 10.38).

    Raises: JigFault; PlanError(PLAN-DEVICE) when the jig has none.
    """
    require_abilities(health, "self-test")
    measure("code", health.self_test())


@step(measures=[Numeric("errors"), Numeric("round_trip", "ms")])
def echo(health: JigHealth, measure: Measure, stopwatch: Stopwatch, *, times: int = 20) -> None:
    """How often a long text of all characters did not come back as it was sent, of `times`.

    Each time it begins with another character, so that an answer to an earlier one is none. One
    that came back damaged even when it was asked for again counts too. `round_trip` [ms] is the
    median of all: both ways on the line, and the driver's time.

    Raises: JigFault; PlanError(PLAN-DEVICE, STEP-SETTING).
    """
    require_positive(times=times)
    require_abilities(health, "echo")
    errors, took_s = 0, []
    for turn in range(times):
        text = turned(PATTERN, turn)
        sent_s = stopwatch()
        errors += not comes_back(health, text)
        took_s.append(stopwatch() - sent_s)
    measure("errors", errors)
    measure("round_trip", median(took_s) * 1e3)


@step(measures=[Numeric("voltage", "V"), Numeric("error", "%")], claims=EVERYTHING)
def rail(
    jig: Jig,
    health: JigHealth,
    measure: Measure,
    wait: Wait,
    *,
    voltage: Voltage,
    channel: str = "vbus",
    settle: Duration = seconds(0.1),
) -> None:
    """What the jig's meter reads of its supply behind the channel's relay, and by how much it errs.

    `error` [%] is the reading less the `voltage` that was set, as a share of that, `settle` [s]
    after the relay has closed. Supply and meter are the jig's own: an error of both is not seen.

    Raises: JigFault; PlanError(PLAN-DEVICE, STEP-SETTING).
    """
    require_positive("V", voltage=voltage)
    require_abilities(health, "supply", "relays", "meter")
    jig.disconnect(channel)
    jig.supply(voltage)
    jig.connect(channel)
    wait(settle)
    read_v = jig.voltage_v(channel)
    measure("voltage", read_v)
    measure("error", error_pct(read_v, voltage, voltage))
    jig.disconnect(channel)
    jig.supply_off()


@step(measures=[Numeric("voltage", "V"), Numeric("through", "V")], claims=EVERYTHING)
def off(
    jig: Jig,
    health: JigHealth,
    measure: Measure,
    wait: Wait,
    *,
    channel: str = "vbus",
    voltage: Voltage = volts(5.0),
    settle: Duration = seconds(0.1),
) -> None:
    """What stands on a contact that should have no voltage [V].

    `voltage` with the supply off and the relay open; `through` with the supply at `voltage` [V] and
    the relay open: a relay that is welded or leaks. Each `settle` [s] after switching.

    Raises: JigFault; PlanError(PLAN-DEVICE, STEP-SETTING).
    """
    require_positive("V", voltage=voltage)
    require_abilities(health, "supply", "relays", "meter")
    jig.disconnect(channel)
    jig.supply_off()
    wait(settle)
    measure("voltage", jig.voltage_v(channel))
    jig.supply(voltage)
    wait(settle)
    measure("through", jig.voltage_v(channel))
    jig.supply_off()


@step(measures=[Flag("insulates"), Numeric("resistance", "Ohm")], claims=EVERYTHING)
def contact(jig: Jig, health: JigHealth, measure: Measure, *, channel: str = "vbus") -> None:
    """Resistance [Ohm] of a channel's closed relay and its contact, fixture closed, supply off.

    `insulates` says whether it was over 1 kOhm, or over the meter's range, before the relay closed:
    a meter that is stuck shows there.

    Raises: JigFault, with JIG-REFUSED when it is over the meter's range; PlanError(PLAN-DEVICE).
    """
    require_abilities(health, "relays", "ohmmeter")
    if health.can("supply"):
        jig.supply_off()
    if health.can("fixture"):
        jig.close()
    jig.disconnect(channel)
    measure("insulates", insulates(health, channel))
    jig.connect(channel)
    measure("resistance", health.resistance_ohm(channel))
    jig.disconnect(channel)


@step(measures=[Numeric("followed", "%")], claims=EVERYTHING)
def relay(
    jig: Jig,
    health: JigHealth,
    measure: Measure,
    wait: Wait,
    *,
    channel: str = "vbus",
    voltage: Voltage = volts(5.0),
    times: int = 5,
    settle: Duration = seconds(0.05),
) -> None:
    """How often a channel's relay did what it was told [%], when closed and opened `times` each.

    It has followed when its own state shows it, and the voltage on the contact too: above 90 % of
    `voltage` [V] when closed, below 10 % when open, `settle` [s] after it was told.

    Raises: JigFault; PlanError(PLAN-DEVICE, STEP-SETTING).
    """
    require_positive(times=times)
    require_positive("V", voltage=voltage)
    require_abilities(health, "supply", "relays", "meter")
    jig.supply(voltage)

    def share() -> float:
        wait(settle)
        return jig.voltage_v(channel) / voltage

    followed = 0
    for _ in range(times):
        followed += obeys(partial(jig.connect, channel), lambda: share() > CLOSED_SHARE)
        followed += obeys(partial(jig.disconnect, channel), lambda: abs(share()) < OPEN_SHARE)
    measure("followed", 100 * followed / (2 * times))
    jig.supply_off()


@step(measures=[Flag("refuses_power")], claims=EVERYTHING)
def interlock(health: JigHealth, measure: Measure) -> None:
    """Whether the jig itself refuses power while its interlock loop is open.

    The loop is opened by its test relay and closed again, with the supply at 0 V.

    Raises: JigFault(JIG-INTERLOCK), OperatorStop(JIG-EMERGENCY) when it is not closed to begin
    with, which shows nothing; JigFault(JIG-STUCK) when the test relay does not open it, or not
    close it again; PlanError(PLAN-DEVICE).
    """
    require_abilities(health, "interlock", "interlock test", "supply")
    measure("refuses_power", health.prove_interlock())


@step(
    measures=[
        Numeric("full", "lx"),
        Numeric("half", "lx"),
        Numeric("dark", "lx"),
        Numeric("nonlinearity", "%"),
    ],
    claims=EVERYTHING,
)
def light(
    jig: Jig,
    health: JigHealth,
    measure: Measure,
    wait: Wait,
    *,
    full_scale: Illuminance,
    settle: Duration = seconds(0.3),
) -> None:
    """Illuminance [lx] at the light box's own sensor at 100 %, 50 % and 0 % of its light.

    `nonlinearity` [%] is by how much half the light is above the line from dark to full, as a share
    of `full_scale` [lx]. Each level is read `settle` [s] after it was set; the light is left dark.

    Raises: JigFault; PlanError(PLAN-DEVICE, STEP-SETTING).
    """
    require_positive("lx", full_scale=full_scale)
    require_abilities(health, "light box", "light meter")

    def at(level_pct: float) -> float:
        jig.light(level_pct)
        wait(settle)
        return health.illuminance_lx()

    full_lx, half_lx, dark_lx = at(100), at(50), at(0)
    measure("full", full_lx)
    measure("half", half_lx)
    measure("dark", dark_lx)
    measure("nonlinearity", nonlinearity_pct(full_lx, half_lx, dark_lx, full_scale))


@step(measures=[Numeric("count"), Numeric("used", "%"), Numeric("counted")], claims=EVERYTHING)
def cycles(jig: Jig, health: JigHealth, measure: Measure, *, life: int) -> None:
    """How often the contacts have closed since they were new, and the share of `life` [%].

    `life` is how often the maker of the probes says that they close. `counted` is by how much the
    counter has risen when the fixture was opened and closed once more.

    Raises: JigFault(JIG-STUCK, JIG-INTERLOCK, ...); PlanError(PLAN-DEVICE, STEP-SETTING).
    """
    require_positive(life=life)
    require_abilities(health, "cycle counter", "fixture")
    before = health.contact_cycles()
    measure("count", before)
    measure("used", 100 * before / life)
    jig.open()
    jig.close()
    measure("counted", health.contact_cycles() - before)


@step(measures=[Numeric("left", "d"), Numeric("since", "d")])
def calibration(health: JigHealth, measure: Measure, wall_clock: WallClock) -> None:
    """Days [d] for which the jig's calibration still holds, and since it was made.

    By the dates that the jig keeps and today's in UTC; on its last day 0 are left.

    Raises: JigFault; PlanError(PLAN-DEVICE).
    """
    require_abilities(health, "calibration")
    made, due = health.calibrated(), health.calibration_due()
    today = wall_clock().date()
    measure("left", (due - today).days)
    measure("since", (today - made).days)


@step(measures=[Numeric("offset", "s")])
def clock(health: JigHealth, measure: Measure, wall_clock: WallClock) -> None:
    """By how much the jig's clock is ahead of this station's [s].

    It tells whole seconds, so half a second is added: true to 0.5 s and half the time of asking.

    Raises: JigFault; PlanError(PLAN-DEVICE).
    """
    require_abilities(health, "clock")
    before = wall_clock()
    said = health.clock()
    asked = before + (wall_clock() - before) / 2
    measure("offset", (said - asked).total_seconds() + 0.5)


@step(measures=[Flag("opens"), Flag("closes")], claims=EVERYTHING)
def shield(jig: Jig, health: JigHealth, measure: Measure) -> None:
    """Whether the shield says that it is open when it is opened, and closed when it is closed.

    How much it attenuates is not measured: that needs a signal inside and a receiver outside.

    Raises: JigFault(JIG-STUCK, JIG-INTERLOCK); PlanError(PLAN-DEVICE).
    """
    require_abilities(health, "fixture", "shield")
    jig.open()
    measure("opens", not health.shielded())
    jig.close()
    measure("closes", health.shielded())


@step(measures=[Numeric("close", "s"), Numeric("open", "s")], claims=EVERYTHING)
def motion(
    jig: Jig, health: JigHealth, measure: Measure, stopwatch: Stopwatch, *, times: int = 3
) -> None:
    """The longest time that the fixture took to close, and to open [s], of `times` each.

    From the command until its switch shows the state, which is asked for every 20 ms.

    Raises: JigFault(JIG-STUCK, JIG-INTERLOCK); PlanError(PLAN-DEVICE, STEP-SETTING).
    """
    require_positive(times=times)
    require_abilities(health, "fixture")
    jig.open()
    close_s, open_s = longest(stopwatch, jig.close, jig.open, times)
    measure("close", close_s)
    measure("open", open_s)


@step(measures=[Numeric("chart", "s"), Numeric("flat", "s")], claims=EVERYTHING)
def carriage(
    jig: Jig, health: JigHealth, measure: Measure, stopwatch: Stopwatch, *, times: int = 1
) -> None:
    """The longest time that the light box took to show its chart, and its flat field [s].

    As `jig_health.motion`. What it then shows is not seen: only a camera sees that.

    Raises: JigFault(JIG-STUCK, JIG-INTERLOCK); PlanError(PLAN-DEVICE, STEP-SETTING).
    """
    require_positive(times=times)
    require_abilities(health, "light box")
    to_flat = partial(jig.show, "flat")
    to_flat()
    chart_s, flat_s = longest(stopwatch, partial(jig.show, "chart"), to_flat, times)
    measure("chart", chart_s)
    measure("flat", flat_s)
