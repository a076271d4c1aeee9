"""The layouts of simulated handsets beside those of real ones: the same keys in the same order."""

from __future__ import annotations

import re

import pytest

from harness.sim.handset import HandsetBehaviour
from harness.sim.handset.behaviour import UEVENT
from harness.sim.handset.prints.wifi import AROUND
from harness.sim.unit import SimUnit
from tests.devices.android.corpus import sample_text

REGISTRY = "dumpsys telephony.registry"
LINE_KEY = re.compile(r"^ *[^\s:=][^:=\n]*(?=[:=])", re.MULTILINE)
WORD_KEY = re.compile(r"(?:(?<=[ {,])|^)\w+(?:\(\))?(?= ?=)")


def said(command: str, profile: str, android: int, **state: object) -> str:
    unit = SimUnit("A57A000001", profile=profile, android=android, **state)  # type: ignore[arg-type]
    phone = HandsetBehaviour(unit)
    phone.run("svc wifi enable", 0.0)
    return phone.run(command, 10.0).out.decode()


def lines(text: str) -> list[str]:
    return LINE_KEY.findall(text)


@pytest.mark.parametrize(
    ("profile", "android", "sample"),
    [("pixel", 14, "battery_a14_pixel_policy.txt"), ("xiaomi", 9, "battery_a9_honor.txt")],
)
def test_the_battery_is_aosps(profile: str, android: int, sample: str) -> None:
    assert lines(said("dumpsys battery", profile, android)) == lines(sample_text(sample))


def test_what_samsung_adds_stands_where_samsung_puts_it() -> None:
    def without_logs(text: str) -> list[str]:
        return [key for key in lines(text) if not key[0].isdigit()]

    real = without_logs(sample_text("battery_samsung_a14_logbuffers.txt"))
    ours = without_logs(said("dumpsys battery", "samsung", 14))
    assert [key for key in real if key in set(ours)] == ours
    assert len(ours) >= len(real) - 10


def test_oppos_own_section_stands_first() -> None:
    real = lines(sample_text("battery_oppo_two_blocks.txt"))
    ours = lines(said("dumpsys battery", "oppo-mtk", 9))
    assert [key for key in ours if key in set(real)] == [key for key in real if key in set(ours)]
    assert len(set(real) & set(ours)) >= 21


@pytest.mark.parametrize(
    ("profile", "sample"),
    [
        ("oppo-mtk", "uevent_mtk_gauge.txt"),
        ("oppo-qcom", "uevent_sony_qcom_charging_negative.txt"),
    ],
)
def test_the_driver_says_what_real_ones_of_its_chip_say(profile: str, sample: str) -> None:
    real, ours = lines(sample_text(sample)), lines(said(f"cat {UEVENT}", profile, 11))
    assert set(ours) - set(real) <= {"POWER_SUPPLY_CHARGE_COUNTER"}
    assert ours[0] == real[0] == "POWER_SUPPLY_NAME"


def service_state(text: str, phone: int) -> list[str]:
    values = re.findall(r"^ *mServiceState=(.*)$", text, re.MULTILINE)
    return WORD_KEY.findall(values[phone])


@pytest.mark.parametrize(
    ("profile", "android", "sample", "slot"),
    [
        ("pixel", 12, "telephony_a12_pixel5_iwlan_first.txt", 0),
        ("oppo-qcom", 13, "telephony_a16_oplus_dual_full.txt", 1),
    ],
)
def test_the_service_state_has_the_words_of_real_ones(
    profile: str, android: int, sample: str, slot: int
) -> None:
    nested = {"mCssSupported", "mRoamingIndicator", "mSystemIsInPrl", "mDefaultRoamingIndicator"}
    real = [key for key in service_state(sample_text(sample), slot) if key not in nested]
    assert service_state(said(REGISTRY, profile, android, sim_slot=slot), slot) == real


def test_the_samsung_of_android_10_has_no_operator_and_words_of_its_own() -> None:
    real = service_state(sample_text("telephony_a10_samsung_s10_5g.txt"), 0)
    ours = service_state(said(REGISTRY, "samsung", 10), 0)
    assert not [key for key in ours if "OperatorAlphaLong" in key and "Raw" not in key]
    samsungs = [key for key in real if key in ("VoiceRegType", "PsOnly", "EndcStatus", "RRCState")]
    assert [key for key in ours if key in samsungs] == samsungs


@pytest.mark.parametrize(
    ("profile", "android", "sample"),
    [
        ("xiaomi", 10, "telephony_a10_dual_lteca.txt"),
        ("pixel", 12, "telephony_a12_pixel5_iwlan_first.txt"),
        ("oppo-qcom", 15, "telephony_a16_oplus_dual_full.txt"),
    ],
)
def test_the_lines_of_a_phone_are_in_the_order_of_real_ones(
    profile: str, android: int, sample: str
) -> None:
    def of_phones(text: str) -> list[str]:
        return [key for key in dict.fromkeys(lines(text)) if key.startswith("    ")]

    real, ours = of_phones(sample_text(sample)), of_phones(said(REGISTRY, profile, android))
    both = set(real) & set(ours)
    assert [key for key in ours if key in both] == [key for key in real if key in both]
    assert set(ours) <= set(real) | {"    mCellInfo", "    mSrvccState"}


def test_the_signal_has_the_words_of_real_ones() -> None:
    def words(text: str) -> list[str]:
        return WORD_KEY.findall(re.findall(r"mSignalStrength=(.*)", text)[0])

    for profile, android, sample in (
        ("xiaomi", 10, "telephony_a10_dual_lteca.txt"),
        ("pixel", 12, "telephony_a12_pixel5_iwlan_first.txt"),
        ("oppo-qcom", 15, "telephony_a16_oplus_dual_full.txt"),
    ):
        assert words(said(REGISTRY, profile, android)) == words(sample_text(sample)), android


def test_the_connection_of_wifi_has_the_words_of_a_real_one() -> None:
    def words(text: str) -> list[str]:
        info = next(line for line in text.splitlines() if line.startswith("WifiInfo: "))
        return re.findall(r"(?:WifiInfo: |, |MLO Information: )([A-Z][^:,]*)(?=: )", info)

    ours = said("cmd wifi status", "pixel", 15, wifi_network=AROUND[1].ssid)
    assert words(ours) == words(sample_text("wifi_status_a15_connected.txt"))


@pytest.mark.parametrize(
    ("profile", "android", "sample"),
    [
        ("oppo-mtk", 11, "getprop_a11_oplus_mtk_multiline.txt"),
        ("oppo-qcom", 13, "getprop_a13_oplus_qcom_nosim.txt"),
    ],
)
def test_properties_have_the_names_of_real_ones(profile: str, android: int, sample: str) -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"^\[([^\]]+)\]: ", text, re.MULTILINE))

    real, ours = names(sample_text(sample)), names(said("getprop", profile, android))
    assert len(real & ours) >= 15, sorted(real - ours)
