"""Jigs for people: nothing that a jig says can paint, what stands against it is marked."""

from __future__ import annotations

from datetime import UTC, date, datetime

from harness.devices.jig.survey import Fact
from harness.errors import JigFault
from harness.model.jig_ports import JigIdentity
from harness.model.reading import Unknown, Unreadable
from harness.ui.jig import NOBODY, JigRow, jig_page, jig_table, row_json

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
WHO = JigIdentity("Acme", "Box", "J-1", "2.0")


def test_a_line_each_and_every_fault_with_its_remedy() -> None:
    fault = JigFault("JIG-TIMEOUT", "no reply", remedy="Switch it on.")
    rows = [
        JigRow("J-1", "/dev/ttyUSB0", WHO, "ready", slot=1),
        JigRow("J-2", "-", None, "JIG-TIMEOUT", slot=2, fault=fault),
    ]
    assert [line.plain for line in jig_table(rows)] == [
        "slot  port          maker  model  serial  firmware  state",
        "1     /dev/ttyUSB0  Acme   Box    J-1     2.0       ready",
        "2     -             -      -      J-2     -         JIG-TIMEOUT",
        "slot 2 (J-2): JIG-TIMEOUT: no reply",
        "  -> Switch it on.",
    ]
    assert row_json(rows[1])["fault"] == {
        "code": "JIG-TIMEOUT",
        "message": "no reply",
        "remedy": "Switch it on.",
    }


def test_a_fault_on_a_port_where_nobody_says_who_it_is_goes_by_the_port() -> None:
    fault = JigFault("JIG-TIMEOUT", "no reply", remedy="Switch it on.")
    lines = [*jig_table([JigRow(NOBODY, "/dev/ttyS0", None, "JIG-TIMEOUT", fault=fault)])]
    assert [line.plain for line in lines[2:]] == [
        "/dev/ttyS0: JIG-TIMEOUT: no reply",
        "  -> Switch it on.",
    ]


def test_what_a_jig_says_of_itself_cannot_paint() -> None:
    painting = JigIdentity("\x1b[2J", "PASS\n", "J-1", "\u202e")
    (_, line) = jig_table([JigRow("-", "p", painting, "ready")])
    assert r"\x1b[2J  PASS\n" in line.plain
    (head, *_) = jig_page({"jig": "\x1b[2J"}, [], NOW)
    assert "\x1b" not in head.plain


def test_what_stands_against_a_jig_is_marked() -> None:
    facts = [
        Fact("interlock", "OPEN"),
        Fact("fixture", "OPEN"),
        Fact("supply set to", 4.999999523, "V"),
        Fact("supply set to", 12345678.0, "V"),
        Fact("calibration due", date(2026, 11, 22)),
        Fact("calibration due", date(2026, 11, 23)),
        Fact("clock", datetime(2026, 11, 23, 11, 59, 58, tzinfo=UTC)),
        Fact("supply", Unknown("it says otherwise each time")),
        Fact("contact cycles", Unreadable("JIG-REFUSED: no")),
    ]
    lines = [*jig_page({}, facts, NOW)]
    assert [(line.plain[18:], bool(line.spans)) for line in lines] == [
        ("OPEN", True),
        ("OPEN", False),
        ("5 V", False),
        ("12345678 V", False),
        ("2026-11-22, which is over", True),
        ("2026-11-23", False),
        ("2026-11-23 11:59:58 UTC, 2 s behind this PC", False),
        ("unknown: it says otherwise each time", True),
        ("unreadable: JIG-REFUSED: no", True),
    ]
