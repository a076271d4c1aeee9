"""How one make of call box spells what it is told and asked: plain values that a file can fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from harness.devices.scpi.verb import Verb

COMMANDS = frozenset({"cell_on", "cell_off", "detach"})
STATES: Mapping[str, tuple[str, ...]] = {
    "cell": ("on", "off", "pending"),
    "attached": ("yes", "no"),
}
"""What a box can be asked, and the meanings that its replies have."""
GAPS = frozenset({"plmn", "mcc", "mnc", "mnc_digits", "band", "earfcn", "level"})
"""What is set: a network as a whole or by its parts, a band, a channel, a level [dBm/15 kHz]."""
WHOLE = (
    {"plmn", "band", "earfcn", "level"},
    {"mcc", "mnc", "mnc_digits", "band", "earfcn", "level"},
)
"""What must be set, in one way or the other, for a cell to be the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is set: how it is sent, asked for, and replied; `{gap}` stands for it.

    `words` spells values that are no numbers to the box, such as 2 as TWO.
    """

    gap: str
    send: str
    ask: str
    reply: str
    words: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if gaps_of(self.send) != [self.gap] or gaps_of(self.reply) != [self.gap]:
            raise ValueError(f"no setting of {self.gap}: {self.send!r}, {self.reply!r}")

    def said(self, reply: str) -> str:
        """What a reply says that is set.

        Raises: ValueError when it has another form.
        """
        before, _, after = self.reply.partition("{" + self.gap + "}")
        inner = reply.removeprefix(before).removesuffix(after)
        if f"{before}{inner}{after}" != reply or not inner:
            raise ValueError(self.reply)
        return inner


@dataclass(frozen=True, slots=True)
class State:
    """What asks for a state, and which replies mean what."""

    ask: str
    replies: Mapping[str, str]

    def said(self, reply: str) -> str:
        """What a reply means.

        Raises: ValueError when it is none of those that are known.
        """
        try:
            return self.replies[reply]
        except KeyError:
            raise ValueError(" or ".join(self.replies)) from None


@dataclass(frozen=True, slots=True)
class CallBoxDialect:
    """A call box's spelling and its times; `settings` are sent in their order.

    It goes by IEEE 488.2 and SCPI-99 where all do: `*IDN?`, `*CLS`, `SYST:ERR?`.
    """

    name: str
    commands: Mapping[str, Verb]
    settings: tuple[Setting, ...]
    states: Mapping[str, State]
    lowest_dbm: float
    highest_dbm: float
    terminator: str = "\n"
    baud: int = 115200
    replies_within_s: float = 2.0

    def __post_init__(self) -> None:
        if self.commands.keys() != COMMANDS or self.states.keys() != STATES.keys():
            raise ValueError(f"dialect {self.name}: commands or states missing or unknown")
        if {setting.gap for setting in self.settings} not in WHOLE:
            raise ValueError(f"dialect {self.name}: what it sets makes no cell")

    @property
    def common(self) -> Mapping[str, Verb]:
        """What every instrument can say."""
        limit_s = self.replies_within_s
        return {
            "identify": Verb("*IDN?", limit_s),
            "clear": Verb("*CLS"),
            "errors": Verb("SYST:ERR?", limit_s),
        }


def gaps_of(text: str) -> list[str]:
    """The gaps of a text, in their order.

    Raises: ValueError for a brace that opens or closes none, and for a gap that says how it is
    to be written.
    """
    parts = list(Formatter().parse(text))
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise ValueError(text)
    return [gap for _, gap, _, _ in parts if gap is not None]


CORE = CallBoxDialect(
    name="core",
    commands={
        "cell_on": Verb("CELL:STAT ON", 10.0),
        "cell_off": Verb("CELL:STAT OFF", 10.0),
        "detach": Verb("CELL:DET", 10.0),
    },
    settings=(
        Setting("plmn", 'CELL:PLMN "{plmn}"', "CELL:PLMN?", '"{plmn}"'),
        Setting("band", "CELL:BAND {band}", "CELL:BAND?", "{band}"),
        Setting("earfcn", "CELL:CHAN {earfcn}", "CELL:CHAN?", "{earfcn}"),
        Setting("level", "CELL:LEV {level}", "CELL:LEV?", "{level}"),
    ),
    states={
        "cell": State("CELL:STAT?", {"ON": "on", "OFF": "off", "PEND": "pending"}),
        "attached": State("CELL:ATT?", {"1": "yes", "0": "no"}),
    },
    lowest_dbm=-120.0,
    highest_dbm=-20.0,
)
"""The core: our own language of a call box, in the manner of SCPI-99."""
