"""What a simulated jig of the core language does: state, time and a command in, replies out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from harness.clock import SystemClock
from harness.sim.answering import Planted, Reply
from harness.sim.jig.built import JigBuild
from harness.sim.jig.interlock import Interlock
from harness.sim.jig.light import LightBox
from harness.sim.jig.motion import Cable, Fixture
from harness.sim.jig.power import DCP, VBUS, Power
from harness.sim.jig.service import Service
from harness.sim.jig.watchdog import Watchdog
from harness.sim.scpi import COMMON, Commands, ScpiBehaviour
from harness.sim.unit import Defects, SimUnit


class JigBehaviour(ScpiBehaviour):
    """A jig with a fixture, relays, a supply, meters, a light box, and its planted defects.

    `noise` is the relative standard deviation of one reading; `utc`, or this PC's clock, is what
    its own clock and its calendar go by.
    """

    kind = "jig"
    model = "Core"
    framing = "NONE"

    def __init__(
        self,
        unit: SimUnit | None,
        *,
        serial: str = "SIMJIG01",
        noise: float = 0.0,
        seed: int | str = 0,
        defects: Defects | None = None,
        met: set[str] | None = None,
        build: JigBuild | None = None,
        utc: Callable[[], datetime] | None = None,
    ) -> None:
        super().__init__(Planted(self.kind, defects, met), serial=serial, seed=seed)
        self.build = build or JigBuild()
        self.planted.unit = unit
        self.watchdog = Watchdog(self._drop_power)
        self.interlock = Interlock(self.planted)
        self.power = Power(self.build, self.planted, self.interlock, self._metered)
        self.light_box = LightBox(self.build, self.planted, self._metered)
        self.service = Service(self.build, self.planted, utc or SystemClock().utc)
        self.cable = Cable(self.planted)
        self._fixture = Fixture(self.build, self.planted, self.cable)
        self._noise = noise
        self._now_s = 0.0
        self._data = True
        self._tell_data: Callable[[bool], None] = lambda _: None

    def insert(self, unit: SimUnit, seed: int | str) -> None:
        """Put another unit in; the meter's noise starts again from the seed.

        What a defect that went with the last unit has left behind is mended.
        """
        if last := self.planted.unit:
            last.vbus_v, last.dcp = 0.0, False
        self.planted.unit = unit
        self.interlock.mend()
        self._fixture.mend()
        self.light_box.mend()
        self.cable.mend()
        self._random.seed(seed)
        self._act_on_unit()

    def watch_data(self, tell: Callable[[bool], None]) -> None:
        """Have it told whenever the handset's data lines come to the PC, or leave it (False)."""
        self._tell_data = tell

    @property
    def safe(self) -> bool:
        """Whether no voltage is on any contact, nor comes there when the supply goes on."""
        return not self.power.output and not self.power.closed

    @property
    def output(self) -> bool:
        """Whether its supply is on."""
        return self.power.output

    @property
    def relays(self) -> set[int]:
        """The relays that it was told to close."""
        return self.power.relays

    def fixture(self, now_s: float) -> str:
        """OPEN, CLOSED, or MOVING until it has arrived."""
        return self._fixture.state(now_s)

    def _hear(self, line: str, now_s: float) -> Sequence[Reply]:
        self._now_s = now_s
        if self.interlock.strike(line):
            self._drop_power()
        replies = super()._hear(line, now_s)
        self._act_on_unit()
        return [] if self.cable.pulled() else replies

    def _act_on_unit(self) -> None:
        if unit := self.planted.unit:
            unit.vbus_v, unit.dcp = self.power.volts(VBUS), DCP in self.power.closed
            self.light_box.light(unit, self._now_s)
        data = DCP not in self.power.closed
        if self._data is not data:
            self._data = data
            self._tell_data(data)

    def _drop_power(self) -> None:
        self.power.drop()
        self._act_on_unit()

    def _metered(self, value: float) -> str:
        return f"{value * (1 + self._noise * self._random.gauss(0, 1)):.6f}"

    # Commands.

    def _identity(self, _argument: str, _now_s: float) -> str:
        wrong = self.planted.struck("wrong_identity", "*IDN?")
        return f"Example,{self.model},{'WRONGJIG' if wrong else self.serial},1.0"

    def _make_safe(self, _argument: str, _now_s: float) -> None:
        self.power.drop()
        self.power.set_v = 0.0
        self.interlock.release()
        self.watchdog.reset()

    def _close(self, _argument: str, now_s: float) -> None:
        self.interlock.require_closed()
        self._fixture.move("CLOSED", "FIXT:CLOS", now_s)

    def _open(self, _argument: str, now_s: float) -> None:
        self.interlock.require_closed()
        self._fixture.move("OPEN", "FIXT:OPEN", now_s)

    def _position(self, _argument: str, now_s: float) -> str:
        return self._fixture.state(now_s)

    def _shield(self, _argument: str, now_s: float) -> str:
        return self._fixture.shield(now_s)

    def _cycle_count(self, _argument: str, _now_s: float) -> str:
        return str(self._fixture.cycles)

    def _resistance(self, argument: str, now_s: float) -> str:
        return self.power.resistance(argument, pressed=self.fixture(now_s) == "CLOSED")

    def _show(self, argument: str, now_s: float) -> None:
        self.interlock.require_closed()
        self.cable.strike(f"LIGH:FIEL {argument}")
        self.light_box.show(argument, now_s)

    def _test_interlock(self, argument: str, now_s: float) -> None:
        self.interlock.test(argument, now_s)
        if self.interlock.open and not self.planted.has("interlock_dead"):
            self.power.output = False

    def _framing(self, _argument: str, _now_s: float) -> str:
        return self.framing

    def _beat(self, _argument: str, _now_s: float) -> str:
        if self.planted.struck("watchdog", "SYST:HEAR?"):
            self.watchdog.trip()
        return str(int(self.watchdog.beat()))


def _power(act: Callable[[Power, str, float], str | None]) -> Callable[..., str | None]:
    return lambda jig, argument, now_s: act(jig.power, argument, now_s)


def _light(act: Callable[[LightBox, str, float], str | None]) -> Callable[..., str | None]:
    return lambda jig, argument, now_s: act(jig.light_box, argument, now_s)


def _service(act: Callable[[Service, str, float], str | None]) -> Callable[..., str | None]:
    return lambda jig, argument, now_s: act(jig.service, argument, now_s)


COMMANDS: Commands = {
    **COMMON,
    "*RST": JigBehaviour._make_safe,
    "SAFE": JigBehaviour._make_safe,
    "INT:STAT?": lambda jig, argument, now_s: jig.interlock.state(argument, now_s),
    "DIAG:INT": JigBehaviour._test_interlock,
    "FIXT:CLOS": JigBehaviour._close,
    "FIXT:OPEN": JigBehaviour._open,
    "FIXT:STAT?": JigBehaviour._position,
    "SHIE:STAT?": JigBehaviour._shield,
    "ROUT:CLOS": _power(Power.connect),
    "ROUT:OPEN": _power(Power.disconnect),
    "ROUT:CLOS?": _power(Power.relay),
    "SOUR:VOLT": _power(Power.set_voltage),
    "SOUR:VOLT?": _power(Power.voltage_set),
    "OUTP": _power(Power.switch),
    "OUTP?": _power(Power.state),
    "MEAS:VOLT?": _power(Power.voltage),
    "MEAS:CURR?": _power(Power.current),
    "MEAS:RES?": JigBehaviour._resistance,
    "LIGH:FIEL": JigBehaviour._show,
    "LIGH:FIEL?": _light(LightBox.shown),
    "LIGH:LEV": _light(LightBox.set_level),
    "LIGH:LEV?": _light(LightBox.level),
    "LIGH:MEAS?": _light(LightBox.measured),
    "*TST?": _service(Service.own_test),
    "DIAG:ECHO?": _service(Service.echo),
    "DIAG:CYCL?": JigBehaviour._cycle_count,
    "CAL:DATE?": _service(Service.calibrated),
    "CAL:DUE?": _service(Service.calibration_due),
    "SYST:DATE?": _service(Service.date),
    "SYST:TIME?": _service(Service.time),
    "SYST:FRAM?": JigBehaviour._framing,
    "SYST:HEAR?": JigBehaviour._beat,
}
"""What it obeys, by the header of the command."""
JigBehaviour.commands = COMMANDS
