"""Steps on the 4G modem."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from harness.devices.android.telephony import DATA_STATES, Phone
from harness.errors import DutFault, InstrumentFault, PlanError, StationFault
from harness.model.cell import Cell
from harness.model.conclude import shows_bad
from harness.model.decibels import mean_level
from harness.model.jig_ports import JigIdentity
from harness.model.ports import CallBox, Handset, Measure, RunSoFar, Stopwatch, Wait
from harness.model.reading import Reading
from harness.model.units import Duration, Level, seconds
from harness.steps.api import Flag, Numeric, Text, step
from harness.steps.asking.answers import obey
from harness.steps.asking.settings import require_positive
from harness.steps.cell.mobile_data import mobile_path
from harness.steps.cell.refusal import sim_state
from harness.steps.cell.registration import Look, Seen, require_lte, stays
from harness.steps.cell.served import Search, kept


@step(
    measures=[
        Text("box"),
        Numeric("time", "s"),
        Text("plmn"),
        Text("rat"),
        Text("registration"),
        Text("data"),
        Text("sim"),
        Flag("box_attached"),
        Numeric("band"),
        Numeric("earfcn"),
        Numeric("rsrp", "dBm"),
        Numeric("rsrq", "dB"),
        Numeric("snr", "dB"),
        Numeric("rsrp_error", "dB"),
    ],
    claims=["modem", "wifi", "bluetooth"],  # airplane mode switches all three off
    path_in="band",
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

    The SIM slot `phone` (0 or 1) must leave its network in airplane mode within `detach_within`
    [s]. Then the call box serves `plmn`, `band`, `earfcn`, `level` [dBm per 15 kHz]. Waits `within`
    [s] for LTE on that network, `settle` [s] for data and a level, and takes `reads` looks that
    are `apart` [s]: levels and ratios are means of their powers (3GPP TS 36.214, 5.1.1 and 5.1.3).

    Raises: DutFault(LTE-NO-DETACH, LTE-NO-ATTACH, SIM-ABSENT, SIM-REJECTED, SIM-UNUSABLE);
    StationFault(PATH-LOSS-ABSENT, PATH-LOSS-STALE); InstrumentFault; PlanError.
    """
    require_positive(reads=reads)
    expected_dbm = level - callbox.path_loss(band).loss_db
    measure("box", _words_of(callbox.identify()))
    look, cell = Look(handset, phone, wait, stopwatch), Cell(plmn, band, earfcn, level)
    search = Search(look, callbox, cell, detach_within, within, settle)
    began_s = search.start_anew()
    looks = stays(look, search.registered(began_s), reads, apart)
    _tell_registration(measure, looks[-1], began_s)
    measure("sim", sim_state(handset, phone))
    measure("box_attached", callbox.attached())
    require_lte(looks, within)
    _tell_cell(measure, [seen.phone for seen in looks], expected_dbm)


def _tell_registration(measure: Measure, seen: Seen, began_s: float) -> None:
    measure("time", seen.since_s - began_s)
    measure("plmn", seen.phone.plmn)
    measure("rat", seen.phone.ps_wwan_rat)
    measure("registration", seen.phone.ps_wwan_registration)
    measure("data", _data_word(seen.phone.data_connection_state))


def _tell_cell(measure: Measure, phones: Sequence[Phone], expected_dbm: float) -> None:
    """Its place as it is at last, its level as the mean of all looks."""
    measure("band", phones[-1].band)
    measure("earfcn", phones[-1].earfcn)
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

    The SIM slot `phone` must be on the cell of `lte.attach`, or find it again within `within` [s].
    Wi-Fi goes off (`handset.restore` puts it back); within `route_within` [s] the way to `host`, an
    IPv4 address, must lead over the slot's own data. The stream comes from TCP port `port`, for
    `during` [s] in whole seconds; headers of IP and TCP and TCP's slow start are in it.

    Raises: DutFault(LTE-NO-DETACH, LTE-NO-ATTACH, LTE-NO-DATA, SIM-...); InstrumentFault;
    StationFault(TRAFFIC-SERVER, CELL-CHANGED); PlanError(LTE-OTHER-PATH) and others.
    """
    _require_address(host)
    require_positive(pings=pings, during=math.ceil(during), port=port)
    look, cell = Look(handset, phone, wait, stopwatch), Cell(plmn, band, earfcn, level)
    Search(look, callbox, cell, detach_within, within, route_within).require_on_cell()
    obey(handset, "svc wifi disable")
    with kept(callbox, cell):
        path = mobile_path(look, host, route_within)
        echoes = path.ping(pings)
    measure("interface", path.interface)
    measure("lost", echoes.lost_percent)
    measure("ping", echoes.median_ms)
    with _failing_first(so_far), kept(callbox, cell):
        stream = path.stream(port, math.ceil(during))
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
