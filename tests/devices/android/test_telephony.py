from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.telephony import CONNECTED, Phone, Registry, read_registry
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
    assert phone.data_connection_state == CONNECTED
    phone = pixel(
        "    mDataConnectionState=2\n", "    mDataConnectionState=2\n    mDataConnectionState=0\n"
    )
    assert isinstance(phone.data_connection_state, Unreadable)


def test_a_data_connection_state_that_is_unknown_or_none() -> None:
    assert isinstance(
        pixel("ConnectionState=2", "ConnectionState=-1").data_connection_state, Unknown
    )
    assert isinstance(
        pixel("ConnectionState=2", "ConnectionState=9").data_connection_state, Unreadable
    )
    assert isinstance(pixel("IsDataEnabled=true", "IsDataEnabled=1").data_enabled, Unreadable)


# Attached and connected.


@pytest.mark.parametrize(
    ("old", "new", "attached"),
    [
        ("Phone Id=0", "Phone Id=0", True),
        (f"{PS}registrationState=HOME", f"{PS}registrationState=ROAMING", True),
        (f"{PS}registrationState=HOME", f"{PS}registrationState=DENIED", False),
        ("mDataRegState=0(IN_SERVICE)", "mDataRegState=1(OUT_OF_SERVICE)", False),
        ("accessNetworkTechnology=LTE", "accessNetworkTechnology=LTE_CA", True),
        ("accessNetworkTechnology=LTE", "accessNetworkTechnology=NR", False),
        ("accessNetworkTechnology=LTE", "accessNetworkTechnology=HSPAP", False),
        (f"{PS}registrationState=HOME", f"{PS}registrationState=HAPPY", None),
        ("mDataRegState=0(IN_SERVICE)", "mDataRegState=?", None),
    ],
)
def test_attached_is_packet_data_in_service_on_lte(
    old: str, new: str, attached: bool | None
) -> None:
    assert old in PIXEL
    said = read(PIXEL.replace(old, new)).lte_attached
    assert isinstance(said, Unreadable) if attached is None else said is attached


def test_one_of_two_slots_is_enough_and_none_must_be_seen_to_be_none() -> None:
    both = read(SAMPLES["a16_oplus_dual_full"])
    assert (both.lte_attached, both.data_connected, both.default_phone_id) == (True, True, 1)
    first, _, second = SAMPLES["a16_oplus_dual_full"].partition("  Phone Id=1\n")
    assert isinstance(read(first).lte_attached, Unreadable)
    assert isinstance(read(first).data_connected, Unreadable)
    end = second[second.index("  mPhoneCapability") :]
    assert read(first + end).lte_attached is False
    assert read(first + end).data_connected is False


def test_a_slot_behind_the_live_part_makes_all_unreadable() -> None:
    broken = PIXEL + "a value goes on\n  Phone Id=1\n    mDataConnectionState=0\n"
    assert isinstance(read_registry(broken), Unreadable)


@pytest.mark.parametrize("printed", ["-1", "2147483647"])
def test_ids_of_nothing_are_unknown(printed: str) -> None:
    registry = read(
        PIXEL.replace("mActiveDataSubId=1", f"mActiveDataSubId={printed}").replace(
            "mDefaultPhoneId=0", f"mDefaultPhoneId={printed}"
        )
    )
    assert isinstance(registry.active_data_sub_id, Unknown)
    assert isinstance(registry.default_phone_id, Unknown)


# The service state.


def test_android_9_has_other_names() -> None:
    phone = slot(
        "last known state:\n  Phone Id=0\n    mServiceState={mVoiceRegState=0(IN_SERVICE), "
        "mDataRegState=0(IN_SERVICE), mChannelNumber=1650, duplexMode()=1, mCellBandwidths=[10000],"
        " mVoiceRoamingType=home, mDataRoamingType=home, mVoiceOperatorAlphaLong=null, "
        "mVoiceOperatorAlphaShort=null, mDataOperatorAlphaLong=Foo, mobile, "
        "mDataOperatorAlphaShort=Foo, isManualNetworkSelection=false(automatic), "
        "mRilVoiceRadioTechnology=3(UMTS), mRilDataRadioTechnology=14(LTE), "
        "mCssIndicator=unsupported, mNetworkRegistrationStates=[NetworkRegistrationState{"
        "transportType=1 domain=CS regState=HOME accessNetworkTechnology=UMTS reasonForDenial=0 "
        "emergencyEnabled=false supportedServices=[I@1 cellIdentity=null voiceSpecificStates=null "
        "dataSpecificStates=null}, NetworkRegistrationState{transportType=1 domain=PS "
        "regState=ROAMING accessNetworkTechnology=LTE reasonForDenial=0 emergencyEnabled=false "
        "supportedServices=[I@2 cellIdentity=CellIdentityLte:{ mCi=1 mPci=2 mTac=3 mEarfcn=1650 "
        "mBandwidth=10000 mMcc=001 mMnc=01 mAlphaLong=Foo mAlphaShort=Foo} "
        "voiceSpecificStates=null dataSpecificStates=android.telephony.DataSpecificStates :{ "
        "maxDataCalls=20}}]}\n    mDataConnectionState=2\n  mDefaultPhoneId=0\n"
    )
    assert (phone.ps_wwan_registration, phone.ps_wwan_rat, phone.plmn) == (
        "ROAMING",
        "LTE",
        "00101",
    )
    assert (phone.voice_rat, phone.data_rat, phone.earfcn) == ("UMTS", "LTE", 1650)
    assert phone.operator_long == "Foo, mobile"
    assert phone.lte_attached() is True


def test_a_handset_that_only_camps_has_no_network() -> None:
    old = f"{PS}registrationState=HOME"
    phone = pixel(old, f"{PS}registrationState=NOT_REG_OR_SEARCHING")
    assert isinstance(phone.plmn, Unknown)


@pytest.mark.parametrize("state", ["NONE", "RESTRICTED", "NOT_RESTRICTED", "CONNECTED"])
def test_5g_beside_lte_has_a_state_unless_it_is_masked(state: str) -> None:
    assert pixel("nrState=****", f"nrState={state}").nr_state == state
    assert isinstance(slot(PIXEL).nr_state, Unknown)
    assert isinstance(pixel("nrState=****", "nrState=HAPPY").nr_state, Unreadable)


def test_the_ratio_is_in_tenths_up_to_android_10() -> None:
    ten = slot(SAMPLES["a10_dual_lteca"])
    assert (ten.rssnr_raw, ten.rssnr_db) == (88, 8.8)
    twelve = slot(PIXEL)
    assert (twelve.rssnr_raw, twelve.rssnr_db) == (7, 7.0)
    assert isinstance(pixel("rssnr=7 ", "rssnr=88 ").rssnr_db, Unreadable)


@pytest.mark.parametrize(
    "state", ["HOME", "ROAMING", "NOT_REG_OR_SEARCHING", "DENIED", "EMERGENCY"]
)
def test_the_registration_is_that_of_packet_data_over_the_cellular_network(state: str) -> None:
    phone = pixel(f"{PS}registrationState=HOME", f"{PS}registrationState={state}")
    assert phone.ps_wwan_registration == state


def test_a_registration_that_is_unknown_or_none() -> None:
    home = f"{PS}registrationState=HOME"
    unknown = pixel(home, f"{PS}registrationState=UNKNOWN")
    assert isinstance(unknown.ps_wwan_registration, Unknown)
    odd = pixel(home, f"{PS}registrationState=HAPPY")
    assert isinstance(odd.ps_wwan_registration, Unreadable)
    none = pixel("domain=PS transportType=WWAN", "domain=CS transportType=WWAN")
    assert isinstance(none.ps_wwan_registration, Unknown)
    assert isinstance(none.plmn, Unknown)
    two = pixel("domain=CS transportType=WWAN", "domain=PS transportType=WWAN")
    assert isinstance(two.ps_wwan_registration, Unreadable)
    assert isinstance(two.ps_wwan_rat, Unreadable)


def test_the_registered_network_goes_before_that_of_the_cell() -> None:
    shared = PIXEL.replace("rRplmn=23001", "rRplmn=23002")
    assert slot(shared).plmn == "23002"
    assert slot(PIXEL.replace("rRplmn=23001", "")).plmn == "23001"


@pytest.mark.parametrize("printed", ["****", "2300", "2300100", "٢٣٠٠١"])
def test_a_network_that_is_masked_is_unreadable(printed: str) -> None:
    assert isinstance(pixel("rRplmn=23001", f"rRplmn={printed}").plmn, Unreadable)


def test_a_network_that_is_null_is_unknown() -> None:
    text = PIXEL.replace("rRplmn=23001", "").replace("mMcc=230 mMnc=01", "mMcc=null mMnc=null")
    assert isinstance(slot(text).plmn, Unknown)


def test_a_cell_may_have_several_bands_and_no_channel() -> None:
    assert pixel("mBands=[20] ", "mBands=[3] ").band == 3
    assert isinstance(pixel("mBands=[20] ", "mBands=[3, 9] ").band, Unreadable)
    assert isinstance(pixel("mBands=[20] ", "mBands=[] ").band, Unknown)
    assert isinstance(pixel("mEarfcn=6200", f"mEarfcn={NONE}").earfcn, Unknown)


def test_the_technology_that_is_unknown() -> None:
    phone = pixel("accessNetworkTechnology=LTE", "accessNetworkTechnology=UNKNOWN")
    assert isinstance(phone.ps_wwan_rat, Unknown)


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_service_state_that_is_cut_is_unreadable(cut: int) -> None:
    line = next(line for line in PIXEL.split("\n") if "mServiceState=" in line)
    phone = slot(PIXEL.replace(line, line[:-cut]))
    assert isinstance(phone.ps_wwan_registration, Unreadable)
    assert isinstance(phone.data_reg, Unreadable)


def test_up_to_android_8_values_go_by_their_place() -> None:
    spaced = flat("树米eSIM 树米eSIM 46000", "China Mobile China Mobile 46000")
    assert (spaced.operator_long, spaced.plmn, spaced.ps_wwan_rat) == (
        "China Mobile",
        "46000",
        "LTE",
    )
    manual = flat("46000  LTE LTE", "46000 (manual) LTE HSPA")
    assert (manual.plmn, manual.voice_rat, manual.data_rat) == ("46000", "LTE", "HSPA")
    roaming = flat("data home", "data International Roaming")
    assert roaming.ps_wwan_registration == "ROAMING"
    out = flat("=0 0 voice", "=1 1 voice")
    assert (out.data_reg, out.ps_wwan_registration) == (1, "NOT_REG_OR_SEARCHING")
    none = flat(
        "树米eSIM 树米eSIM 46000 树米eSIM 树米eSIM 46000  LTE LTE",
        "null null null null null null  Unknown Unknown",
    )
    assert isinstance(none.plmn, Unknown)
    assert isinstance(none.ps_wwan_rat, Unknown)


def test_names_by_place_that_cannot_be_told_apart_are_unreadable() -> None:
    phone = flat("树米eSIM 树米eSIM 46000", "China Mobile CMCC 46000")
    assert isinstance(phone.operator_long, Unreadable)
    assert phone.plmn == "46000"


# The signal.


@pytest.mark.parametrize("key", ["rsrp", "rsrq", "rssnr", "rssi"])
def test_a_level_that_is_not_known_is_no_number(key: str) -> None:
    line = next(line for line in PIXEL.split("\n") if "mSignalStrength=" in line)
    start, found, rest = line.partition(f"Lte: {'' if key == 'rssi' else 'rssi=-75 '}")
    assert found
    before, equals, after = rest.partition(f"{key}=")
    changed = f"{start}{found}{before}{equals}{NONE} {after.partition(' ')[2]}"
    phone = slot(PIXEL.replace(line, changed))
    values = {"rsrp": phone.rsrp, "rsrq": phone.rsrq, "rssnr": phone.rssnr_db, "rssi": phone.rssi}
    assert isinstance(values.pop(key), Unknown)
    assert all(isinstance(value, int | float) for value in values.values())


@pytest.mark.parametrize("printed", ["95", "0", "-141", "-42", "x", "", "-9999999999999999999"])
def test_a_level_that_no_handset_has_is_no_number(printed: str) -> None:
    reading = pixel("rsrp=-104", f"rsrp={printed}").rsrp
    assert isinstance(reading, Unknown | Unreadable)


def test_a_signal_of_no_known_format_is_unreadable() -> None:
    phone = pixel("mSignalStrength=SignalStrength:", "mSignalStrength=Signal:")
    assert phone.rsrp == -104
    phone = pixel("mLte=CellSignalStrengthLte: ", "mLte=Lte:")
    assert isinstance(phone.rsrp, Unreadable)
    assert isinstance(flat("-87 -7 262", "strong -7 262").rsrp, Unreadable)


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
    whole = read(text)
    assert registry.lte_attached == whole.lte_attached or registry.lte_attached not in (True, False)
    for phone, other in zip(registry.phones, whole.phones, strict=False):
        assert phone.plmn == other.plmn or not isinstance(phone.plmn, str)


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


OF_LTE = ("earfcn", "band", "rsrp", "rsrq", "rssi", "rssnr_db", "cqi", "level")


def test_figures_of_lte_are_no_figures_of_another_cell() -> None:
    (state,) = [line for line in PIXEL.splitlines() if line.startswith("    mServiceState=")]
    on_nr = state.replace("accessNetworkTechnology=LTE", "accessNetworkTechnology=NR")
    assert on_nr != state
    there, elsewhere = slot(PIXEL), slot(PIXEL.replace(state, on_nr))
    assert (there.rsrp, there.band) == (-104, 20)
    assert elsewhere.ps_wwan_rat == "NR"
    for name in OF_LTE:
        assert isinstance(getattr(elsewhere, name), Unknown), name


def test_two_carriers_are_lte_too() -> None:
    phone = pixel("accessNetworkTechnology=LTE", "accessNetworkTechnology=LTE_CA")
    assert (phone.rsrp, phone.band) == (-104, 20)
