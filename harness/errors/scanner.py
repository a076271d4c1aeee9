"""What scanners do."""

from __future__ import annotations

from harness.errors.base import Blame, Code, LineFault


class ScannerFault(LineFault):
    """The serial scanner is not there."""

    blame = Blame.STATION
    device = "scanner"
    codes = {
        "SCANNER-ABSENT": Code(
            "The serial port of the scanner cannot be opened.",
            "Plug the scanner in; check its port, and that it is set up as a serial one.",
        ),
        "SCANNER-LOST": Code(
            "The serial port of the scanner went away.",
            "Plug the scanner in again; scanning goes on by itself.",
        ),
    }
