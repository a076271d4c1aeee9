"""What `getprop` says (toybox getprop.c; values may span lines and hold brackets).

Lists of a value for each SIM slot, and their escapes: TelephonyProperties.sysprop of AOSP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from harness.devices.android.fields import Fields, gather, integer, no_dump, text, whole_lines
from harness.devices.android.platform import platform_of
from harness.model.reading import Reading, Unknown, Unreadable

_ENTRY = re.compile(r"\[(?P<key>[^\]\[\s]+)\]: \[(?P<value>.*)")
_COMMA = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\(.)")
_OF_EACH_SLOT = frozenset(
    f"gsm.{name}"
    for name in (
        "current.phone-type",
        "network.type",
        "operator.alpha",
        "operator.iso-country",
        "operator.isroaming",
        "operator.numeric",
        "sim.operator.alpha",
        "sim.operator.iso-country",
        "sim.operator.numeric",
        "sim.state",
        "version.baseband",
    )
)
SDK = "ro.build.version.sdk"
_SDKS = (1, 999)
_MARKET_NAMES = (
    "ro.vendor.oplus.market.name",
    "ro.oppo.market.name",
    "ro.product.marketname",  # Xiaomi
    "ro.config.marketing_name",  # Huawei, Honor
    "ro.vivo.market.name",
)
_OPLUS_VERSIONS = ("ro.build.version.oplusrom", "ro.build.version.opporom")
_NO_NETWORK = ("", "Unknown", "UNKNOWN", "IWLAN")  # IWLAN: calls over Wi-Fi
_SIM_READY = ("READY", "LOADED")

Slots = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Properties:
    """All properties, and what follows from some of them.

    `count` is how many the text holds: a list that is cut between two lines looks whole.
    `attached`: a slot has a SIM, an operator and a network, as far as properties tell (telephony
    proves it); a network without a SIM is camping for emergency calls, an operator of zeros none.
    """

    count: int
    sdk: Reading[int]
    platform: Reading[str]
    model: Reading[str]
    market_name: Reading[str]
    oplusrom: Reading[str]
    attached: Reading[bool]
    properties: Fields

    def slots(self, name: str) -> Reading[Slots]:
        """A property with a value for each SIM slot; a slot that has none is empty."""
        value = self.properties.get(name, Unknown(f"no {name}"))
        return _slots(value) if isinstance(value, str) else value


def read_sdk(output: str) -> Reading[int]:
    """The version of Android's interfaces, of the value of `SDK`."""
    said = read_property(output)
    return integer({SDK: said}, SDK, *_SDKS)


def command(name: str) -> str:
    """The command that reads one property."""
    return f"getprop {name}"


def read_property(output: str) -> Reading[str]:
    """The value of one property; unknown when it is empty, as one that is not set reads."""
    value = output.replace("\r\n", "\n").removesuffix("\n")
    return value or Unknown("empty")


def read_slots(output: str) -> Reading[Slots]:
    """The value of one property that has one for each SIM slot; unknown when it is empty."""
    value = read_property(output)
    return _slots(value) if isinstance(value, str) else value


def read_getprop(output: str) -> Reading[Properties]:
    """All properties of a `getprop` without a name, and what follows from them."""
    found = read_properties(output)
    if isinstance(found, Unreadable | Unknown):
        return found
    return Properties(
        count=len(found),
        sdk=integer(found, SDK, *_SDKS),
        platform=platform_of(found),
        model=text(found, "ro.product.model"),
        market_name=_first(found, _MARKET_NAMES),
        oplusrom=_first(found, _OPLUS_VERSIONS),
        attached=_attached(found),
        properties=found,
    )


def flat(found: Properties) -> Mapping[str, object]:
    """Properties under their own names, those of each slot split; what follows from them too."""
    own = {
        name: found.slots(name) if name in _OF_EACH_SLOT else value
        for name, value in found.properties.items()
    }
    derived = ("count", "sdk", "platform", "model", "market_name", "oplusrom", "attached")
    return own | {name: getattr(found, name) for name in derived}


def read_properties(output: str) -> Reading[Fields]:
    """All properties of a `getprop` without a name; lines before the first are none.

    Unreadable are values with no end, and those that go on after a line that ends in `]`: it
    cannot be told whether that is a value of many lines or something printed in between.
    """
    lines, last = whole_lines(output)
    if last:
        lines.append(last)
    entries: list[tuple[str, list[str]]] = []
    for line in lines:
        if match := _ENTRY.fullmatch(line):
            entries.append((match["key"], [match["value"]]))
        elif entries:
            entries[-1][1].append(line)
    if not entries:
        return no_dump("no line is `[name]: [value]`", output)
    found = gather((key, _joined(value)) for key, value in entries if _ended(value))
    for key, value in entries:
        if not _ended(value):
            found[key] = Unreadable(f"{key} has no end, or other lines after it", _joined(value))
    if last:
        found[entries[-1][0]] = Unreadable("the answer ends in the middle of a line", last)
    return found


def _ended(value: list[str]) -> bool:
    """Whether the last line closes the value, and no line before does."""
    return next((at for at, line in enumerate(value) if line.endswith("]")), -1) == len(value) - 1


def _joined(value: list[str]) -> str:
    return "\n".join(value).removesuffix("]")


def _slots(value: str) -> Slots:
    return tuple(_ESCAPED.sub(r"\1", part) for part in _COMMA.split(value))


def _first(found: Fields, names: tuple[str, ...]) -> Reading[str]:
    """The first of these properties that is set."""
    values = (text(found, name) for name in names)
    return next((v for v in values if not isinstance(v, Unknown)), Unknown(f"no {names[0]}"))


def _attached(found: Fields) -> Reading[bool]:
    columns = []
    for name in ("gsm.sim.state", "gsm.operator.numeric", "gsm.network.type"):
        value = found.get(name, Unknown(f"no {name}"))
        if not isinstance(value, str):
            return value
        columns.append(_slots(value))
    return any(
        sim in _SIM_READY and operator.strip("0") and network not in _NO_NETWORK
        for sim, operator, network in zip_longest(*columns, fillvalue="")
    )
