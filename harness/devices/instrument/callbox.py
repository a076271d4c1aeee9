"""A call box over SCPI: one instrument, which the slots of a station may share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from harness.clock import Deadline, Lease
from harness.devices.instrument.dialect import CORE, CallBoxDialect, Setting
from harness.devices.link import ByteLink
from harness.devices.scpi.change import change
from harness.devices.scpi.exchange import ANYONE, Exchange, Expected
from harness.devices.scpi.language import Language
from harness.devices.scpi.replies import read_number
from harness.devices.scpi.wire import Wire
from harness.devices.serial import SerialLink
from harness.errors import InstrumentFault, PlanError
from harness.model.cell import Cell, PathLoss
from harness.model.jig_ports import JigIdentity

LEVEL_TOLERANCE_DB = 0.05
"""How far a box may round the level that it was told [dB]: half of a step of 0.1 dB."""

MOST_BANDS, MOST_EARFCN = 256, 262143
"""The highest band and channel that the signalling can name (3GPP TS 36.331, clause 6.4)."""

_PLMN = re.compile(r"[0-9]{5,6}")

PathLosses = Callable[[int], PathLoss]
"""What is lost on a slot's own path in a band.

Raises: StationFault(PATH-LOSS-ABSENT, PATH-LOSS-STALE).
"""


class SharedCallBox:
    """The box and its line; opened when it is first used, and again after it was lost."""

    def __init__(
        self,
        url: str,
        dialect: CallBoxDialect = CORE,
        *,
        expected: Expected = ANYONE,
        open_link: Callable[[], ByteLink] | None = None,
    ) -> None:
        """`open_link` opens a line of another kind than a serial port, which `url` only names."""
        opening = open_link or (lambda: SerialLink(url, dialect.baud, InstrumentFault))
        self.dialect = dialect
        self.holder: CallBoxDevice | None = None
        """Who has put the cell on the air; None once anybody has told the box anything else."""
        self._wire = Wire(url, opening, dialect.terminator, InstrumentFault)
        self._expected = expected

    def exchange(self, lease: Lease) -> Exchange:
        return Exchange(self._wire, Language(self.dialect.common), lease, self._expected)

    def shut(self) -> None:
        """Close the line. Only its owner calls this, when no run is on."""
        self._wire.shut()


class CallBoxDevice:
    """The call box as one slot has it, through its own cable."""

    def __init__(self, box: SharedCallBox, losses: PathLosses) -> None:
        self.box = box
        self.losses = losses

    def for_run(self) -> CallBoxDevice:
        """Holds no cell: the one on the air was there for another handset."""
        return CallBoxDevice(self.box, self.losses)

    def under(self, lease: Lease) -> CallBoxPort:
        return CallBoxPort(self, self.box.exchange(lease))

    def make_safe(self, _deadline: Deadline) -> None:
        """Does nothing: the cell stays on the air.

        Its power, far less than a milliwatt, is safe for people and handsets, and the cell may be
        the one that another slot is using right now.
        """


class CallBoxPort:
    """A call box under one lease (model.ports.CallBox)."""

    def __init__(self, device: CallBoxDevice, exchange: Exchange) -> None:
        self._device = device
        self._box = device.box
        self._dialect = device.box.dialect
        self._exchange = exchange

    def identify(self) -> JigIdentity:
        return self._exchange.identify()

    def serve(self, cell: Cell) -> None:
        """The cell comes on the air afresh, so that nobody is attached to it from before.

        Every setting is sent once, and read back once the cell is on the air.

        Raises: PlanError(STEP-SETTING) for a cell that no box can have; InstrumentFault as the
        port says: INSTRUMENT-DIFFERS when it says that it has set something else.
        """
        spelt = _spelt(cell, self._dialect)
        self.stop()
        for setting in self._dialect.settings:
            value = _word(setting, spelt)
            # a garbled acknowledgement: what is read back decides
            self._exchange.command(setting.send.format(**{setting.gap: value}))
        self._change("cell_on", "cell", "on")
        for setting in self._dialect.settings:
            self._require(setting, _word(setting, spelt))
        self._box.holder = self._device

    def serves(self, cell: Cell) -> bool:
        spelt = _spelt(cell, self._dialect)
        return (
            self._box.holder is self._device
            and self._state("cell") == "on"
            and all(
                self._read_back(setting, _word(setting, spelt))[0]
                for setting in self._dialect.settings
            )
        )

    def stop(self) -> None:
        self._change("cell_off", "cell", "off")

    def attached(self) -> bool:
        return self._state("attached") == "yes"

    def detach(self) -> None:
        self._change("detach", "attached", "no")

    def path_loss(self, band: int) -> PathLoss:
        return self._device.losses(band)

    def _change(self, command: str, state: str, wanted: str) -> None:
        self._box.holder = None
        verb = self._dialect.commands[command]
        change(
            self._exchange,
            verb.text,
            verb.limit_s,
            lambda: self._state(state),
            lambda shown: shown == wanted,
        )

    def _state(self, name: str) -> str:
        """A state, asked until two answers agree: a changed digit would not show."""
        state, limit_s = self._dialect.states[name], self._dialect.replies_within_s
        before, now = (self._exchange.query(state.ask, limit_s, state.said) for _ in range(2))
        while now != before:
            before, now = now, self._exchange.query(state.ask, limit_s, state.said)
        return now

    def _require(self, setting: Setting, wanted: str) -> None:
        met, said = self._read_back(setting, wanted)
        if not met:
            raise InstrumentFault(
                "INSTRUMENT-DIFFERS",
                f"{setting.ask} says {said}, it was told {wanted}",
                evidence={"sent": setting.ask, "expected": wanted, "received": said},
            )

    def _read_back(self, setting: Setting, wanted: str) -> tuple[bool, str]:
        """Whether a setting is as wanted, and what the box says of it."""
        tolerance = LEVEL_TOLERANCE_DB if setting.gap == "level" else 0.0

        def holds(reply: str) -> tuple[bool, str]:
            said = setting.said(reply)
            if setting.words or setting.gap == "plmn":
                return said == wanted, said
            return abs(read_number(said) - float(wanted)) <= tolerance + 1e-9, said

        return self._exchange.query(setting.ask, self._dialect.replies_within_s, holds)


def _spelt(cell: Cell, dialect: CallBoxDialect) -> Mapping[str, str]:
    """What goes into the gaps; nothing is sent of a cell that has one wrong.

    Raises: PlanError(STEP-SETTING).
    """
    low, high = dialect.lowest_dbm, dialect.highest_dbm
    wrong = {
        f"PLMN {cell.plmn!r}: five or six digits": not _PLMN.fullmatch(cell.plmn),
        f"band {cell.band}: 1 to {MOST_BANDS}": not 1 <= cell.band <= MOST_BANDS,
        f"EARFCN {cell.earfcn}: 0 to {MOST_EARFCN}": not 0 <= cell.earfcn <= MOST_EARFCN,
        # so that NaN is outside, too
        f"level {cell.level_dbm} dBm: {low:g} to {high:g} dBm": not low <= cell.level_dbm <= high,
    }
    if told := [words for words, is_wrong in wrong.items() if is_wrong]:
        message = f"no cell for this call box: {'; '.join(told)}"
        raise PlanError("STEP-SETTING", message, evidence={"problems": told})
    mnc = cell.plmn[3:]
    return {
        "plmn": cell.plmn,
        "mcc": str(int(cell.plmn[:3])),
        "mnc": str(int(mnc)),
        "mnc_digits": str(len(mnc)),
        "band": str(cell.band),
        "earfcn": str(cell.earfcn),
        "level": f"{cell.level_dbm:.2f}",
    }


def _word(setting: Setting, spelt: Mapping[str, str]) -> str:
    value = spelt[setting.gap]
    return setting.words.get(value, value)
