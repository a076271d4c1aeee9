from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.devices.android.iphonesubinfo import (
    SubscriberInfo,
    command,
    read_iphonesubinfo,
    read_reply,
)
from harness.model.reading import Unknown, Unreadable
from harness.sim.handset.prints.parcel import error_reply, security_reply, string_reply

PACKAGE = "s16 com.android.shell"


@pytest.mark.parametrize(
    ("sdk", "maker", "expected"),
    [
        (21, "OPPO", "2 i32 1"),
        (22, "OPPO", f"3 i32 1 {PACKAGE}"),
        (28, "OPPO", f"3 i32 1 {PACKAGE}"),
        (28, "HUAWEI", f"4 i32 1 {PACKAGE}"),
        (29, "HUAWEI", f"3 i32 1 {PACKAGE}"),
        (30, "samsung", f"4 i32 1 {PACKAGE}"),
        (34, "OPPO", f"4 i32 1 {PACKAGE}"),
    ],
)
def test_command_by_version_and_maker(sdk: int, maker: str, expected: str) -> None:
    assert command(sdk, 1, maker) == f"service call iphonesubinfo {expected}"
    as_shell = f"su 2000 service call iphonesubinfo {expected}"
    assert command(sdk, 1, maker, root=True) == as_shell


def test_a_null_or_empty_string_is_unknown() -> None:
    assert read_reply("Result: Parcel(00000000 ffffffff   '........')\n") == Unknown("null")
    assert read_reply("Result: Parcel(\t00000000 ffffffff   '........')\n") == Unknown("null")
    assert isinstance(read_reply(string_reply("")), Unknown)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "service: Service iphonesubinfo does not exist\n",
        "Result: Parcel(NULL)\n",
        "Result: Parcel(00000000    '....')\n",
        error_reply(-74, "Not a data message"),
        string_reply("860123450000012").replace("0x00000010", "0x00000020"),
        string_reply("860123450000012").replace("0000000f", "0000001f"),
        string_reply("860123450000012").replace("0000000f", "80000000"),
        string_reply("ab").replace("00620061", "d800d800"),
        string_reply("860123450000012")[:-20],
    ],
)
def test_what_is_no_string_is_unreadable(reply: str) -> None:
    assert isinstance(read_reply(reply), Unreadable)


def test_an_exception_is_unreadable_with_its_message() -> None:
    reading = read_reply(security_reply("Package x does not belong to 2000"))
    assert isinstance(reading, Unreadable)
    assert reading.why == "exception -1: Package x does not belong to 2000"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@example("004999010001013")
@example("a" * 6)
def test_reads_back_what_is_printed(text: str) -> None:
    assert read_reply(string_reply(text)) == text


def read(reply: str) -> SubscriberInfo:
    found = read_iphonesubinfo(reply)
    assert isinstance(found, SubscriberInfo), found
    return found


def test_lines_around_a_reply_are_not_its_own() -> None:
    reply = string_reply("860123450000012")
    assert read_reply(f"* daemon started successfully\n{reply}08-11 log (x)\n") == read_reply(reply)
    assert read_reply(reply.replace("\n", "\r\n")) == "860123450000012"
    assert isinstance(read_reply(reply + reply), Unreadable)


@pytest.mark.parametrize(
    ("said", "kind", "imei"),
    [
        ("860123450000012", "imei", "860123450000012"),
        ("004999010001013", "imei", "004999010001013"),
        ("000000000000000", "imei", Unknown),
        ("", "empty", Unknown),
        (None, "empty", Unknown),
        ("A1000017E5F3C2", "other", Unreadable),
        ("86012345000001", "other", Unreadable),
        ("8601234500000120", "other", Unreadable),
    ],
)
def test_what_a_reply_says_of_an_imei(said: str | None, kind: str, imei: object) -> None:
    found = read(string_reply(said))
    assert found.kind == kind
    assert isinstance(found.imei, imei) if isinstance(imei, type) else found.imei == imei
    assert isinstance(found.exception, Unknown)


def test_an_exception_has_no_imei() -> None:
    found = read(security_reply("Package x does not belong to 2000"))
    assert (found.kind, found.exception) == ("exception", "Package x does not belong to 2000")
    assert isinstance(found.imei, Unknown)


def test_an_exception_may_have_no_message() -> None:
    found = read("Result: Parcel(fffffffc ffffffff   '........')\n")
    assert found.exception == "exception -4 without a message"


@pytest.mark.parametrize("header", ["ffffff80", "ffffff81"])
def test_a_header_before_the_answer_is_no_exception(header: str) -> None:
    reply = f"Result: Parcel({header} 00000000 00000000   '............')\n"
    assert isinstance(read_iphonesubinfo(reply), Unreadable)


@given(st.text() | st.text().map(lambda body: f"Result: Parcel({body})"))
def test_total_on_any_text(text: str) -> None:
    read_reply(text)
    read_iphonesubinfo(text)


@given(st.data())
def test_a_reply_that_is_cut_is_never_a_value(data: st.DataObject) -> None:
    reply = string_reply("860123450000012").rstrip("\n")
    cut = reply[: data.draw(st.integers(0, len(reply) - 1))]
    assert isinstance(read_reply(cut), Unreadable)
