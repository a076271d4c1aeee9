from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.decode import decode
from harness.devices.android.getprop import (
    Properties,
    command,
    read_getprop,
    read_properties,
    read_property,
    read_sdk,
)
from harness.model.reading import Unknown, Unreadable

NAMES = st.from_regex(r"[a-z][a-z0-9._-]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=40)


def printed(**properties: str) -> str:
    """A list of `getprop`; `__` stands for a dot."""
    return "".join(f"[{n.replace('__', '.')}]: [{v}]\n" for n, v in sorted(properties.items()))


def read(text: str) -> Properties:
    found = read_getprop(text)
    assert isinstance(found, Properties), found
    return found


def test_one_property() -> None:
    assert command("ro.serialno") == "getprop ro.serialno"
    assert read_property("A57A000001\n") == "A57A000001"
    assert read_property("two\nlines\n") == "two\nlines"
    assert isinstance(read_property("\n"), Unknown)


def test_a_value_spans_lines_up_to_the_one_that_ends_in_a_bracket() -> None:
    assert read_properties("[a]: [x\n\ny]\n[b]: [{[z]}]\n") == {"a": "x\n\ny", "b": "{[z]}"}


@pytest.mark.parametrize("odd", ["y]", "WARNING: linker: unused", "", "08-11 18:40 log [x]: [y]"])
def test_lines_after_a_value_leave_it_open_which_is_the_value(odd: str) -> None:
    found = read_properties(f"[a]: [x]\n{odd}\n[b]: [z]\n")
    assert isinstance(found, dict)
    assert isinstance(found["a"], Unreadable)
    assert found["b"] == "z"


def test_what_is_no_list_is_unreadable() -> None:
    assert isinstance(read_properties(""), Unreadable)
    assert isinstance(read_properties("sh: getprop: not found\n"), Unreadable)
    assert isinstance(read_getprop("sh: getprop: not found\n"), Unreadable)


@pytest.mark.parametrize("cut", ["[b]: [y", "[b]: [y]", "[b]: [", "[b]: [y\nz"])
def test_a_value_that_is_cut_is_none(cut: str) -> None:
    found = read_properties(f"[a]: [x]\n{cut}")
    assert isinstance(found, dict)
    assert found["a"] == "x"
    assert isinstance(found["b"], Unreadable)


def test_a_value_without_an_end_is_none() -> None:
    found = read_properties("[a]: [x\n[b]: [y]\n")
    assert isinstance(found, dict)
    assert isinstance(found["a"], Unreadable)
    assert found["b"] == "y"


def test_a_name_that_stands_twice_with_two_values_is_unreadable() -> None:
    properties = read_properties("[a]: [x]\n[a]: [y]\n")
    assert isinstance(properties, dict)
    assert isinstance(properties["a"], Unreadable)


def test_lists_of_slots_may_hold_commas_that_are_escaped() -> None:
    text = printed(gsm__operator__alpha=r"A\, B,", gsm__sim__state="", ro__x="a,b")
    found = read(text)
    assert found.slots("gsm.operator.alpha") == ("A, B", "")
    assert found.slots("gsm.sim.state") == ("",)
    assert isinstance(found.slots("gsm.network.type"), Unknown)
    assert decode("getprop", text)["ro.x"] == "a,b"


@pytest.mark.parametrize(
    ("sims", "operators", "networks", "attached"),
    [
        ("LOADED,ABSENT", "20404,", "LTE,Unknown", True),
        ("ABSENT,LOADED", ",00101", "Unknown,LTE", True),
        ("READY", "310260", "NR", True),
        ("LOADED,ABSENT", ",20404", "LTE,LTE", False),
        ("LOADED", "20404", "Unknown", False),
        ("LOADED", "20404", "IWLAN", False),
        ("LOADED", "", "LTE", False),
        ("PIN_REQUIRED", "20404", "LTE", False),
        ("ABSENT,LOADED", "20404", "LTE,LTE", False),
    ],
)
def test_attached_is_one_slot_with_all_three(
    sims: str, operators: str, networks: str, attached: bool
) -> None:
    text = printed(
        gsm__sim__state=sims, gsm__operator__numeric=operators, gsm__network__type=networks
    )
    assert read(text).attached is attached


def test_without_one_of_the_three_nobody_knows_whether_it_is_attached() -> None:
    text = printed(gsm__sim__state="LOADED", gsm__operator__numeric="20404")
    assert isinstance(read(text).attached, Unknown)


@pytest.mark.parametrize(
    ("properties", "platform"),
    [
        ({"ro__hardware": "mt6765"}, "mtk"),
        ({"ro__board__platform": "mt6893", "ro__soc__manufacturer": "Mediatek"}, "mtk"),
        ({"ro__vendor__mediatek__platform": "MT6833"}, "mtk"),
        ({"ro__board__platform": "kalama", "ro__hardware": "qcom"}, "qcom"),
        ({"ro__board__platform": "sm6150"}, "qcom"),
        ({"ro__board__platform": "sdm845"}, "qcom"),
        ({"ro__soc__manufacturer": "QTI"}, "qcom"),
        ({"ro__baseband": "msm"}, "qcom"),
        ({"ro__hardware": "exynos9820", "ro__board__platform": "exynos5"}, "exynos"),
        ({"ro__board__platform": "universal2100"}, "exynos"),
        *(
            ({"ro__board__platform": name}, "qcom")
            for name in ("blair", "khaje", "volcano", "cliffs", "canoe", "msmnile", "shima", "tuna")
        ),
        ({"ro__board__platform": "laguna"}, "tensor"),
        ({"ro__board__platform": "gs201", "ro__soc__manufacturer": "Google"}, "tensor"),
        ({"ro__board__platform": "zumapro"}, "tensor"),
        ({"ro__hardware": "ums512_1h10"}, "unisoc"),
        ({"ro__hardware": "sp9863a"}, "unisoc"),
        ({"ro__hardware": "kirin970"}, "kirin"),
        ({"ro__board__platform": "hi3660"}, "kirin"),
        ({"ro__hardware": "ranchu"}, Unknown),
        ({"ro__board__platform": "mt6893", "ro__hardware": "qcom"}, Unreadable),
    ],
)
def test_the_platform_by_its_properties(properties: dict[str, str], platform: object) -> None:
    found = read(printed(**properties)).platform
    assert isinstance(found, platform) if isinstance(platform, type) else found == platform


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("ro__product__marketname", "market_name"),
        ("ro__config__marketing_name", "market_name"),
        ("ro__build__version__opporom", "oplusrom"),
        ("ro__product__model", "model"),
    ],
)
def test_makers_have_names_of_their_own(name: str, field: str) -> None:
    assert getattr(read(printed(**{name: "this"})), field) == "this"
    assert isinstance(getattr(read(printed(**{name: ""})), field), Unknown)


@pytest.mark.parametrize("sdk", ["REL", "0", "-1", "99999"])
def test_a_version_that_is_none_is_unreadable(sdk: str) -> None:
    assert isinstance(read(printed(ro__build__version__sdk=sdk)).sdk, Unreadable)


@given(
    st.dictionaries(
        NAMES,
        VALUES.filter(lambda v: "]\n" not in v and "\n[" not in v),
        min_size=1,
    )
)
def test_reads_back_what_is_printed(properties: dict[str, str]) -> None:
    text = "".join(f"[{name}]: [{value}]\n" for name, value in properties.items())
    assert read_properties(text) == properties


@given(st.text())
def test_total_on_any_text(text: str) -> None:
    read_property(text)
    read_getprop(text)


@pytest.mark.parametrize(
    ("operator", "attached"),
    [("00101", True), ("00000", False), ("000000", False), ("", False)],
)
def test_an_operator_of_zeros_is_none(operator: str, attached: bool) -> None:
    found = read(
        printed(
            gsm__sim__state="LOADED",
            gsm__operator__numeric=operator,
            gsm__network__type="LTE",
        )
    )
    assert found.attached is attached


@pytest.mark.parametrize("said", ["3" * 5000, "\u0663\u0663", "33.5", "0", "REL"])
def test_a_version_of_one_property_is_none_either(said: str) -> None:
    assert read_sdk("33\n") == 33
    assert isinstance(read_sdk(f"{said}\n"), Unreadable)
    assert isinstance(read_sdk("\n"), Unknown)
