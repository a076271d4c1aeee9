"""Steps on the battery and its charger."""

from __future__ import annotations

from harness.devices.android import battery, power_supply
from harness.devices.android.batch import Answer
from harness.devices.android.fields import scaled
from harness.model.ports import Handset, Jig, Measure, Wait
from harness.model.reading import Reading
from harness.model.units import Duration, Voltage, seconds, volts
from harness.steps.answers import ask_together, printed
from harness.steps.api import Numeric, step

SHELL_LIMIT_S = 5


@step(
    measures=[
        Numeric("current_jig", "A"),
        Numeric("voltage_jig", "V"),
        Numeric("current_handset", "A"),
        Numeric("voltage", "V"),
        Numeric("temperature", "degC"),
        Numeric("level", "%"),
    ],
    claims=["vbus"],
)
def charge(
    handset: Handset,
    jig: Jig,
    measure: Measure,
    wait: Wait,
    *,
    vbus: Voltage = volts(5.0),
    settle: Duration = seconds(0.5),
) -> None:
    """Charge current [A] and voltage [V] at the jig's VBUS contact, the handset's gauge beside it.

    The jig's meter is the judge, the handset's gauge the witness: `current_handset` [A] has the
    driver's own sign, and is unknown where the number does not tell whether the driver keeps to
    microampere (the kernel's ABI testing/sysfs-class-power) or prints milliampere. `voltage` [V],
    `temperature` [degC] and `level` [%] are of the battery.

    Raises: JigFault; LinkFault when the handset does not answer at all. A command of its own
    that takes more than 5 s has no value.
    """
    jig.supply(vbus)
    jig.connect("vbus")
    wait(settle)
    measure("current_jig", jig.current_a("vbus"))
    measure("voltage_jig", jig.voltage_v("vbus"))
    dump, uevent = ask_together(
        handset, battery.COMMAND, power_supply.COMMAND, limit_s=SHELL_LIMIT_S
    )
    measure("current_handset", _gauge_current_a(uevent))
    jig.disconnect("vbus")
    jig.supply_off()
    said = printed(dump)
    gauge = battery.read_battery(said) if isinstance(said, str) else said
    if isinstance(gauge, battery.Battery):
        told = scaled(gauge.voltage_mv, 1_000), gauge.temperature_c, gauge.percent
    else:
        told = gauge, gauge, gauge
    for name, reading in zip(("voltage", "temperature", "level"), told, strict=True):
        measure(name, reading)


def _gauge_current_a(answer: Answer) -> Reading[float]:
    uevent = printed(answer)
    if not isinstance(uevent, str):
        return uevent
    supply = power_supply.read_uevent(uevent)
    if not isinstance(supply, power_supply.PowerSupply):
        return supply
    if not isinstance(supply.current_unit, str):
        return supply.current_unit
    return scaled(supply.current_now_raw, 1_000_000)
