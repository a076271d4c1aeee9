"""Steps on the USB socket of the slot."""

from __future__ import annotations

from harness.errors import LinkFault, StationFault
from harness.model.identity import Unit
from harness.model.ports import Handset, Measure, Stopwatch, UnitRegistry, Usb, Wait
from harness.model.reading import Reading
from harness.model.units import Duration, seconds
from harness.model.usb import UsbDevice, UsbMode, UsbSpeed
from harness.steps.api import CLAIMS, Flag, Numeric, Text, step
from harness.steps.asking.answers import ask
from harness.steps.asking.rejoin import LOOK_S, wait_until_ready
from harness.steps.asking.turns import turns
from harness.steps.identity import serial_of

_GONE_WITHIN_S = 5.0
"""A handset lets go of the bus once VBUS has sunk under its threshold, at most [s]."""


@step(
    measures=[
        Text("port"),
        Text("mode"),
        Numeric("speed", "Mbit/s"),
        Numeric("max_power", "mA"),
        Flag("serial_matches"),
    ],
    claims=["vbus"],
)
def link(usb: Usb, handset: Handset, registry: UnitRegistry, measure: Measure) -> None:
    """What USB itself tells of the handset in the socket of the slot.

    `port` is the socket, by controller and hub port path. `mode` is adb, fastboot, preloader,
    brom, edl, mtp or other. `speed` [Mbit/s] is what was negotiated (1.5, 12, 480, 5000, 10000):
    a handset that comes up at 12 has a bad connector or cable; as a number, so that a limit may
    say `low: 480 Mbit/s`. `max_power` [mA] is what its configuration asks for (bMaxPower, USB 2.0
    table 9-10). `serial_matches` says whether the serial number of its USB descriptor, that of
    Android (`ro.serialno`), and the one announced, if there is one, are the same.

    Raises: LinkFault(USB-ABSENT) when nothing is plugged in; OperatorStop(UNIT-WRONG) when
    neither of its serials is the one announced; LinkFault, StationFault(USB-...).
    """
    device = usb.look()
    measure("port", device.port)
    measure("mode", device.mode.name.lower())
    measure("speed", _rate(device.speed))
    measure("max_power", device.max_power_ma)
    measure("serial_matches", _serial_matches(device, handset, registry))


@step(
    measures=[Numeric("gone", "s"), Numeric("enumerated", "s"), Numeric("ready", "s")],
    claims=sorted(CLAIMS),
)
def enumerate_(
    usb: Usb,
    handset: Handset,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    off: Duration = seconds(1.0),
    within: Duration = seconds(10.0),
    ready_within: Duration = seconds(20.0),
) -> None:
    """Plug the handset in anew, by the power of its port, and time what it does.

    `gone` [s] is the time from the switching off until it has left the bus. Power stays away for
    `off` [s]. `enumerated` [s] is the time from the switching on until its ADB interface shows,
    `within` [s] at the most; `ready` [s] that until it answers over adb again, `ready_within` [s]
    at the most. A handset with a battery keeps running meanwhile; one without boots.

    Raises: StationFault(USB-NO-POWER-SWITCH) when the hub of the port cannot switch its power,
    USB-POWER-STAYS when the handset stays on the bus without; USB-OVERCURRENT;
    LinkFault(USB-ABSENT, USB-WRONG-MODE) when it does not come back, and the code of its state
    when adb does not.
    """
    usb.look()
    ask(handset, "true")  # from here on, another handset that comes back is found out
    began_s = stopwatch()
    usb.power(on=False)
    _wait_until_gone(usb, wait, stopwatch)
    measure("gone", stopwatch() - began_s)
    wait(off)
    began_s = stopwatch()
    usb.power(on=True)
    usb.wait_for(UsbMode.ADB, within_s=within)
    measure("enumerated", stopwatch() - began_s)
    wait_until_ready(handset, began_s + ready_within, wait, stopwatch)
    measure("ready", stopwatch() - began_s)


def _rate(speed: Reading[UsbSpeed]) -> Reading[float]:
    return speed.value if isinstance(speed, UsbSpeed) else speed


def _serial_matches(device: UsbDevice, handset: Handset, registry: UnitRegistry) -> Reading[bool]:
    """One serial of two that is not the announced one is a bad unit; both are another unit."""
    android = serial_of(handset)
    wanted = registry.announced.serial
    if isinstance(android, str) and wanted and wanted not in (android, device.serial):
        registry.identified(Unit(android))
    if not isinstance(android, str):
        return android
    if not isinstance(device.serial, str):
        return device.serial
    return android == device.serial and wanted in ("", android)


def _wait_until_gone(usb: Usb, wait: Wait, stopwatch: Stopwatch) -> None:
    seen = ""
    for _ in turns(_GONE_WITHIN_S, wait, stopwatch, LOOK_S):
        try:
            seen = usb.look().mode.value
        except LinkFault as fault:
            if fault.code == "USB-ABSENT":
                return
            raise
    words = f"{_GONE_WITHIN_S:g} s after the power of {usb.port} was switched off, {seen}"
    evidence = {"port": usb.port, "mode": seen}
    raise StationFault("USB-POWER-STAYS", f"{words} is still there", evidence=evidence)
