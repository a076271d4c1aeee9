"""`python -m tests.bench [NAME ...] [OPTION ...]`, names of BENCHES: a line of JSON a figure.

Options are for a bench that is named alone and takes some. It ends with 1 when a figure is missed.
"""

from __future__ import annotations

import sys
from importlib import import_module

BENCHES = (
    *("engine", "memory", "start", "shell", "reading", "polling", "replug", "imaging"),
    "jig",
    "drift",
    "selftest",
    "station",
    "takt",
    "population",
    "presence",
    "operator",
    "shift",
)


def main(words: list[str]) -> int:
    first = next((n for n, word in enumerate(words) if word.startswith("-")), len(words))
    names, options = words[:first], words[first:]
    missed = 0
    for name in names or BENCHES:
        figures = import_module(f"tests.bench.{name}").figures
        for figure in figures(options) if options else figures():
            print(figure.line(), flush=True)
            missed += not figure.met
    return min(missed, 1)


if __name__ == "__main__":  # a process that is spawned imports it too
    sys.exit(main(sys.argv[1:]))
