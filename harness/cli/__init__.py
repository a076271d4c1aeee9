"""The command line. Commands are imported when they are called, so that `--help` is quick."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module

import click

import harness
from harness.errors import Blame, CommandRefused, HarnessError, StationFault, unexpected
from harness.ui.text import fault_lines

EXIT_USAGE = 2
EXIT_ERROR = 3
EXIT_ABORTED = 4
_TESTING = frozenset({"demo", "run", "selftest", "station"})
"""What tests units: no such command may be held up or ended by whoever reads its stderr."""
_NOTHING_TOUCHED = frozenset(
    {
        *("ADB-KEY", "STATION-FILE", "STATION-SIMULATED", "STATION-REAL"),
        *("STORE-ABSENT", "RECORD-UNKNOWN", "BADGE-FILE"),
        *("PATH-LOSS-ABSENT", "PATH-LOSS-STALE"),  # where no run is on
        "UNIT-GOLDEN",
        *CommandRefused.codes,
    }
)

COMMANDS = {
    "badge": "Make badges, sign in with them, unlock slots, begin engineering mode.",
    "codes": "Write a page with a station's codes, to print: slots, commands, check code, badges.",
    "demo": "Test a line of simulated handsets, some of them planted bad.",
    "doctor": "Say what is missing on this PC, with the remedy for each; 3 when something FAILs.",
    "handset": "Show everything that is understood of a handset, on one page.",
    "jig": "List jigs, ask one anything, bring them to rest.",
    "image": "Measure a saved picture with the code of the camera steps.",
    "operator": "Show the operator's screen of a station, which is started if it does not run.",
    "page": "Show stations on a page for browsers, to look at only.",
    "plan": "Check, show and compare plans, start new ones, judge old runs by them.",
    "ready": "Say of each slot what keeps it from runs that count, and what to do about it.",
    "recall": "Revoke the passes of a jig, a slot, a plan or a time window.",
    "records": "Read and verify the record store; nothing here writes.",
    "release": "Make, sign, install and show releases: what production may run.",
    "replay": "Play a stored run, named by its id or its beginning, on the operator's screen.",
    "rework": "Enter that a unit was reworked: it may be tested again.",
    "run": "Run one test plan on one unit.",
    "selftest": "Test the jigs of a station, side by side, and say which are open to production.",
    "sim": "Run planted defects on a simulated line, or a simulated handset or jig by itself.",
    "station": "Run a station: test each unit that comes into one of its slots.",
    "steps": "List the steps, or say what one needs, takes and measures.",
    "trace": "Show every run of a unit, named by serial, IMEI, or a run's id or its beginning.",
    "usb": "List what is plugged into USB: socket, mode, ids, speed, serial, product.",
}
"""Each command, in the module of its name, with the first line of its help."""


class _Lazy(click.Group):
    """A group that imports a command when it is called, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"harness.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(harness.__version__, prog_name="harness")
def cli() -> None:
    """End-of-line test harness for smartphones.

    Exit codes of what tests units: 0 every unit PASS, 1 a unit FAILed, 2 wrong usage, plan or
    configuration (nothing was touched), 3 ERROR (we do not know), 4 ABORTED.

    Example: harness run testplans/skeleton.yaml
    """


def main() -> None:
    """Run the command line and leave at once: a wedged thread must not keep the process."""
    code = _run_aside() if _TESTING.intersection(sys.argv[1:2]) else _run()
    try:
        sys.stdout.flush()
    except (OSError, AttributeError):  # closed, full, or never there: what was asked for is lost
        code = code or EXIT_ERROR
    with suppress(OSError, AttributeError):
        sys.stderr.flush()
    os._exit(code)


def _run_aside() -> int:
    from harness.cli.aside import aside

    with aside():
        return _run()


def _run() -> int:
    try:
        # not `cli()`: on a broken pipe that leaves with 1, which says FAIL
        with cli.make_context("harness", sys.argv[1:]) as context:
            cli.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return EXIT_ABORTED
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else EXIT_USAGE
    except HarnessError as error:
        return show_error(error)
    except BrokenPipeError:  # nobody reads any more
        return EXIT_ERROR
    except OSError as error:
        words = f"{type(error).__name__}: {error}"
        return show_error(StationFault("OUTPUT-LOST", words, evidence=unexpected(error)))
    except Exception as error:  # noqa: BLE001 else Python ends with 1, which says FAIL
        evidence = unexpected(error)
        _say(evidence["traceback"])
        return show_error(StationFault("ENGINE-BUG", evidence["error"]))
    return 0


def _say(text: str) -> None:
    with suppress(OSError):  # a terminal that is gone does not change how the run ended
        click.echo(text, err=True)


def show_error(error: HarnessError) -> int:
    """Print a fault in full on stderr; its exit code."""
    _say("\n".join(fault_lines(error)))
    if error.blame is Blame.PLAN or error.code in _NOTHING_TOUCHED:
        return EXIT_USAGE
    return EXIT_ERROR
