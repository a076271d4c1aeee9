"""What a step does on its way out does not hide why it went."""

from __future__ import annotations

import pytest

from harness.errors import DutFault, LinkFault, PlanError
from harness.steps.undoing.afterwards import afterwards

REFUSED = PlanError("HANDSET-REFUSED", "no")


def refuse() -> None:
    raise REFUSED.again()


def test_it_is_done_once_however_the_block_ends() -> None:
    done: list[str] = []
    with afterwards(lambda: done.append("well")):
        assert done == []
    with pytest.raises(LinkFault), afterwards(lambda: done.append("badly")):
        raise LinkFault("ADB-LOST", "gone")
    with pytest.raises(ZeroDivisionError), afterwards(lambda: done.append("bug")):
        assert 1 // 0
    assert done == ["well", "badly", "bug"]


def test_after_a_block_that_went_well_its_own_failure_counts() -> None:
    with pytest.raises(PlanError, match="HANDSET-REFUSED"), afterwards(refuse):
        pass


def test_the_first_failure_counts_and_names_the_second() -> None:
    with pytest.raises(DutFault) as caught, afterwards(refuse):
        raise DutFault("NFC-NOT-ON", "off", evidence={"sent": "svc nfc enable"})
    assert caught.value.code == "NFC-NOT-ON"
    assert caught.value.evidence == {"sent": "svc nfc enable", "afterwards": str(REFUSED)}


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(ZeroDivisionError), afterwards(refuse):
        assert 1 // 0


def test_a_bug_of_its_own_is_told() -> None:
    with pytest.raises(ZeroDivisionError), afterwards(lambda: 1 // 0):
        raise DutFault("NFC-NOT-ON", "off")
