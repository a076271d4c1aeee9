"""One code, one meaning, one remedy."""

from __future__ import annotations

import re
from collections import Counter

import pytest

import harness.errors
from harness.errors import FAULTS, Blame, Code, HarnessError, JigFault, LinkFault, all_codes
from harness.errors.base import LineFault

CODES = list(all_codes())


def test_every_kind_of_fault_is_in_the_table() -> None:
    direct = set(HarnessError.__subclasses__())
    assert direct | set(LineFault.__subclasses__()) >= set(FAULTS)
    in_module = {
        kind
        for kind in vars(harness.errors).values()
        if isinstance(kind, type) and issubclass(kind, HarnessError) and kind is not HarnessError
    }
    assert in_module == set(FAULTS)
    assert {kind.blame for kind in FAULTS} == set(Blame)


def test_a_code_stands_in_one_class_only() -> None:
    counts = Counter(name for name, _, _ in CODES)
    assert [name for name, count in counts.items() if count > 1] == []
    assert len(CODES) == sum(len(kind.codes) for kind in FAULTS)


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, _, code in CODES])
def test_a_code_has_its_form_a_meaning_and_a_remedy_in_one_line_each(name: str, code: Code) -> None:
    assert re.fullmatch(r"[A-Z]+(-[A-Z]+)+", name)
    for line in (code.meaning, code.remedy):
        assert re.fullmatch(r"[A-Z`][^\n]{8,118}\.", line), line


def test_meanings_do_not_repeat() -> None:
    counts = Counter(code.meaning for _, _, code in CODES)
    assert [meaning for meaning, count in counts.items() if count > 1] == []


def test_an_error_says_its_code_and_carries_its_remedy() -> None:
    error = LinkFault("ADB-LOST", "usb:1-4 went away", evidence={"after_s": 1.5})
    assert str(error) == "ADB-LOST: usb:1-4 went away"
    assert error.remedy == LinkFault.codes["ADB-LOST"].remedy
    assert (error.blame, error.message) == (Blame.LINK, "usb:1-4 went away")
    assert error.evidence == {"after_s": 1.5}
    assert LinkFault("ADB-LOST", "gone").evidence == {}
    assert LinkFault("ADB-LOST", "gone", remedy="kick it").remedy == "kick it"


def test_a_code_belongs_to_its_class() -> None:
    for remedy in (None, "kick it"):
        with pytest.raises(KeyError, match="JIG-LOST"):
            LinkFault("JIG-LOST", "gone", remedy=remedy)


@pytest.mark.parametrize("kind", FAULTS)
def test_said_again_it_is_the_same(kind: type[HarnessError]) -> None:
    for name in kind.codes:
        error = kind(name, "words", evidence={"n": 1}, remedy="kick it")
        again = error.again()
        assert again is not error
        assert type(again) is kind
        assert (again.args, vars(again)) == (error.args, vars(error))


def test_evidence_is_a_copy() -> None:
    evidence = {"sent": "MEAS?"}
    error = JigFault("JIG-TIMEOUT", "silent", evidence=evidence)
    evidence["sent"] = "*IDN?"
    assert error.evidence == {"sent": "MEAS?"}
    error.again().evidence["sent"] = "*RST"
    assert error.evidence == {"sent": "MEAS?"}
