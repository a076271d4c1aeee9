"""Steps on the 4G modem."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from harness.devices.android.telephony import DATA_STATES
from harness.errors import DutFault, InstrumentFault, PlanError, StationFault
from harness.model.cell import Cell
from harness.model.conclude import shows_bad
from harness.model.decibels import mean_level
from harness.model.ports import CallBox, Handset, JigIdentity, Measure, RunSoFar, Stopwatch, Wait
from harness.model.reading import Reading
from harness.model.units import Duration, Level, seconds
from harness.steps.api import Flag, Numeric, Text, step
from harness.steps.asking.answers import obey
from harness.steps.asking.settings import require_positive
from harness.steps.cell.mobile_data import mobile_path
from harness.steps.cell.registration import Look, registered, require_lte, stays
from harness.steps.cell.served import kept, require_on_cell, start_anew


@step(
    measures=[
        Text("box"),
        Numeric("time", "s"),
        Text("plmn"),
        Text("rat"),
        Text("registration"),
        Text("data"),
        Flag("box_attached"),
        Numeric("band"),
        Numeric("earfcn"),
        Numeric("rsrp", "dBm"),
        Numeric("rsrq", "dB"),
        Numeric("snr", "dB"),
        Numeric("rsrp_error", "dB"),
    ],
    claims=["modem", "wifi", "bluetooth"],  # airplane mode switches all three off
)
def attach(  # noqa: PLR0913 what a plan may set
    handset: Handset,
    callbox: CallBox,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    plmn: str,
    band: int,
    earfcn: int,
    level: Level,
    phone: int = 0,
    reads: int = 5,
    apart: Duration = seconds(0.4),
    detach_within: Duration = seconds(10.0),
    within: Duration = seconds(20.0),
    settle: Duration = seconds(5.0),
) -> None:
    """Time [s] from the end of airplane mode to the registration on LTE, and how it then stands.

    Starts from airplane mode and from a slot that is seen not to be registered, for which it has
    `detach_within` [s], so that no registration and no level from before counts. Then the call
    box serves one cell: network `plmn`, `band`, `earfcn`, and `level` [dBm per 15 kHz] at its
    connector. It stays on. `box` is who the call box says it is: maker, model, serial, firmware.

    Registered is the SIM slot `phone` (0 or 1) when its packet data over the cellular network
    (PS, WWAN) is at HOME or ROAMING. Waits `within` [s] for LTE on the network `plmn`, then
    `settle` [s] for the data connection and the signal level, and takes `reads` looks that are
    `apart` [s]. `rsrp` [dBm], `rsrq` and `snr` [dB] are means of the linear values of all looks;
    all else is of the last one. `rsrp_error` [dB] is `rsrp` less what should arrive: `level` less
    the path loss of slot, cable and band. `box_attached` is what the call box itself says: a
    handset on another cell is found out. The time is at most one look too long (0.2 s and what
    `dumpsys` takes). RSRP and RSRQ: 3GPP TS 36.214, clauses 5.1.1 and 5.1.3.

    Another network or technology is measured, once `within` is over; there is no `rsrp` of another
    technology, which is a fault: a level left open would hide the FAIL behind an ERROR.

    Raises: DutFault(LTE-NO-DETACH, LTE-NO-ATTACH); StationFault(PATH-LOSS-ABSENT,
    PATH-LOSS-STALE); InstrumentFault; PlanError(STEP-SETTING, HANDSET-REFUSED,
    HANDSET-UNREADABLE).
    """
    require_positive(reads=reads)
    expected_dbm = level - callbox.path_loss(band).loss_db
    measure("box", _words_of(callbox.identify()))
    look = Look(handset, phone, stopwatch)
    began_s = start_anew(look, callbox, Cell(plmn, band, earfcn, level), detach_within, wait)
    first = registered(look, began_s, plmn, within, settle, wait)
    looks = stays(look, first, reads, apart, wait)
    phones, last = [seen.phone for seen in looks], looks[-1]
    measure("time", last.since_s - began_s)
    measure("plmn", last.phone.plmn)
    measure("rat", last.phone.ps_wwan_rat)
    measure("registration", last.phone.ps_wwan_registration)
    measure("data", _data_word(last.phone.data_connection_state))
    measure("box_attached", callbox.attached())
    require_lte(last, look, within)
    measure("band", last.phone.band)
    measure("earfcn", last.phone.earfcn)
    rsrp = mean_level([each.rsrp for each in phones])
    measure("rsrp", rsrp)
    measure("rsrq", mean_level([each.rsrq for each in phones]))
    measure("snr", mean_level([each.rssnr_db for each in phones]))
    measure("rsrp_error", rsrp - expected_dbm if isinstance(rsrp, float) else rsrp)


@step(
    measures=[
        Text("interface"),
        Numeric("lost", "%"),
        Numeric("ping", "ms"),
        Numeric("throughput", "Mbit/s"),
    ],
    claims=["modem", "wifi", "bluetooth"],  # it may have to attach anew
)
def traffic(  # noqa: PLR0913 what a plan may set
    handset: Handset,
    callbox: CallBox,
    measure: Measure,
    so_far: RunSoFar,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    plmn: str,
    band: int,
    earfcn: int,
    level: Level,
    host: str,
    port: int,
    phone: int = 0,
    pings: int = 10,
    during: Duration = seconds(3.0),
    detach_within: Duration = seconds(10.0),
    within: Duration = seconds(20.0),
    route_within: Duration = seconds(10.0),
) -> None:
    """Round trip [ms] and loss [%] of pings, and the rate [Mbit/s] of a stream, over the modem.

    The SIM slot `phone` must be registered on the call box's cell `plmn`, `band`, `earfcn`,
    `level`, for which it has `within` [s], and `route_within` [s] more for data. If this slot did
    not put that cell on the air in this run, or another slot has used the box since, it is served
    anew after airplane mode, as by `lte.attach`. What is measured counts only if the box keeps
    the cell until the end.

    Switches Wi-Fi off (`handset.restore` puts it back) and waits `route_within` [s] until the way
    to `host`, an IPv4 address of the call box's network, leads over a modem's interface. Pings it
    `pings` times: `ping` is the median of the round trips, `lost` the share that did not come
    back; the interface must have carried as many bytes. `throughput` is what the interface
    receives of a stream from TCP port `port`, by its own counters over the handset's own clock,
    headers of IP and TCP among it, for `during` [s] in whole seconds, the connecting and the slow
    start of TCP included.

    Raises: DutFault(LTE-NO-DETACH, LTE-NO-ATTACH); DutFault(LTE-NO-DATA) when nothing gets
    through, or when no stream comes after pings that failed; StationFault(TRAFFIC-SERVER,
    CELL-CHANGED); InstrumentFault; PlanError(STEP-SETTING, LTE-OTHER-PATH, HANDSET-REFUSED,
    HANDSET-UNREADABLE).
    """
    from statistics import median

    _require_address(host)
    for_s = math.ceil(during)
    require_positive(pings=pings, during=for_s, port=port)
    cell, look = Cell(plmn, band, earfcn, level), Look(handset, phone, stopwatch)
    require_on_cell(look, callbox, cell, within, route_within, detach_within, wait)
    obey(handset, "svc wifi disable")
    with kept(callbox, cell):
        path = mobile_path(handset, host, route_within, wait, stopwatch)
        echoes = path.ping(pings)
    measure("interface", path.interface)
    measure("lost", echoes.lost_percent)
    measure("ping", median(echoes.round_trips_ms))
    with _failing_first(so_far), kept(callbox, cell):
        stream = path.stream(port, for_s)
    measure("throughput", stream.received_mbps)


@contextmanager
def _failing_first(so_far: RunSoFar) -> Iterator[None]:
    """What else is wrong does not hide that the unit has failed already.

    Raises: DutFault(LTE-NO-DATA) in its place.
    """
    try:
        yield
    except (StationFault, InstrumentFault, PlanError) as error:
        attempts = (made for made in so_far.record().steps if made.outcome is None)
        if any(made.use == "lte.traffic" and shows_bad(made) for made in attempts):
            words = f"the pings are bad, and no stream came: {error.code}, {error}"
            raise DutFault("LTE-NO-DATA", words, evidence=error.evidence) from error
        raise


def _words_of(box: JigIdentity) -> str:
    return f"{box.maker} {box.model} {box.serial} {box.firmware}"


def _data_word(state: Reading[int]) -> Reading[str]:
    return DATA_STATES[state] if isinstance(state, int) else state


def _require_address(host: str) -> None:
    """It stands in commands: a name, which could be looked up over another network, is none."""
    from ipaddress import IPv4Address

    try:
        IPv4Address(host)
    except ValueError as error:
        raise PlanError("STEP-SETTING", f"host: expected an IPv4 address: {error}") from None
