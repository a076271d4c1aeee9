"""Makes a simulated jig of what a scenario says of it, and gives it a wire."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from harness.sim.jig.built import Dialect, SimJig
from harness.sim.jig.core import JigBehaviour
from harness.sim.jig.framed import FramedJigBehaviour
from harness.sim.jig.shield import RsBox, ShieldBox, TescomBox
from harness.sim.pty import PtyJig
from harness.sim.tcp import TcpInstrument

Jig = JigBehaviour | ShieldBox
"""What stands behind the wire of a jig."""

BOXES: Mapping[Dialect, type[ShieldBox]] = {"shield-tescom": TescomBox, "shield-rs": RsBox}
CORES: Mapping[Dialect, type[JigBehaviour]] = {
    "core": JigBehaviour,
    "core-framed": FramedJigBehaviour,
}


def commands_of(dialect: Dialect) -> Collection[str]:
    """What a jig of a dialect obeys, by the header of the command."""
    return (BOXES[dialect] if dialect in BOXES else CORES[dialect]).commands


def behaviour_of(jig: SimJig, seed: int = 0, met: set[str] | None = None) -> Jig:
    """What a jig does; its noise follows from seed and serial, `met` has what has struck."""
    own: dict[str, Any] = {
        "serial": jig.serial,
        "seed": f"{seed} {jig.serial}",
        "defects": jig.defects,
        "met": met,
        "build": jig.build,
    }
    if jig.dialect in BOXES:
        return BOXES[jig.dialect](None, **own)
    return CORES[jig.dialect](None, noise=jig.noise, **own)


def on_pty(jig: Jig, *, speed: float = 1.0) -> PtyJig:
    """A jig at the far end of a pty, which its cable leads to."""
    wire = PtyJig(jig, speed=speed, **_manner(jig))
    jig.cable.watch(wire.pull)
    return wire


def on_tcp(jig: Jig, *, speed: float = 1.0) -> TcpInstrument:
    """A jig behind a TCP port of this PC, as behind a serial device server."""
    wire = TcpInstrument(jig, speed=speed, **_manner(jig))
    jig.cable.watch(wire.pull)
    return wire


def _manner(jig: Jig) -> dict[str, Any]:
    watch = jig.watchdog if isinstance(jig, JigBehaviour) else None
    return {"end": jig.end, "reply_end": jig.end, "attentive": jig.attentive, "watch": watch}
