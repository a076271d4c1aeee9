"""Steps on the short-range radios."""

from __future__ import annotations

from typing import Literal

from harness.devices.android.bluetooth import is_of_nobody
from harness.devices.android.wifi_channel import channel_of
from harness.model.decibels import mean_level
from harness.model.ports import Handset, Measure, Stopwatch, Wait
from harness.model.units import Duration, seconds
from harness.steps.api import Flag, Numeric, Text, step
from harness.steps.asking.settings import require_positive
from harness.steps.receiving.bluetooth import restart
from harness.steps.receiving.gnss import GnssReceiver, opened
from harness.steps.receiving.wifi import wifi_of
from harness.steps.receiving.wifi_finding import Reference, WifiScanner
from harness.steps.receiving.wifi_joining import Joining, Network, require_joining
from harness.steps.undoing.afterwards import afterwards


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
    bssid: str = "",
    scans: int = 1,
    on_within: Duration = seconds(10.0),
    within: Duration = seconds(15.0),
) -> None:
    """Level [dBm], frequency [MHz] and channel of the reference access point, called `ssid`.

    `bssid` is its address, as `00:00:5e:00:53:05`: any other access point of that name is then
    not the reference. Without it, one of a neighbour passes for the reference while that is off.

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
    reference = Reference(ssid, bssid)
    its_wifi = wifi_of(handset, wait, stopwatch)
    measure("on", its_wifi.switch_on(on_within))
    scanner = WifiScanner(its_wifi, reference, within)
    heard = [scanner.find() for _ in range(scans)]
    measure("rssi", mean_level([point.rssi for point in heard]))
    measure("frequency", heard[-1].freq)
    measure("channel", channel_of(heard[-1].freq))


@step(measures=[Numeric("speed", "Mbit/s"), Numeric("rssi", "dBm")], claims=["wifi"])
def wifi_link(  # noqa: PLR0913 what a plan may set
    handset: Handset,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    ssid: str,
    bssid: str = "",
    security: Literal["open", "wpa2", "wpa3"] = "wpa2",
    passphrase: str = "",
    on_within: Duration = seconds(10.0),
    within: Duration = seconds(20.0),
) -> None:
    """Speed [Mbit/s] and level [dBm] of a link to the reference network, called `ssid`.

    `bssid` is the address of the access point that the link must be with; any, where it is empty.

    Joins it within `within` [s], measures the link that was made, as WifiInfo tells it, and
    forgets the network, also when it is not joined or the link cannot be read. Whatever else was
    joined before must be joined again. A run that is cut in between leaves the network saved; the
    next one forgets it.

    Raises: DutFault(WIFI-NOT-ON, WIFI-NOT-JOINED); StationFault: WIFI-AP-AMBIGUOUS when the link
    is with another access point, WIFI-NOT-BACK when what was joined before is not again; PlanError:
    HANDSET-REFUSED before Android 11, whose shell joins no network, HANDSET-UNREADABLE,
    STEP-SETTING.
    """
    network = Network(Reference(ssid, bssid), security, passphrase)
    its_wifi = wifi_of(handset, wait, stopwatch)
    require_joining(its_wifi.sdk)
    joining = Joining(its_wifi, network, within)
    before = joining.joined_to()
    its_wifi.switch_on(on_within)
    with afterwards(lambda: joining.leave(before)):
        link = joining.join()
        measure("speed", link.link_speed_mbps)
        measure("rssi", link.rssi)


@step(
    measures=[Flag("on"), Numeric("crashes", "1"), Flag("address_valid"), Text("address")],
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

    Switches it off, and on again, for each of which it has `within` [s]: that it was on says
    nothing of its chip now. It stays on. Crashes count from the boot on, those of coming on too.

    An address is valid when it has been written: it is not all zeros, not all ones, and not
    02:00:00:00:00:00, which Android gives in place of one that may not be seen. `address` is for a
    limit to hold against the maker's range (`matches`): chips have defaults of their own. From
    Android 13 on the handset masks it; then the setting `bluetooth_address` says it, if its last
    two bytes are the ones that show. Else it is unknown.

    Raises: DutFault(BLUETOOTH-NOT-ON); PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
    """
    seen, address = restart(handset, within, wait, stopwatch)
    measure("on", True)
    measure("crashes", seen.crash_count)
    measure("address_valid", not is_of_nobody(address) if isinstance(address, str) else address)
    measure("address", address)


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
    receiver = GnssReceiver(handset, wait, stopwatch)
    before = receiver.received()
    with opened(handset, opens):
        mean = receiver.receive(before, reports, within)
        measure("cn0", mean.cn0_dbhz)
        measure("reports", mean.reports)
