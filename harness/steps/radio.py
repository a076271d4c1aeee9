"""Steps on the short-range radios."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from harness.devices.android import bluetooth as manager
from harness.devices.android.bluetooth import Bluetooth, is_of_nobody, read_address, read_bluetooth
from harness.devices.android.settings import get, read_setting
from harness.devices.android.wifi_channel import channel_of
from harness.errors import DutFault, HarnessError
from harness.model.decibels import mean_level
from harness.model.ports import Handset, Measure, Stopwatch, Wait
from harness.model.reading import Reading
from harness.model.units import Duration, seconds
from harness.steps.api import Flag, Numeric, step
from harness.steps.asking.answers import ask_together, known, obey, printed, sdk_of
from harness.steps.asking.settings import require_positive
from harness.steps.receiving.gnss import Sky, opened
from harness.steps.receiving.wifi_finding import Ear, switch_on
from harness.steps.receiving.wifi_joining import Joining, Network, require_joining

LOOK_S = 0.3


@step(
    measures=[
        Flag("on"),
        Numeric("rssi", "dBm"),
        Numeric("frequency", "MHz"),
        Numeric("channel", "1"),
    ],
    claims=["wifi"],
)
def wifi(
    handset: Handset,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    ssid: str,
    scans: int = 1,
    on_within: Duration = seconds(10.0),
    within: Duration = seconds(15.0),
) -> None:
    """Level [dBm], frequency [MHz] and channel of the reference access point, called `ssid`.

    Switches Wi-Fi on, for which it has `on_within` [s], and scans until the access point was
    heard, `within` [s] at the most for each of the `scans`. Only what was heard after a scan was
    started counts, by the age that the handset gives it. `rssi` is the mean of the scans in linear
    power; one scan is the default for the sake of time. Frequency and channel are of the last
    scan. Wi-Fi stays on.

    An access point that is not heard is a fault of the unit and no measurement: without it there
    is no level to record, and a level left open would hide the FAIL behind an ERROR. That the
    access point itself is off shows in the evidence, which lists what else was heard, and in the
    units before and after.

    Raises: DutFault(WIFI-NOT-ON, WIFI-AP-NOT-FOUND); StationFault(WIFI-AP-AMBIGUOUS);
    PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE, STEP-SETTING).
    """
    require_positive(scans=scans)
    sdk = known("the version of Android", sdk_of(handset))
    measure("on", switch_on(handset, sdk, on_within, wait, stopwatch))
    ear = Ear(handset, sdk, ssid, within, wait, stopwatch)
    heard = [ear.hear() for _ in range(scans)]
    measure("rssi", mean_level([point.rssi for point in heard]))
    measure("frequency", heard[-1].freq)
    measure("channel", channel_of(heard[-1].freq))


@step(measures=[Numeric("speed", "Mbit/s"), Numeric("rssi", "dBm")], claims=["wifi"])
def wifi_link(
    handset: Handset,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    ssid: str,
    security: Literal["open", "wpa2", "wpa3"] = "wpa2",
    passphrase: str = "",
    on_within: Duration = seconds(10.0),
    within: Duration = seconds(20.0),
) -> None:
    """Speed [Mbit/s] and level [dBm] of a link to the reference network, called `ssid`.

    Joins it within `within` [s], measures the link that was made, as WifiInfo tells it, and
    forgets the network, also when it is not joined or the link cannot be read. Whatever else was
    joined before must be joined again. A run that is cut in between leaves the network saved; the
    next one forgets it.

    Raises: DutFault(WIFI-NOT-ON, WIFI-NOT-JOINED); StationFault(WIFI-NOT-BACK) when what
    was joined before is not again; PlanError: HANDSET-REFUSED before Android 11, whose shell joins
    no network, HANDSET-UNREADABLE.
    """
    sdk = known("the version of Android", sdk_of(handset))
    require_joining(sdk)
    switch_on(handset, sdk, on_within, wait, stopwatch)
    network = Network(ssid, security, passphrase)
    joining = Joining(handset, sdk, network, within, wait, stopwatch)
    before = joining.joined_to()
    try:
        link = joining.join()
        measure("speed", link.link_speed_mbps)
        measure("rssi", link.rssi)
    except HarnessError:
        with suppress(HarnessError):  # what was found of the unit counts more
            joining.leave(before)
        raise
    joining.leave(before)


@step(
    measures=[Flag("on"), Numeric("crashes", "1"), Flag("address_valid")],
    claims=["bluetooth"],
)
def bluetooth(
    handset: Handset,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    within: Duration = seconds(10.0),
) -> None:
    """Whether Bluetooth comes on and has an address, and how often it crashed since the boot.

    Switches it on, for which it has `within` [s]; it stays on. An address is valid when it has
    been written: it is not all zeros, not all ones, and not 02:00:00:00:00:00, which Android gives
    in place of one that may not be seen. From Android 13 on the handset masks it; then the setting
    `bluetooth_address` says it, if its last two bytes are the ones that show. Else it is unknown.

    Raises: DutFault(BLUETOOTH-NOT-ON); PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
    """
    obey(handset, "svc bluetooth enable")
    until_s = stopwatch() + within
    while True:
        seen, address = _bluetooth(handset)
        enabled = seen.enabled if isinstance(seen, Bluetooth) else seen
        if enabled is True or stopwatch() >= until_s:
            break
        wait(LOOK_S)
    if not known("whether Bluetooth is on", enabled) or not isinstance(seen, Bluetooth):
        message = f"Bluetooth is not on {within:g} s after it was switched on"
        raise DutFault("BLUETOOTH-NOT-ON", message, evidence={"said": repr(seen)})
    measure("on", True)
    measure("crashes", seen.crash_count)
    measure("address_valid", not is_of_nobody(address) if isinstance(address, str) else address)


def _bluetooth(handset: Handset) -> tuple[Reading[Bluetooth], Reading[str]]:
    """What the manager of Bluetooth says, and the address by it and by the setting."""
    dump, kept = map(printed, ask_together(handset, manager.COMMAND, get(manager.SETTING)))
    if not isinstance(dump, str):
        return dump, dump
    setting = read_setting(kept) if isinstance(kept, str) else kept
    return read_bluetooth(dump), read_address(dump, setting)


@step(
    measures=[Numeric("cn0", "dB-Hz"), Numeric("reports", "1")],
    claims=["location", "screen"],  # who asks for the location is in front
)
def gnss(
    handset: Handset,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    opens: str = "",
    reports: int = 5,
    within: Duration = seconds(30.0),
) -> None:
    """Mean C/N0 [dB-Hz] of the best four satellites, over the `reports` that came meanwhile.

    Android counts what it receives only while an app asks for the location: `opens` is the
    component of one (`package/activity`), which is opened, and ended after; empty where another
    app asks already. What was received before does not count: the sums of two looks are
    subtracted. Waits for at least so many reports, `within` [s] at the most.

    Raises: DutFault(GNSS-DEAF) when the location was asked for and too few reports came;
    PlanError: GNSS-NOT-ASKED when nobody asked, HANDSET-UNREADABLE, STEP-SETTING.
    """
    require_positive(reports=reports)
    sky = Sky(handset, wait, stopwatch)
    before = sky.look()
    with opened(handset, opens):
        mean = sky.listen(before, reports, within)
        measure("cn0", mean.cn0_dbhz)
        measure("reports", mean.reports)
