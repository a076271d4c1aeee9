"""The faults of a conversation, in the words and the codes of its device."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from harness.devices.scpi.codec import Line
from harness.devices.scpi.wire import Wire
from harness.errors.base import LineFault
from harness.model.jig_ports import JigIdentity


class Teller:
    """Makes the faults of the device on a wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def silent(self, command: str, limit_s: float, started: float) -> LineFault:
        words = f"{command}: no reply in {limit_s:g} s"
        return self._of("TIMEOUT", words, command, started, received="", limit_s=limit_s)

    def late(self, line: Line, command: str, limit_s: float, started: float) -> LineFault:
        words = f"{command} was answered after {since(started):g} s, allowed are {limit_s:g} s"
        return self._of("LATE", words, command, started, received=line.text, limit_s=limit_s)

    def crossed(self, line: Line, command: str, started: float) -> LineFault:
        words = f"{command} was answered with the reply to an earlier one, its own came late"
        return self._of("LATE", words, command, started, received=line.text)

    def garbled(self, line: Line, command: str, expected: str, started: float) -> LineFault:
        words = f"{command} brought {line.text[:80]!r} ({line.damage or 'expected ' + expected})"
        raw = line.raw[:64].hex(" ")
        return self._of("GARBLED", words, command, started, received=line.text, received_hex=raw)

    def refused(self, command: str, errors: Sequence[object]) -> LineFault:
        words = [str(error) for error in errors]
        return self._wire.fault.of(
            "REFUSED",
            f"{self._wire.called} refused {command}: {words[0]}",
            evidence={"port": self._wire.name, "sent": command, "received": words},
        )

    def wrong(self, identity: JigIdentity, wanted: Mapping[str, str]) -> LineFault:
        said = {name: getattr(identity, name) for name in wanted}
        return self._wire.fault.of(
            "WRONG",
            f"{self._wire.called} says that it is of {_spelt(said)}, expected {_spelt(wanted)}",
            evidence={"port": self._wire.name, "expected": wanted, "received": said},
        )

    def two_identities(self, *identities: JigIdentity) -> LineFault:
        said = [f"{each.maker},{each.model},{each.serial}" for each in identities]
        message = f"{self._wire.called} gives two identities: {', then '.join(said)}"
        evidence = {"port": self._wire.name, "received": said}
        return self._wire.fault.of("GARBLED", message, evidence=evidence)

    def evidence(self, command: str, started: float, **more: Any) -> dict[str, Any]:
        strays = {"strays": self._wire.strays} if self._wire.strays else {}
        return {
            "port": self._wire.name,
            "sent": command,
            "after_s": since(started),
            **strays,
            **more,
        }

    def _of(self, kind: str, words: str, command: str, started: float, **more: Any) -> LineFault:
        evidence = self.evidence(command, started, **more)
        return self._wire.fault.of(kind, words, evidence=evidence)


def since(started: float) -> float:
    """Seconds since a time of the monotonic clock."""
    return round(time.monotonic() - started, 4)


def _spelt(identity: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {text}" for name, text in identity.items())
