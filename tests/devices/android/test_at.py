from __future__ import annotations

import time

import pytest

from harness.devices.android.at import Context, EpsRegistration, Modem, Quality, read_at
from harness.devices.android.at_session import exchanges
from harness.model.reading import Unknown, Unreadable

REGISTERED = '+CEREG: 2,1,"1A2B","01A2B3C4",7'


def answer(*lines: str, end: str = "OK", echo: str = "") -> str:
    """An answer as a modem sends it, with CR LF before and after each line."""
    return (f"{echo}\r" if echo else "") + "".join(f"\r\n{line}\r\n" for line in (*lines, end))


def read(*answers: str) -> Modem:
    found = read_at("".join(answers))
    assert isinstance(found, Modem), found
    return found


@pytest.mark.parametrize(
    ("printed", "dbm"), [("0,99", -113), ("24,99", -65), ("31, 99", -51), ("9,0", -95)]
)
def test_level_of_csq(printed: str, dbm: int) -> None:
    assert read(answer(f"+CSQ: {printed}")).csq_rssi_dbm == dbm


def test_csq_99_is_unknown_and_others_are_none() -> None:
    assert isinstance(read(answer("+CSQ: 99,99")).csq_rssi_dbm, Unknown)
    for printed in ("32,99", "-1,99", "(0-31,99),(0-7,99)", "24", "", "24,99,1", "2147483647,99"):
        assert isinstance(read(answer(f"+CSQ: {printed}")).csq_rssi_dbm, Unreadable), printed


def test_quality_of_cesq() -> None:
    assert read(answer("+CESQ: 99,99,255,255,20,57")).cesq == Quality(20, -10.0, 57, -84)
    with_nr = read(answer("+CESQ: 99,99,255,255,34,97,255,255,255")).cesq
    assert with_nr == Quality(34, -3.0, 97, -44)
    unknown = read(answer("+CESQ: 20,0,255,255,255,255")).cesq
    assert isinstance(unknown, Quality)
    assert isinstance(unknown.rsrp_dbm, Unknown)
    assert isinstance(unknown.rsrq_db, Unknown)
    wrong = read(answer("+CESQ: 99,99,255,255,35,98")).cesq
    assert isinstance(wrong, Quality)
    assert isinstance(wrong.rsrp_idx, Unreadable)
    assert isinstance(wrong.rsrq_idx, Unreadable)


def test_registered_and_attached_is_attached() -> None:
    found = read(answer(REGISTERED), answer("+CGATT: 1"))
    assert found.cereg == EpsRegistration(2, 1, "1A2B", "01A2B3C4", 7)
    assert found.lte_attached is True


@pytest.mark.parametrize(
    ("cereg", "cgatt"),
    [
        ('+CEREG: 2,2,"1A2B","01A2B3C4",7', "+CGATT: 1"),
        ("+CEREG: 0,0", "+CGATT: 1"),
        ("+CEREG: 0,3", "+CGATT: 1"),
        ("+CEREG: 0,8", "+CGATT: 1"),
        ('+CEREG: 2,1,"1A2B","01A2B3C4",0', "+CGATT: 1"),
        (REGISTERED, "+CGATT: 0"),
    ],
)
def test_one_clear_no_is_not_attached(cereg: str, cgatt: str) -> None:
    assert read(answer(cereg), answer(cgatt)).lte_attached is False


def test_what_is_not_told_is_not_attached_either() -> None:
    assert isinstance(read(answer(REGISTERED)).lte_attached, Unknown)
    assert isinstance(read(answer("+CGATT: 1")).lte_attached, Unknown)
    assert isinstance(read(answer("+CEREG: 0,1"), answer("+CGATT: 1")).lte_attached, Unknown)


@pytest.mark.parametrize(
    "unsolicited",
    ['+CEREG: 1,"0012","01A2B3C4",7', "+CEREG: 5", "+CEREG: 5,0012,01A2B3C4,7", "+CEREG: 1,0010"],
)
def test_an_unsolicited_line_is_no_answer(unsolicited: str) -> None:
    assert isinstance(read(answer(unsolicited)).cereg, Unreadable)
    found = read(answer(unsolicited, '+CEREG: 2,5,"1A2B","01A2B3C4",7')).cereg
    assert isinstance(found, EpsRegistration)
    assert found.stat == 5


def test_only_a_whole_answer_counts() -> None:
    whole = answer(REGISTERED)
    assert isinstance(read_at(whole.replace("OK\r\n", "OK")), Unreadable)
    assert isinstance(read(answer(REGISTERED, end="ERROR")).cereg, Unknown)


def test_an_error_is_no_value_and_says_which() -> None:
    found = read(answer(end="+CME ERROR: 10", echo="AT+CPIN?"), answer("+CSQ: 9,99")).cpin
    assert isinstance(found, Unknown)
    assert "+CME ERROR: 10" in found.said


def test_answers_that_differ_are_no_value() -> None:
    assert isinstance(read(answer("+CSQ: 9,99"), answer("+CSQ: 10,99")).csq_rssi_dbm, Unreadable)
    assert read(answer("+CSQ: 9,99"), answer("+CSQ: 9,99")).csq_rssi_dbm == -95


def test_what_another_command_answers_is_left_out() -> None:
    found = read(answer("+CPIN: SIM PIN", "+CSQ: 9,99", echo="AT+CSQ"))
    assert isinstance(found.cpin, Unknown)
    assert found.csq_rssi_dbm == -95


def test_what_comes_before_the_echo_is_unsolicited() -> None:
    late = "\r\n+CPIN: READY\r\n"
    assert read(late + answer("+CPIN: SIM PIN", echo="AT+CPIN?")).cpin == "SIM PIN"


def test_two_commands_in_one_line() -> None:
    found = read(answer("+CPIN: READY", "+CSQ: 9,99", echo="at+cpin?;+csq"))
    assert (found.cpin, found.csq_rssi_dbm) == ("READY", -95)


def test_identity_needs_the_echo() -> None:
    line = '+EGMR: "004999010002011"'
    found = read(answer(line, echo="AT+EGMR=0,7"), answer(line, echo="AT+EGMR=0, 10"))
    assert (found.imei1, found.imei2) == ("004999010002011", "004999010002011")
    assert isinstance(found.psn, Unknown)
    assert isinstance(read(answer(line)).imei1, Unreadable)


@pytest.mark.parametrize("printed", ['"00499901000201"', '"0049990100020111"', '"IMEI"'])
def test_what_is_no_imei_is_none(printed: str) -> None:
    found = read(answer(f"+EGMR: {printed}", echo="AT+EGMR=0,7"))
    assert isinstance(found.imei1, Unreadable)


def test_an_imei_that_was_never_written_is_unknown() -> None:
    assert isinstance(read(answer('+EGMR: ""', echo="AT+EGMR=0,7")).imei1, Unknown)
    assert isinstance(read(answer(end="ERROR", echo="AT+EGMR=0,7")).imei1, Unknown)


def test_operator() -> None:
    found = read(answer('+COPS: 0,0,"Net, of the plant",7')).cops
    assert not isinstance(found, Unknown | Unreadable)
    assert (found.mode, found.format, found.oper, found.act) == (0, 0, "Net, of the plant", 7)
    none = read(answer("+COPS: 2")).cops
    assert not isinstance(none, Unknown | Unreadable)
    assert isinstance(none.oper, Unknown)
    listed = answer('+COPS: (2,"A","B","00101",7),,(0-4),(0-2)', echo="AT+COPS=?")
    assert isinstance(read(listed).cops, Unknown)


@pytest.mark.parametrize("place", ["FFFE", "0000", "ffff"])
def test_no_location_is_unknown(place: str) -> None:
    found = read(answer(f'+CEREG: 2,2,"{place}","FFFFFFFF",7')).cereg
    assert isinstance(found, EpsRegistration)
    assert isinstance(found.tac, Unknown)
    assert isinstance(found.ci, Unknown)


def test_contexts() -> None:
    found = read(answer('+CGDCONT: 1,"IP","internet"', '+CGDCONT: 2,"IP",""'))
    assert found.pdp == (Context(1, "internet"), Context(2, Unknown("left out")))
    assert read(answer(echo="AT+CGDCONT?")).pdp == ()
    assert isinstance(read(answer()).pdp, Unknown)


def test_a_sim_that_is_locked_says_so() -> None:
    assert read(answer("+CPIN: SIM PIN")).cpin == "SIM PIN"
    assert isinstance(read(answer('+CPIN: "?"')).cpin, Unreadable)


@pytest.mark.parametrize(
    ("session", "imei"),
    [
        ("AT+CGSN\n860123450000012\n\nOK\n", "860123450000012"),
        ('AT+CGSN=1\n+CGSN: "860123450000012"\nOK\n', "860123450000012"),
        ("AT+CGSN\nRING\n+CREG: 1\n860123450000012\n^HCSQ: 1\nOK\n", "860123450000012"),
        ("AT+CGSN\n860123450000012\nOK\nAT+CGSN\n860123450000020\nOK\n", None),
        ("AT+CGSN\n86012345000001\nOK\n", None),
        ("860123450000012\nOK\n", None),
        ("AT+CIMI\n001010123456789\nOK\n", None),
        ("AT+CGSN\n+CME ERROR: 3\n", None),
    ],
)
def test_the_imei_of_the_port(session: str, imei: str | None) -> None:
    said = read_at(session)
    assert isinstance(said, Modem)
    assert said.cgsn == imei or (imei is None and not isinstance(said.cgsn, str))


def test_an_imei_of_zeros_is_not_written() -> None:
    zeros = "0" * 15
    found = read(
        answer(f'+EGMR: "{zeros}"', echo="AT+EGMR=0,7"),
        answer(f'+EGMR: "{zeros}"', echo="AT+EGMR=0,10"),
        answer(zeros, echo="AT+CGSN"),
    )
    for said in (found.imei1, found.imei2, found.cgsn):
        assert isinstance(said, Unknown)
        assert "not written" in said.said


@pytest.mark.parametrize("unit", ["OK\n", "x\n", "AT+CSQ\n+CSQ: 1,99\nOK\n", '+CGDCONT: 1,"a"\n'])
def test_a_long_session_is_read_in_little_time(unit: str) -> None:
    began = time.monotonic()
    assert isinstance(read_at(unit * (5_000_000 // len(unit)) + "OK\n"), Modem)
    assert time.monotonic() - began < 15


def test_a_call_that_ends_is_no_end_of_an_answer() -> None:
    session = 'AT+EGMR=0,7\nNO CARRIER\n+EGMR: "860123450000012"\nOK\n'
    modem = read_at(session + "AT+CGSN\nBUSY\n860123450000012\nOK\n")
    assert isinstance(modem, Modem)
    assert (modem.imei1, modem.cgsn) == ("860123450000012", "860123450000012")
    assert [one.result for one in exchanges("ATA\nNO CARRIER\n")] == ["NO CARRIER"]
