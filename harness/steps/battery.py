"""Steps on the battery and its charger."""

from __future__ import annotations

from harness.devices.android import battery, power_supply
from harness.devices.android.battery import Battery
from harness.devices.android.power_supply import PowerSupply
from harness.model.jig_ports import Jig
from harness.model.ports import Handset, Measure, Stopwatch, Wait
from harness.model.reading import Reading
from harness.model.units import Duration, Voltage, seconds, volts
from harness.steps.api import CLAIMS, Numeric, Text, step
from harness.steps.asking.agreement import agreed
from harness.steps.asking.answers import ask_together, obey, understood
from harness.steps.charging.charger import BATTERY_LIMIT_S, Charger
from harness.steps.charging.gauge import Charging, Gauge, PrintedIn
from harness.steps.charging.without_data import ChargingPart, charging_part, require_away, start_log
from harness.steps.charging.witness import AtJig, Witness

_OUTLIVES_S = 30.0
"""How long a log that nobody comes back for runs on [s]: long enough to fetch it."""
_BEFORE_S = 0.2
"""How long the gauge is read before a charger without data comes [s]."""
_WITNESSED = (
    Numeric("current_jig", "A"),
    Numeric("voltage_jig", "V"),
    Numeric("current_handset", "A"),
    Numeric("current_difference", "A"),
    Numeric("gauge_change", "A"),
    Numeric("efficiency", "%"),
)
"""A charge as the jig measures it, and what the handset's gauge makes of it."""


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
    _measure_agreed(measure, gauge, driver)
    measure("health", _health(gauge))
    measure("technology", gauge.technology if isinstance(gauge, Battery) else gauge)
    measure("cycles", driver.cycle_count if isinstance(driver, PowerSupply) else driver)
    measure("full_charge", driver.health_pct if isinstance(driver, PowerSupply) else driver)


@step(
    measures=[
        *_WITNESSED,
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
    charger = Charger(handset, jig, wait, stopwatch)
    before = charger.drivers_without(settle, average)
    charger.connect(vbus)
    wait(settle)
    at_jig = _measured_at_jig(jig, measure)
    charging = charger.drivers(average)
    gauge, driver = _ask(handset)
    charger.disconnect()
    _measure_witness(measure, Witness(Gauge(gauge_unit, gauge_charges), before, charging), at_jig)
    _measure_agreed(measure, gauge, driver)


@step(
    measures=[
        *_WITNESSED,
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
    charger = Charger(handset, jig, wait, stopwatch)
    before = charger.drivers_without(settle, _BEFORE_S)
    log = start_log(handset, stopwatch, hold + off + back_within + _OUTLIVES_S)
    on_s = charger.connect_dcp(vbus)
    wait(hold)
    require_away(handset)
    at_jig = _measured_at_jig(jig, measure)
    off_s = charger.back_to_data(off, back_within)
    charged = charging_part(log.collect(), on_s + log.offset_s, off_s + log.offset_s)
    charger.disconnect()
    gauge = Gauge(gauge_unit, gauge_charges)
    _measure_witness(measure, Witness(gauge, before, charged.drivers), at_jig)
    _measure_log(measure, charged)


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


def _measure_log(measure: Measure, charged: ChargingPart) -> None:
    measure("current_counter", charged.counted_a)
    measure("charger", charged.charger)
    measure("log_points", charged.count)
    measure("gap", charged.gap_s)


def _ask(handset: Handset) -> tuple[Reading[Battery], Reading[PowerSupply]]:
    """The battery by Android and by its driver, now."""
    dump, uevent = ask_together(
        handset, battery.COMMAND, power_supply.COMMAND, limit_s=BATTERY_LIMIT_S
    )
    gauge = understood(battery.read_battery, dump)
    return gauge, understood(power_supply.read_uevent, uevent)


def _measure_agreed(
    measure: Measure, gauge: Reading[Battery], driver: Reading[PowerSupply]
) -> None:
    for name, reading in agreed(gauge, driver).items():
        measure(name, reading)


def _health(gauge: Reading[Battery]) -> Reading[str]:
    if not isinstance(gauge, Battery):
        return gauge
    code = gauge.health
    return battery.HEALTH.get(code, f"code {code}") if isinstance(code, int) else code
