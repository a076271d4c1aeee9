"""Steps that move the jig: nothing else can be done with a handset that is on its way."""

from __future__ import annotations

from harness.model.ports import Jig
from harness.steps.api import CLAIMS, step


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
