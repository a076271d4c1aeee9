"""Steps on the battery and its charger."""

from __future__ import annotations

from collections.abc import Mapping

from harness.devices.android import battery, power_supply
from harness.devices.android.battery import Battery
from harness.devices.android.fields import scaled
from harness.devices.android.power_supply import PowerSupply
from harness.model.jig_ports import Jig
from harness.model.ports import Handset, Measure, Stopwatch, Wait
from harness.model.reading import Reading, Unreadable
from harness.model.units import Duration, Voltage, seconds, volts
from harness.steps.api import CLAIMS, Numeric, Text, step
from harness.steps.asking.agreement import differences
from harness.steps.asking.answers import ask_together, obey, understood
from harness.steps.asking.rejoin import wait_until_ready
from harness.steps.asking.turns import turns
from harness.steps.charging.gauge import Charging, Gauge, PrintedIn, raw_of
from harness.steps.charging.without_data import ChargingPart, charging_part, require_away, start_log
from harness.steps.charging.witness import AtJig, Driver, Witness

SHELL_LIMIT_S = 5
_OF_BATTERY = ("level", "voltage", "temperature")
"""What Android and the driver both tell."""
_OUTLIVES_S = 30.0
"""How long a log that nobody comes back for runs on [s]: long enough to fetch it."""
_BEFORE_S = 0.2
"""How long the gauge is read before a charger without data comes [s]."""


@step(
    measures=[
        Numeric("level", "%"),
        Numeric("voltage", "V"),
        Numeric("temperature", "degC"),
        Text("health"),
        Text("technology"),
        Numeric("cycles", "1"),
        Numeric("full_charge", "%"),
    ],
    claims=["vbus"],  # resets what `dumpsys battery` says
)
def health(handset: Handset, measure: Measure) -> None:
    """How the battery is, by Android and by its driver.

    `level` [%], `voltage` [V] and `temperature` [degC] are Android's, after values that were set
    by hand are undone; where the driver tells another one (3 points, 0.3 V, 3 K apart), neither is
    believed and the value is unreadable. `health` is Android's word: good, overheat, dead, over
    voltage, failure, cold, or `code N`. `technology` is what the pack is made of. `cycles` are
    the charge cycles that the driver has counted, `full_charge` [%] is what the battery holds of
    what it was designed to hold: both are the driver's, and unknown where it does not tell them.

    Raises: PlanError(HANDSET-REFUSED); LinkFault when the handset does not answer at all. A
    command of its own that takes more than 5 s has no value.
    """
    obey(handset, f"{battery.COMMAND} reset")
    gauge, driver = _ask(handset)
    for name, reading in _told(gauge, driver).items():
        measure(name, reading)
    measure("health", _health(gauge))
    measure("technology", gauge.technology if isinstance(gauge, Battery) else gauge)
    measure("cycles", driver.cycle_count if isinstance(driver, PowerSupply) else driver)
    measure("full_charge", driver.health_pct if isinstance(driver, PowerSupply) else driver)


@step(
    measures=[
        Numeric("current_jig", "A"),
        Numeric("voltage_jig", "V"),
        Numeric("current_handset", "A"),
        Numeric("current_difference", "A"),
        Numeric("gauge_change", "A"),
        Numeric("efficiency", "%"),
        Numeric("voltage", "V"),
        Numeric("temperature", "degC"),
        Numeric("level", "%"),
    ],
    claims=["vbus"],
    needs=["supply"],
)
def charge(  # noqa: PLR0913 what a plan may set
    handset: Handset,
    jig: Jig,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    vbus: Voltage = volts(5.0),
    settle: Duration = seconds(0.5),
    average: Duration = seconds(0.2),
    gauge_unit: PrintedIn = "unsaid",
    gauge_charges: Charging = "unsaid",
) -> None:
    """Charge current [A] and voltage [V] at the jig's VBUS contact, the handset's gauge beside it.

    The jig's meter is the judge, the handset's gauge the witness: `current_handset` [A] is the
    mean of its readings over `average` [s], into the battery where the plan says how the model's
    driver prints it (`gauge_unit`, `gauge_charges`); else it has the driver's own sign, and is
    unknown where the number does not tell whether it is microampere or milliampere.

    `current_difference` [A] is the jig's current less the handset's; they are of two sides of the
    charger (docs/battery.md). `gauge_change` [A] is by how much the gauge has risen since before
    VBUS was connected: a gauge that is stuck has not. `efficiency` [%] is what that rise makes of
    the power from VBUS: a gauge that reads half shows half a charger's. All three are unknown
    without `gauge_charges`. The gauge is read `settle` [s] after VBUS has gone, and has come.
    `voltage` [V], `temperature` [degC] and `level` [%] are of the battery while it charges.

    Raises: JigFault; LinkFault when the handset does not answer at all. A command of its own
    that takes more than 5 s has no value.
    """
    before = _without_vbus(handset, jig, settle, average, wait, stopwatch)
    jig.supply(vbus)
    jig.connect("vbus")
    wait(settle)
    at_jig = _measured_at_jig(jig, measure)
    charging = _drivers(handset, average, wait, stopwatch)
    gauge, driver = _ask(handset)
    _vbus_off(jig)
    _measure_witness(measure, Witness(Gauge(gauge_unit, gauge_charges), before, charging), at_jig)
    for name, reading in _told(gauge, driver).items():
        measure(name, reading)


@step(
    measures=[
        Numeric("current_jig", "A"),
        Numeric("voltage_jig", "V"),
        Numeric("current_handset", "A"),
        Numeric("current_difference", "A"),
        Numeric("gauge_change", "A"),
        Numeric("efficiency", "%"),
        Numeric("current_counter", "A"),
        Text("charger"),
        Numeric("log_points", "1"),
        Numeric("gap", "s"),
    ],
    claims=sorted(CLAIMS),
    needs=["dcp", "supply"],
)
def charge_dcp(  # noqa: PLR0913 what a plan may set
    handset: Handset,
    jig: Jig,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    vbus: Voltage = volts(5.0),
    settle: Duration = seconds(0.5),
    hold: Duration = seconds(4.0),
    off: Duration = seconds(0.2),
    back_within: Duration = seconds(20.0),
    gauge_unit: PrintedIn = "unsaid",
    gauge_charges: Charging = "unsaid",
) -> None:
    """Charge current [A] and voltage [V] at the jig with the handset on a charger without data.

    The jig's relay `dcp` takes the data lines away from this PC and shorts them, as a dedicated
    charging port does (USB Battery Charging 1.2), then VBUS comes: adb is lost. `current_jig` and
    `voltage_jig` are read after `hold` [s]. Meanwhile the handset writes a log, which is fetched
    once VBUS was away for `off` [s] and the handset answers again, within `back_within` [s].

    `current_handset`, `current_difference`, `gauge_change` [A] and `efficiency` [%] are as in
    `battery.charge`, the gauge over the second half of `hold`. `current_counter` [A] is the mean
    there by the driver's charge counter, unknown unless that has made ten steps. `charger` is what
    Android said there: AC for such a charger, USB for a port, none. `log_points` counts the points
    of the log on the charger, `gap` [s] is the longest time without one: a handset that slept or
    hung has a long one.

    Raises: JigFault, with JIG-DATA-STAYS when adb is not lost; LinkFault, with ADB-RESTARTED for
    another boot; PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
    """
    before = _without_vbus(handset, jig, settle, _BEFORE_S, wait, stopwatch)
    log = start_log(handset, stopwatch, hold + off + back_within + _OUTLIVES_S)
    on_s = _onto_charger(jig, vbus, stopwatch)
    wait(hold)
    require_away(handset)
    at_jig = _measured_at_jig(jig, measure)
    off_s = _back_to_data(jig, off, wait, stopwatch)
    wait_until_ready(handset, stopwatch() + back_within, wait, stopwatch)
    charged = charging_part(log.collect(), on_s + log.offset_s, off_s + log.offset_s)
    _vbus_off(jig)
    gauge = Gauge(gauge_unit, gauge_charges)
    _measure_witness(measure, Witness(gauge, before, charged.drivers), at_jig)
    _measure_log(measure, charged)


def _onto_charger(jig: Jig, vbus_v: float, stopwatch: Stopwatch) -> float:
    """A handset looks what it is plugged into when VBUS comes; when that was [s]."""
    jig.supply(vbus_v)
    jig.connect("dcp")
    jig.connect("vbus")
    return stopwatch()


def _back_to_data(jig: Jig, away_s: float, wait: Wait, stopwatch: Stopwatch) -> float:
    """VBUS goes, and comes again, for the handset to look anew; when it went [s]."""
    off_s = stopwatch()
    jig.disconnect("vbus")
    jig.disconnect("dcp")
    wait(away_s)
    jig.connect("vbus")
    return off_s


def _measure_log(measure: Measure, charged: ChargingPart) -> None:
    measure("current_counter", charged.counted_a)
    measure("charger", charged.charger)
    measure("log_points", charged.count)
    measure("gap", charged.gap_s)


def _vbus_off(jig: Jig) -> None:
    jig.disconnect("vbus")
    jig.supply_off()


def _measured_at_jig(jig: Jig, measure: Measure) -> AtJig:
    """Current and voltage at the VBUS contact, on record at once: they count whatever follows."""
    current_a = jig.current_a("vbus")
    measure("current_jig", current_a)
    voltage_v = jig.voltage_v("vbus")
    measure("voltage_jig", voltage_v)
    return AtJig(current_a, voltage_v)


def _measure_witness(measure: Measure, witness: Witness, at_jig: AtJig) -> None:
    measure("current_handset", witness.current_a)
    measure("current_difference", witness.difference_a(at_jig))
    measure("gauge_change", witness.rise_a)
    measure("efficiency", witness.efficiency_pct(at_jig))


def _ask(handset: Handset) -> tuple[Reading[Battery], Reading[PowerSupply]]:
    """The battery by Android and by its driver, now."""
    dump, uevent = ask_together(
        handset, battery.COMMAND, power_supply.COMMAND, limit_s=SHELL_LIMIT_S
    )
    gauge = understood(battery.read_battery, dump)
    return gauge, understood(power_supply.read_uevent, uevent)


def _told(gauge: Reading[Battery], driver: Reading[PowerSupply]) -> Mapping[str, Reading[float]]:
    """Level [%], voltage [V] and temperature [degC], unreadable where the driver contradicts."""
    if not isinstance(gauge, Battery):
        return dict.fromkeys(_OF_BATTERY, gauge)
    told = {
        "level": gauge.percent,
        "voltage": scaled(gauge.voltage_mv, 1_000),
        "temperature": gauge.temperature_c,
    }
    odd = differences(gauge, driver) if isinstance(driver, PowerSupply) else {}
    return told | {name: Unreadable("two sources differ", words) for name, words in odd.items()}


def _health(gauge: Reading[Battery]) -> Reading[str]:
    if not isinstance(gauge, Battery):
        return gauge
    code = gauge.health
    return battery.HEALTH.get(code, f"code {code}") if isinstance(code, int) else code


def _driver(handset: Handset) -> Driver:
    (uevent,) = ask_together(handset, power_supply.COMMAND, limit_s=SHELL_LIMIT_S)
    return understood(power_supply.read_uevent, uevent)


def _without_vbus(
    handset: Handset, jig: Jig, settle_s: float, average_s: float, wait: Wait, stopwatch: Stopwatch
) -> list[Driver]:
    """What the driver says once VBUS has been away for a while."""
    jig.disconnect("vbus")
    wait(settle_s)
    return _drivers(handset, average_s, wait, stopwatch)


def _drivers(handset: Handset, average_s: float, wait: Wait, stopwatch: Stopwatch) -> list[Driver]:
    """What the driver says, again and again until the time is over or it tells no current."""
    drivers: list[Driver] = []
    for _ in turns(average_s, wait, stopwatch):
        drivers.append(_driver(handset))
        if not isinstance(raw_of(drivers[-1]), int):
            break
    return drivers
