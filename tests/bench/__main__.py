"""`python -m tests.bench [NAME ...]`, names of BENCHES: a line of JSON a figure.

It ends with 1 when a figure is missed.
"""

from __future__ import annotations

import sys
from importlib import import_module

BENCHES = ("engine", "memory", "start", "shell", "reading", "polling", "replug")


def main(names: list[str]) -> int:
    missed = 0
    for name in names or BENCHES:
        for figure in import_module(f"tests.bench.{name}").figures():
            print(figure.line(), flush=True)
            missed += not figure.met
    return min(missed, 1)


sys.exit(main(sys.argv[1:]))
