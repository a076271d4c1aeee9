"""Steps that move the jig."""

from __future__ import annotations

from harness.model.ports import Jig
from harness.steps.api import step


@step()
def close(jig: Jig) -> None:
    """Close the fixture on the handset.

    Raises: JigFault(JIG-STUCK) when it does not report that it is closed; JIG-INTERLOCK.
    """
    jig.close()


@step()
def open_(jig: Jig) -> None:
    """Open the fixture so that the handset can be taken out.

    Raises: JigFault(JIG-STUCK) when it does not report that it is open; JIG-INTERLOCK.
    """
    jig.open()
