"""Steps on the battery and its charger."""

from __future__ import annotations

from harness.devices.android.battery import read_battery
from harness.devices.android.power_supply import read_uevent
from harness.model.ports import Handset, Jig, Measure, Wait
from harness.model.reading import Reading, Unreadable
from harness.model.units import Duration, Voltage, seconds, volts
from harness.steps.api import Numeric, step

GAUGE = "/sys/class/power_supply/battery/uevent"
SHELL_LIMIT_S = 5.0


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

    The jig's meter is the judge, the handset's gauge the witness: `current_handset` [A] is what
    its driver prints as microampere (the kernel's ABI testing/sysfs-class-power), with the
    driver's own sign. `voltage` [V], `temperature` [degC] and `level` [%] are of the battery.

    Raises: JigFault; LinkFault when the handset does not answer within 5 s.
    """
    jig.supply(vbus)
    jig.connect("vbus")
    wait(settle)
    measure("current_jig", jig.current_a("vbus"))
    measure("voltage_jig", jig.voltage_v("vbus"))
    battery = read_battery(handset.shell("dumpsys battery", timeout_s=SHELL_LIMIT_S).out)
    measure("current_handset", _gauge_current_a(handset))
    jig.disconnect("vbus")
    jig.supply_off()
    measure("voltage", battery.voltage_v)
    measure("temperature", battery.temperature_c)
    measure("level", battery.level_percent)


def _gauge_current_a(handset: Handset) -> Reading[float]:
    answer = handset.shell(f"cat {GAUGE}", timeout_s=SHELL_LIMIT_S)
    if answer.code != 0:
        return Unreadable(f"cat ended with {answer.code}", answer.err)
    raw = read_uevent(answer.out).current_raw
    return raw * 1e-6 if isinstance(raw, int) else raw
