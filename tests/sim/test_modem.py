"""The simulated modem: its identity is the one that the handset's own services tell."""

from __future__ import annotations

import pytest

from harness.devices.android.at import Modem, read_at
from harness.devices.android.iphonesubinfo import SubscriberInfo, read_iphonesubinfo
from harness.model.reading import Reading
from harness.sim.defects import DEFECTS
from harness.sim.handset import HandsetBehaviour
from harness.sim.modem import ModemBehaviour
from harness.sim.unit import Defects, SimUnit

PLANTED: list[Defects] = [{}, *({name: {}} for name in DEFECTS if name.startswith("imei."))]
PACKAGE = "s16 com.android.shell"


def said(modem: ModemBehaviour, command: str) -> str:
    return "".join(reply.text for reply in modem.answer(command, 0.0))


@pytest.mark.parametrize("defects", PLANTED, ids=str)
def test_the_modem_has_the_imeis_that_the_phone_service_tells(defects: Defects) -> None:
    handset = HandsetBehaviour(SimUnit("A57A000001", android=13, defects=defects))
    modem = ModemBehaviour(handset)
    commands = ("AT+EGMR=0,7", "AT+EGMR=0,10", "AT+CGSN")
    read = read_at("".join(said(modem, command) for command in commands))
    assert isinstance(read, Modem)
    told = [phone_service(handset, slot) for slot in (0, 1)]
    first, second = ([imei] if isinstance(imei, str) else [] for imei in told)
    assert [imei for imei in (read.imei1, read.imei2) if isinstance(imei, str)] == first + second
    assert [imei for imei in [read.cgsn] if isinstance(imei, str)] == first
    assert bool(first) is ("imei.not_written" not in defects)


def phone_service(handset: HandsetBehaviour, slot: int) -> Reading[str]:
    told = handset.run(f"service call iphonesubinfo 4 i32 {slot} {PACKAGE}", 0.0)
    read = read_iphonesubinfo(told.out.decode())
    assert isinstance(read, SubscriberInfo)
    return read.imei
