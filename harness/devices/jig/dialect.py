"""How one make of jig spells the jig language: plain values that a file can fill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

from harness.devices.jig.flaws import DialectError, flaws_of
from harness.devices.jig.vocabulary import ABILITIES
from harness.devices.scpi.language import Answers, Language
from harness.devices.scpi.replies import read_identity
from harness.devices.scpi.verb import Verb
from harness.model.jig_ports import JigIdentity
from harness.model.pattern import fitting


@dataclass(frozen=True, slots=True)
class Agreement:
    """When two readings of one value agree: they differ by `absolute` + `relative` of it."""

    relative: float
    absolute: float

    def holds(self, first: float, second: float) -> bool:
        """Whether the two agree; `absolute` is in their unit."""
        allowed = self.absolute + self.relative * max(abs(first), abs(second))
        return abs(first - second) <= allowed


@dataclass(frozen=True, slots=True)
class Scale:
    """From a jig's own number to the value in its unit: times `gain`, plus `offset`."""

    gain: float = 1.0
    offset: float = 0.0

    def value(self, number: float) -> float:
        return number * self.gain + self.offset

    def number(self, value: float) -> float:
        return (value - self.offset) / self.gain


AS_IT_IS = Scale()


@dataclass(frozen=True, slots=True)
class Dialect:
    """A jig's spelling, its channels and its times.

    `electrical` are the verbs that drive it safe at once. Its mechanics are at rest when they are
    open: that moves something, so a person is asked before. `heartbeat_s` is how often it must hear
    of the host [s]; it drops power by itself when it does not.

    Raises: DialectError with all that is wrong with it.
    """

    name: str
    verbs: Mapping[str, Verb]
    channels: Mapping[str, int] = field(default_factory=dict)
    terminator: str = "\n"
    baud: int = 115200
    readings: Agreement = field(default_factory=lambda: Agreement(relative=0.01, absolute=0.003))
    answers: Answers | None = None
    unsolicited: re.Pattern[str] | None = None
    identity: re.Pattern[str] | None = None
    """The form of its identity, with groups such as `serial`; else that of `*IDN?`."""
    scales: Mapping[str, Scale] = field(default_factory=dict)
    """By the verb that reads a value: `voltage_set` is for what is set, too."""
    corrections: Mapping[str, Mapping[str, Scale]] = field(default_factory=dict)
    """By channel and verb: what its calibration found, on top of the scale."""
    electrical: tuple[str, ...] = ("safe",)
    heartbeat_s: float | None = None

    def __post_init__(self) -> None:
        if flaws := tuple(flaws_of(self)):
            raise DialectError(self.name, flaws)

    @property
    def powers(self) -> bool:
        """Whether it can put voltage on a contact."""
        return not self.verbs.keys().isdisjoint({"output_on", "connect"})

    def can(self, ability: str) -> bool:
        """Whether it has the verbs of an ability."""
        return ABILITIES[ability] <= self.verbs.keys()

    def language(self) -> Language:
        """What the conversation goes by."""
        return Language(self.verbs, self.answers, self.unsolicited, self._read_identity)

    def scale(self, verb: str, channel: str | None = None) -> tuple[Scale, Scale]:
        """Of what a verb reads: the jig's own, then the channel's correction."""
        own = self.corrections.get(channel or "", {})
        return self.scales.get(verb, AS_IT_IS), own.get(verb, AS_IT_IS)

    def _read_identity(self, text: str) -> JigIdentity:
        if self.identity is None:
            return read_identity(text)
        match = fitting(self.identity, text)
        if not match:
            raise ValueError(f"the form {self.identity.pattern}")
        said = match.groupdict()
        return JigIdentity(*(said.get(each.name) or "" for each in fields(JigIdentity)))


_MOTION_S = 5.0

CORE = Dialect(
    name="core",
    channels={"vbus": 1, "dcp": 2},
    verbs={
        "identify": Verb("*IDN?"),
        "clear": Verb("*CLS"),
        "errors": Verb("SYST:ERR?"),
        "interlock": Verb("INT:STAT?"),
        "break_interlock": Verb("DIAG:INT OPEN"),
        "restore_interlock": Verb("DIAG:INT CLOS"),
        "safe": Verb("SAFE"),
        "close": Verb("FIXT:CLOS", _MOTION_S, guarded=True),
        "open": Verb("FIXT:OPEN", _MOTION_S, guarded=True),
        "fixture": Verb("FIXT:STAT?"),
        "connect": Verb("ROUT:CLOS (@{channel})"),
        "disconnect": Verb("ROUT:OPEN (@{channel})"),
        "relay": Verb("ROUT:CLOS? (@{channel})"),
        "set_voltage": Verb("SOUR:VOLT {value}"),
        "voltage_set": Verb("SOUR:VOLT?"),
        "output_on": Verb("OUTP ON", guarded=True),
        "output_off": Verb("OUTP OFF"),
        "output": Verb("OUTP?"),
        "voltage": Verb("MEAS:VOLT? (@{channel})"),
        "current": Verb("MEAS:CURR? (@{channel})"),
        "resistance": Verb("MEAS:RES? (@{channel})"),
        "show": Verb("LIGH:FIEL {value}", _MOTION_S, guarded=True),
        "shown": Verb("LIGH:FIEL?"),
        "light": Verb("LIGH:LEV {value}"),
        "light_set": Verb("LIGH:LEV?"),
        "illuminance": Verb("LIGH:MEAS?"),
        "self_test": Verb("*TST?", 30.0),
        "echo": Verb("DIAG:ECHO? {value}"),
        "cycles": Verb("DIAG:CYCL?"),
        "calibrated": Verb("CAL:DATE?"),
        "calibration_due": Verb("CAL:DUE?"),
        "date": Verb("SYST:DATE?"),
        "time": Verb("SYST:TIME?"),
        "shield": Verb("SHIE:STAT?"),
    },
)
"""The core: a subset of IEEE 488.2 and SCPI-99 with a device tree for jigs."""

DIALECTS: Mapping[str, Dialect] = MappingProxyType({CORE.name: CORE})
"""Those that a jig file can begin with; it may also spell every verb itself."""
