"""A process that has a jig's power on in a run, says so, and does nothing more: for kill tests."""

from __future__ import annotations

import sys
import time

from harness.clock import Cancel
from harness.devices.jig.jig import SerialJig
from tests.devices.jig.wired import quick
from tests.short import lease


def main(path: str) -> None:
    jig = SerialJig(path, quick("core-framed"))
    jig.watch(Cancel())
    port = jig.under(lease())
    port.supply(5.0)
    port.connect("vbus")
    print("on", flush=True)
    time.sleep(600)


if __name__ == "__main__":
    main(sys.argv[1])
