"""Steps of the jig alone. While it moves, nothing else can be done with the handset."""

from __future__ import annotations

from harness.model.jig_ports import Jig
from harness.model.ports import Measure
from harness.steps.api import CLAIMS, Numeric, step


@step(claims=sorted(CLAIMS))
def close(jig: Jig) -> None:
    """Close the fixture on the handset.

    Raises: JigFault(JIG-STUCK) when it does not report that it is closed; JIG-INTERLOCK.
    """
    jig.close()


@step(claims=sorted(CLAIMS))
def open_(jig: Jig) -> None:
    """Open the fixture so that the handset can be taken out.

    Raises: JigFault(JIG-STUCK) when it does not report that it is open; JIG-INTERLOCK.
    """
    jig.open()


@step(measures=[Numeric("voltage", "V")])
def voltage(jig: Jig, measure: Measure, *, channel: str) -> None:
    """Voltage [V] that the jig's meter reads on a channel, such as `vbus`, as it stands.

    Raises: JigFault(JIG-TIMEOUT) when the meter is silent.
    """
    measure("voltage", jig.voltage_v(channel))
