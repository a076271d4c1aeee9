"""What a simulated jig does: state, time and a command in, replies out. No clock, no I/O.

Speaks the core jig language (IEEE 488.2 and SCPI-99 in ASCII lines), read from its command
table and not from the driver's.
"""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isinf

from harness.sim.unit import Defects, SimUnit

DWELL_S = 0.2
"""How long the fixture moves [s of the simulator's time]."""

CARRIAGE_S = 0.5
"""How long the carriage of the light box moves [s of the simulator's time]."""

CHANNELS = range(1, 5)
"""Its relays; the first carries VBUS."""

_DCP = 2
"""The relay that shorts the handset's data lines and takes them away from the PC."""

_NOISE_PER_BYTE = 0.3
_QUEUE = 16
_CHANNEL = re.compile(r"\(@([0-9]{1,3})\)")


@dataclass(frozen=True, slots=True)
class Reply:
    """A line to send `delay_s` of real time after the command; `text` is in Latin-1."""

    text: str
    delay_s: float = 0.0


class JigBehaviour:
    """A jig with a fixture, relays, a supply, a meter and a light box, and its planted defects.

    `noise` is the relative standard deviation of its meter. It has its own `defects` always, those
    that are planted in a unit while that unit stands in it. A defect strikes the commands that
    contain its `on`, or all; `jig.refuses` without `on` spares the common and SYST commands. What
    has struck is noted in `met`, and in its unit.
    """

    def __init__(
        self,
        unit: SimUnit | None,
        *,
        serial: str = "SIMJIG01",
        noise: float = 0.0,
        seed: int = 0,
        defects: Defects | None = None,
        met: set[str] | None = None,
    ) -> None:
        self.output = False
        self.set_v = 0.0
        self.relays: set[int] = set()
        self.heard: deque[str] = deque(maxlen=1000)
        """The last commands that it understood as such, in order."""
        self._unit = unit
        self._serial = serial
        self._noise = noise
        self._random = random.Random(seed)  # noqa: S311 (repeatable, not secret)
        self._own_defects = defects or {}
        self._met = set() if met is None else met
        self._errors: deque[str] = deque(maxlen=_QUEUE)
        self._fixture = "OPEN"
        self._arrives_s = 0.0
        self._interlock_open = False
        self._data = True
        self._tell_data: Callable[[bool], None] = lambda _: None
        self._field = self._carried = self._seen = "FLAT"
        self._field_arrives_s = 0.0
        self._light_pct = 100.0

    @property
    def _defects(self) -> Defects:
        return {**self._own_defects, **(self._unit.defects if self._unit else {})}

    def insert(self, unit: SimUnit, seed: int | str) -> None:
        """Put another unit in; the meter's noise starts again from the seed.

        What a defect that went with the last unit has left behind is mended.
        """
        if self._unit:
            self._unit.vbus_v, self._unit.dcp = 0.0, False
        self._unit = unit
        self._interlock_open = False
        if isinf(self._arrives_s):
            self._arrives_s = 0.0
        if isinf(self._field_arrives_s):
            self._field_arrives_s = 0.0
        self._field = self._carried
        self._random.seed(seed)
        self._power_unit()
        self._light_unit()

    def watch_data(self, tell: Callable[[bool], None]) -> None:
        """Have it told whenever the handset's data lines come to the PC, or leave it (False)."""
        self._tell_data = tell

    @property
    def safe(self) -> bool:
        """Whether no voltage is on any contact."""
        return not self.output and not self.relays

    def fixture(self, now_s: float) -> str:
        """OPEN, CLOSED, or MOVING until it has arrived."""
        return "MOVING" if now_s < self._arrives_s else self._fixture

    def answer(self, line: str, now_s: float) -> list[Reply]:
        """What it says to a line at a time [s of the simulator's time]."""
        line = line.strip()
        if not line:
            return []
        if self._struck("jig.interlock_open", line):
            self._interlock_open, self.output = True, False
        text = self._obey(line, now_s)
        self._power_unit()
        self._carry(now_s)
        self._light_unit()
        if text is None or self._struck("jig.silent", line):
            return []
        if self._struck("jig.noise", line):
            text = self._garble(text)
        late = self._struck("jig.late_reply", line)
        return [Reply(text, float(self._defects["jig.late_reply"].get("by_s", 1.5)) if late else 0)]

    def _obey(self, line: str, now_s: float) -> str | None:
        header, _, argument = line.partition(" ")
        command = COMMANDS.get(header.upper())
        if command is None:
            self._error(-113, "Undefined header")
            return None
        self.heard.append(line)
        if self._refuses(line):
            self._error(-221, "Settings conflict")
            return None
        try:
            return command(self, argument.strip(), now_s)
        except ValueError as error:
            self._error(-222, f"Data out of range;{error}")
            return None

    def _struck(self, defect: str, line: str) -> bool:
        settings = self._defects.get(defect)
        if settings is None or str(settings.get("on", "")).upper() not in line.upper():
            return False
        self._met.add(defect)
        if self._unit:
            self._unit.met.add(defect)
        return True

    def _refuses(self, line: str) -> bool:
        common = line.startswith("*") or line.upper().startswith("SYST")
        named = "on" in self._defects.get("jig.refuses", {})
        return (named or not common) and self._struck("jig.refuses", line)

    def _error(self, code: int, words: str) -> None:
        self._errors.append(f'{code},"{words}"')

    def _garble(self, text: str) -> str:
        """Flip one bit of some characters: of each with the probability `rate`."""
        hit = self._random.random
        rate = float(self._defects["jig.noise"].get("rate", _NOISE_PER_BYTE))
        return "".join(
            chr(ord(c) ^ 1 << self._random.randrange(8)) if hit() < rate else c for c in text
        )

    def _power_unit(self) -> None:
        shorted = _DCP in self.relays
        if self._unit:
            self._unit.vbus_v, self._unit.dcp = self._volts(1), shorted
        if self._data is shorted:
            self._data = not shorted
            self._tell_data(self._data)

    def _carry(self, now_s: float) -> None:
        """Bring what the carriage holds before the camera, once it has arrived."""
        if now_s >= self._field_arrives_s:
            self._seen = self._carried

    def _light_unit(self) -> None:
        if self._unit:
            self._unit.sees = {"FLAT": "flat", "CHAR": "chart"}[self._seen]
            self._unit.light_pct = self._light_pct

    def _volts(self, channel: int) -> float:
        return self.set_v if self.output and channel == 1 and 1 in self.relays else 0.0

    def _metered(self, value: float) -> str:
        return f"{value * (1 + self._noise * self._random.gauss(0, 1)):.6f}"

    # Commands.

    def _identity(self, _argument: str, _now_s: float) -> str:
        wrong = self._struck("jig.wrong_identity", "*IDN?")
        return f"Simulated,Jig,{'WRONGJIG' if wrong else self._serial},1.0"

    def _reset(self, _argument: str, _now_s: float) -> None:
        self.output, self.set_v = False, 0.0
        self.relays.clear()

    def _clear(self, _argument: str, _now_s: float) -> None:
        self._errors.clear()

    def _complete(self, _argument: str, _now_s: float) -> str:
        return "1"

    def _next_error(self, _argument: str, _now_s: float) -> str:
        return self._errors.popleft() if self._errors else '0,"No error"'

    def _interlock(self, _argument: str, _now_s: float) -> str:
        return "OPEN" if self._interlock_open else "CLOSED"

    def _close(self, _argument: str, now_s: float) -> None:
        self._move("CLOSED", "FIXT:CLOS", now_s)

    def _open(self, _argument: str, now_s: float) -> None:
        self._move("OPEN", "FIXT:OPEN", now_s)

    def _move(self, to: str, command: str, now_s: float) -> None:
        if self._interlock_open:
            self._error(-221, "Settings conflict;interlock open")
        elif self._struck("jig.stuck_fixture", command):
            self._arrives_s = float("inf")
        elif self._fixture != to:
            self._fixture, self._arrives_s = to, now_s + DWELL_S

    def _position(self, _argument: str, now_s: float) -> str:
        return self.fixture(now_s)

    def _connect(self, argument: str, _now_s: float) -> None:
        self.relays.add(_channel(argument))

    def _disconnect(self, argument: str, _now_s: float) -> None:
        self.relays.discard(_channel(argument))

    def _relay(self, argument: str, _now_s: float) -> str:
        return str(int(_channel(argument) in self.relays))

    def _set_voltage(self, argument: str, _now_s: float) -> None:
        voltage_v = float(argument)
        if not 0 <= voltage_v <= 20:
            raise ValueError("0 to 20 V")
        self.set_v = voltage_v

    def _voltage_set(self, _argument: str, _now_s: float) -> str:
        return f"{self.set_v:.4f}"

    def _switch_output(self, argument: str, _now_s: float) -> None:
        if argument not in ("ON", "OFF"):
            raise ValueError("ON or OFF")
        if argument == "ON" and self._interlock_open:
            self._error(-221, "Settings conflict;interlock open")
        else:
            self.output = argument == "ON"

    def _output_state(self, _argument: str, _now_s: float) -> str:
        return str(int(self.output))

    def _voltage(self, argument: str, _now_s: float) -> str:
        return self._metered(self._volts(_channel(argument)))

    def _current(self, argument: str, _now_s: float) -> str:
        drawn_a = self._unit.charge_current_a if self._unit and _channel(argument) == 1 else 0.0
        return self._metered(drawn_a)

    def _show(self, argument: str, now_s: float) -> None:
        if argument not in ("CHAR", "FLAT"):
            raise ValueError("CHAR or FLAT")
        if self._interlock_open:
            self._error(-221, "Settings conflict;interlock open")
        elif self._struck("jig.stuck_carriage", f"LIGH:FIEL {argument}"):
            self._field_arrives_s = inf
        elif self._field != argument:
            self._field, self._field_arrives_s = argument, now_s + CARRIAGE_S
            if not self._struck("jig.wrong_field", f"LIGH:FIEL {argument}"):
                self._carried = argument

    def _shown(self, _argument: str, now_s: float) -> str:
        return "MOV" if now_s < self._field_arrives_s else self._field

    def _set_light(self, argument: str, _now_s: float) -> None:
        level_pct = float(argument)
        if not 0 <= level_pct <= 100:
            raise ValueError("0 to 100 %")
        self._light_pct = level_pct

    def _light_set(self, _argument: str, _now_s: float) -> str:
        return f"{self._light_pct:.1f}"


def _channel(argument: str) -> int:
    match = _CHANNEL.fullmatch(argument)
    if not match or int(match[1]) not in CHANNELS:
        raise ValueError("(@1) to (@4)")
    return int(match[1])


COMMANDS: dict[str, Callable[[JigBehaviour, str, float], str | None]] = {
    "*IDN?": JigBehaviour._identity,
    "*RST": JigBehaviour._reset,
    "*CLS": JigBehaviour._clear,
    "*OPC?": JigBehaviour._complete,
    "SYST:ERR?": JigBehaviour._next_error,
    "INT:STAT?": JigBehaviour._interlock,
    "SAFE": JigBehaviour._reset,
    "FIXT:CLOS": JigBehaviour._close,
    "FIXT:OPEN": JigBehaviour._open,
    "FIXT:STAT?": JigBehaviour._position,
    "ROUT:CLOS": JigBehaviour._connect,
    "ROUT:OPEN": JigBehaviour._disconnect,
    "ROUT:CLOS?": JigBehaviour._relay,
    "SOUR:VOLT": JigBehaviour._set_voltage,
    "SOUR:VOLT?": JigBehaviour._voltage_set,
    "OUTP": JigBehaviour._switch_output,
    "OUTP?": JigBehaviour._output_state,
    "MEAS:VOLT?": JigBehaviour._voltage,
    "MEAS:CURR?": JigBehaviour._current,
    "LIGH:FIEL": JigBehaviour._show,
    "LIGH:FIEL?": JigBehaviour._shown,
    "LIGH:LEV": JigBehaviour._set_light,
    "LIGH:LEV?": JigBehaviour._light_set,
}
"""What it obeys, by the header of the command."""
