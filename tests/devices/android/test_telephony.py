from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.telephony import Phone, Registry, read_registry
from harness.model.reading import Unknown, Unreadable

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
SAMPLES = {
    name: (CORPUS / f"telephony_{name}.txt").read_text("utf-8")
    for name in (
        "a7_flat_single",
        "a10_dual_lteca",
        "a12_pixel5_iwlan_first",
        "a16_oplus_dual_full",
    )
}
PIXEL, FLAT = SAMPLES["a12_pixel5_iwlan_first"], SAMPLES["a7_flat_single"]
PS = "domain=PS transportType=WWAN "
NONE = 2147483647


def read(text: str) -> Registry:
    registry = read_registry(text)
    assert isinstance(registry, Registry), registry
    return registry


def slot(text: str, number: int = 0) -> Phone:
    phone = read(text).phone(number)
    assert isinstance(phone, Phone), phone
    return phone


def pixel(old: str, new: str) -> Phone:
    assert old in PIXEL
    return slot(PIXEL.replace(old, new))


def flat(old: str, new: str) -> Phone:
    assert old in FLAT
    return slot(FLAT.replace(old, new))


# The whole answer.


def test_a_slot_that_is_not_there_is_unreadable() -> None:
    assert isinstance(read(PIXEL).phone(1), Unreadable)
    assert isinstance(read(PIXEL).phone(-1), Unreadable)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Permission Denial: can't dump telephony.registry from pid=1, uid=2000\n",
        "last known state:\n",
        PIXEL + PIXEL,
        PIXEL.replace("last known state:", "last state:"),
        PIXEL.replace("Phone Id=0", "Phone Id=x"),
        SAMPLES["a16_oplus_dual_full"].replace("Phone Id=1", "Phone Id=0"),
        "    mServiceState={a}\n    mServiceState={b}\n",
    ],
)
def test_what_is_no_registry_is_unreadable(text: str) -> None:
    assert isinstance(read_registry(text), Unreadable)


def test_a_line_that_stands_twice_with_two_values_is_unreadable() -> None:
    phone = pixel("    mDataConnectionState=2\n", "    mDataConnectionState=2\n" * 2)
    assert phone.data_state == "connected"
    phone = pixel(
        "    mDataConnectionState=2\n", "    mDataConnectionState=2\n    mDataConnectionState=0\n"
    )
    assert isinstance(phone.data_state, Unreadable)


@pytest.mark.parametrize(
    ("printed", "expected"), [("0", "disconnected"), ("1", "connecting"), ("3", "suspended")]
)
def test_the_data_state_has_its_word(printed: str, expected: str) -> None:
    assert pixel("ConnectionState=2", f"ConnectionState={printed}").data_state == expected


def test_a_data_state_that_is_unknown_or_none() -> None:
    assert isinstance(pixel("ConnectionState=2", "ConnectionState=-1").data_state, Unknown)
    assert isinstance(pixel("ConnectionState=2", "ConnectionState=9").data_state, Unreadable)
    assert isinstance(pixel("IsDataEnabled=true", "IsDataEnabled=1").data_enabled, Unreadable)


# The service state.


@pytest.mark.parametrize(
    "state", ["HOME", "ROAMING", "NOT_REG_OR_SEARCHING", "DENIED", "EMERGENCY"]
)
def test_the_registration_is_that_of_packet_data_over_the_cellular_network(state: str) -> None:
    phone = pixel(f"{PS}registrationState=HOME", f"{PS}registrationState={state}")
    assert phone.service.registration == state


def test_a_registration_that_is_unknown_or_none() -> None:
    home = f"{PS}registrationState=HOME"
    unknown = pixel(home, f"{PS}registrationState=UNKNOWN").service
    assert isinstance(unknown.registration, Unknown)
    odd = pixel(home, f"{PS}registrationState=HAPPY").service
    assert isinstance(odd.registration, Unreadable)
    none = pixel("domain=PS transportType=WWAN", "domain=CS transportType=WWAN").service
    assert isinstance(none.registration, Unknown)
    assert isinstance(none.plmn, Unknown)
    two = pixel("domain=CS transportType=WWAN", "domain=PS transportType=WWAN").service
    assert isinstance(two.registration, Unreadable)
    assert isinstance(two.rat, Unreadable)


def test_the_registered_network_goes_before_that_of_the_cell() -> None:
    shared = PIXEL.replace("rRplmn=23001", "rRplmn=23002")
    assert slot(shared).service.plmn == "23002"
    assert slot(PIXEL.replace("rRplmn=23001", "")).service.plmn == "23001"


@pytest.mark.parametrize("printed", ["****", "2300", "2300100", "٢٣٠٠١"])
def test_a_network_that_is_masked_is_unreadable(printed: str) -> None:
    assert isinstance(pixel("rRplmn=23001", f"rRplmn={printed}").service.plmn, Unreadable)


def test_a_network_that_is_null_is_unknown() -> None:
    text = PIXEL.replace("rRplmn=23001", "").replace("mMcc=230 mMnc=01", "mMcc=null mMnc=null")
    assert isinstance(slot(text).service.plmn, Unknown)


def test_a_cell_may_have_several_bands_and_no_channel() -> None:
    service = pixel("mBands=[20] ", "mBands=[3, 9] ").service
    assert service.bands == (3, 9)
    assert isinstance(pixel("mBands=[20] ", "mBands=[] ").service.bands, Unknown | Unreadable)
    assert isinstance(pixel("mEarfcn=6200", f"mEarfcn={NONE}").service.earfcn, Unknown)


def test_the_technology_that_is_unknown() -> None:
    service = pixel("accessNetworkTechnology=LTE", "accessNetworkTechnology=UNKNOWN").service
    assert isinstance(service.rat, Unknown)


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_service_state_that_is_cut_is_unreadable(cut: int) -> None:
    line = next(line for line in PIXEL.split("\n") if "mServiceState=" in line)
    service = slot(PIXEL.replace(line, line[:-cut])).service
    assert isinstance(service.registration, Unreadable)
    assert isinstance(service.data_state, Unreadable)


def test_up_to_android_8_values_go_by_their_place() -> None:
    spaced = flat("树米eSIM 树米eSIM 46000", "China Mobile China Mobile 46000").service
    assert (spaced.operator, spaced.plmn, spaced.rat) == ("China Mobile", "46000", "LTE")
    manual = flat("46000  LTE LTE", "46000 (manual) LTE HSPA").service
    assert (manual.plmn, manual.rat) == ("46000", "HSPA")
    roaming = flat("data home", "data International Roaming").service
    assert roaming.registration == "ROAMING"
    out = flat("=0 0 voice", "=1 1 voice").service
    assert (out.data_state, out.registration) == (1, "NOT_REG_OR_SEARCHING")
    none = flat(
        "树米eSIM 树米eSIM 46000 树米eSIM 树米eSIM 46000  LTE LTE",
        "null null null null null null  Unknown Unknown",
    )
    assert isinstance(none.service.plmn, Unknown)
    assert isinstance(none.service.rat, Unknown)


def test_names_by_place_that_cannot_be_told_apart_are_unreadable() -> None:
    phone = flat("树米eSIM 树米eSIM 46000", "China Mobile CMCC 46000")
    assert isinstance(phone.service.operator, Unreadable)
    assert phone.service.plmn == "46000"


# The signal.


@pytest.mark.parametrize("key", ["rsrp", "rsrq", "rssnr", "rssi"])
def test_a_level_that_is_not_known_is_no_number(key: str) -> None:
    line = next(line for line in PIXEL.split("\n") if "mSignalStrength=" in line)
    start, found, rest = line.partition(f"Lte: {'' if key == 'rssi' else 'rssi=-75 '}")
    assert found
    before, equals, after = rest.partition(f"{key}=")
    changed = f"{start}{found}{before}{equals}{NONE} {after.partition(' ')[2]}"
    signal = slot(PIXEL.replace(line, changed)).signal
    values = {"rsrp": signal.rsrp_dbm, "rsrq": signal.rsrq_db, "rssnr": signal.rssnr_db}
    values["rssi"] = signal.rssi_dbm
    assert isinstance(values.pop(key), Unknown)
    assert all(isinstance(value, int | float) for value in values.values())


@pytest.mark.parametrize("printed", ["95", "0", "-141", "-42", "x", "", "-9999999999999999999"])
def test_a_level_that_no_handset_has_is_no_number(printed: str) -> None:
    reading = pixel("rsrp=-104", f"rsrp={printed}").signal.rsrp_dbm
    assert isinstance(reading, Unknown | Unreadable)


def test_a_signal_of_no_known_format_is_unreadable() -> None:
    phone = pixel("mSignalStrength=SignalStrength:", "mSignalStrength=Signal:")
    assert phone.signal.rsrp_dbm == -104
    phone = pixel("mLte=CellSignalStrengthLte: ", "mLte=Lte:")
    assert isinstance(phone.signal.rsrp_dbm, Unreadable)
    assert isinstance(flat("-87 -7 262", "strong -7 262").signal.rsrp_dbm, Unreadable)


# Any text.


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_damage_gives_no_stray_exception(name: str, data: st.DataObject) -> None:
    text = SAMPLES[name]
    at = data.draw(st.integers(0, len(text)))
    until = data.draw(st.integers(at, min(len(text), at + 40)))
    read_registry(text[:at] + data.draw(st.text(max_size=20)) + text[until:])


@given(st.text())
def test_total_on_any_text(text: str) -> None:
    read_registry(text)
    read_registry(f"last known state:\n  Phone Id=0\n    mServiceState={text}\n")
    read_registry(f"last known state:\n  Phone Id=0\n    mServiceState={{{text}}}\n")
    read_registry(f"last known state:\n  Phone Id=0\n    mSignalStrength={text}\n")


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_an_answer_that_is_cut_never_says_registered_for_a_slot_that_is_not(
    name: str, data: st.DataObject
) -> None:
    text = SAMPLES[name]
    registry = read_registry(text[: data.draw(st.integers(0, len(text)))])
    if not isinstance(registry, Registry):
        return
    for number, phone in registry.phones.items():
        whole = slot(text, number).service
        assert phone.service == whole or not isinstance(phone.service.plmn, str)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        "NetworkRegistrationInfo{ ",
        "OperatorAlphaLong=",
        ", m",
        "voice home data home ",
        "- 1",
        "=",
        " ",
    ],
)
def test_long_answers_take_time_by_their_length(piece: str) -> None:
    read_registry("last known state:\n  Phone Id=0\n    mServiceState={" + piece * 50_000 + "}\n")
    read_registry("last known state:\n  Phone Id=0\n    mServiceState=0 0 " + piece * 50_000)
    read_registry(
        "last known state:\n  Phone Id=0\n    mSignalStrength=SignalStrength: " + piece * 50_000
    )
