"""A peer that does not end its lines."""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Iterator

import pytest

from harness.devices.jig.jig import SerialJig
from harness.errors import JigFault
from tests.devices.jig.conftest import QUERY_S, QUICK
from tests.short import lease


class Dribbler:
    """Says who it is, and dribbles digits without an end when it is asked for anything else."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        dribbling = False
        while not self._stop.is_set():
            if select.select([self._master], [], [], QUERY_S / 20)[0]:
                heard = os.read(self._master, 4096)
                dribbling = b"MEAS" in heard
                if b"*IDN?" in heard:
                    os.write(self._master, b"\nACME,Dribbler,1,1\n")
            elif dribbling:
                os.write(self._master, b"7")

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)


@pytest.fixture
def dribbler() -> Iterator[Dribbler]:
    dribbler = Dribbler()
    yield dribbler
    dribbler.close()


def test_digits_without_an_end_are_no_number(dribbler: Dribbler) -> None:
    jig = SerialJig(dribbler.path, QUICK)
    with pytest.raises(JigFault) as caught:
        jig.under(lease()).voltage_v("vbus")
    assert caught.value.code == "JIG-GARBLED"
    assert "unfinished" in caught.value.message
    assert caught.value.evidence["received"].strip("7") == ""
    jig.shut()
