"""What steps may ask of devices and of the run: small protocols, no drivers.

Every call raises a HarnessError with a code when it cannot do what it says. A port works under
the lease of the step's attempt: its total deadline, its cancelling, and its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from harness.model.cell import Cell, PathLoss
from harness.model.identity import Unit
from harness.model.jig_ports import Jig, JigHealth, JigIdentity
from harness.model.reading import Reading
from harness.model.usb import UsbDevice, UsbMode
from harness.model.value import Value

if TYPE_CHECKING:  # 20 ms of every start that runs no plan
    from harness.model.record import Record


@dataclass(frozen=True, slots=True)
class ShellResult:
    """A command that ended on the handset, with its exit code."""

    code: int
    out: str
    err: str


@runtime_checkable
class Handset(Protocol):
    """An Android handset behind adb."""

    @property
    def serial(self) -> str:
        """The serial by which adb knows it (an address for a simulated one)."""
        ...

    def shell(self, command: str, *, timeout_s: float | None = None) -> ShellResult:
        """Run a command and wait for its end, `timeout_s` in total at the most.

        Raises: LinkFault with what had arrived until then as evidence.
        """
        ...

    def pull(self, path: str, *, timeout_s: float | None = None) -> bytes:
        """The whole content of a file on the handset.

        Raises: LinkFault(ADB-REFUSED) with the handset's reason.
        """
        ...

    def push(self, content: bytes, path: str, *, timeout_s: float | None = None) -> None:
        """Write a file on the handset.

        Raises: LinkFault(ADB-REFUSED) with the handset's reason.
        """
        ...

    def reboot(self, *, within_s: float) -> float:
        """Restart Android, and wait until it has booted; what that took [s].

        Raises: LinkFault(ADB-NO-REBOOT) when it does not go away, ADB-NO-BOOT when it does not
        come back ready; OperatorStop(UNIT-WRONG) when another handset comes back.
        """
        ...

    def restart_adb(self, *, root: bool, within_s: float) -> None:
        """Restart its adb daemon as root, or as the shell user again; waits until it is back.

        Raises: LinkFault(ADB-NO-ROOT) when the build does not allow it; OperatorStop(UNIT-WRONG).
        """
        ...


@runtime_checkable
class CallBox(Protocol):
    """A base-station simulator for LTE, as the slot sees it through its own cable."""

    def identify(self) -> JigIdentity:
        """Ask who it is."""
        ...

    def serve(self, cell: Cell) -> None:
        """Put a cell on the air in place of any other; returns when it says that it is on.

        Raises: InstrumentFault when it refuses, does not answer, or has set something else.
        """
        ...

    def serves(self, cell: Cell) -> bool:
        """Whether this slot has put this cell on the air in this run, and it stayed as it was.

        False once another slot has told the box anything, and for a cell that is off the air or
        reads back otherwise.
        """
        ...

    def stop(self) -> None:
        """Take the cell off the air."""
        ...

    def attached(self) -> bool:
        """Whether it has a handset attached to its cell."""
        ...

    def detach(self) -> None:
        """Have the network detach the handset; returns when it says that none is attached."""
        ...

    def path_loss(self, band: int) -> PathLoss:
        """What the slot's cable and coupler lose in a band.

        Raises: StationFault(PATH-LOSS-ABSENT, PATH-LOSS-STALE).
        """
        ...


@runtime_checkable
class Agent(Protocol):
    """The test app on the handset, for what the shell of a user build cannot do."""

    def run(self, test: str, settings: Mapping[str, str], *, within_s: float) -> Mapping[str, str]:
        """Run one of its tests to its end; the values that it gives, by name, as it spells them.

        Raises: PlanError(AGENT-MISSING) when the handset has no such app, AGENT-REFUSED when
        the app does not know the test; DutFault(AGENT-FAILED) when it says that the handset
        cannot; LinkFault.
        """
        ...


@runtime_checkable
class Usb(Protocol):
    """The USB socket of a slot."""

    @property
    def port(self) -> str:
        """Controller and hub port path, such as `pci-0000:00:14.0/1-4.2`."""
        ...

    def look(self) -> UsbDevice:
        """What is plugged in there now.

        Raises: LinkFault(USB-ABSENT) when nothing is; StationFault(USB-...).
        """
        ...

    def wait_for(self, *modes: UsbMode, within_s: float) -> UsbDevice:
        """The device, once it shows one of the modes.

        Raises: LinkFault(USB-ABSENT, USB-WRONG-MODE) with what was seen last.
        """
        ...

    def power(self, *, on: bool) -> None:
        """Switch the power of the port, where its hub can do that.

        Raises: StationFault(USB-NO-POWER-SWITCH, USB-OVERCURRENT).
        """
        ...


@runtime_checkable
class UnitRegistry(Protocol):
    """Which unit is announced for the slot, and which one the handset says it is."""

    @property
    def announced(self) -> Unit:
        """The unit as scanned or named at the start."""
        ...

    def identified(self, unit: Unit) -> None:
        """Record what the handset says it is.

        Raises: OperatorStop(UNIT-WRONG) when it is not the unit announced, UNIT-GOLDEN when it is
        one that never ships.
        """
        ...

    def claim(self, serial: str, imeis: Sequence[str], *, own: bool) -> None:
        """Hold the IMEIs of a unit against those of every other that this store knows.

        In production, and if the unit is to `own` them, they are its own from now on, all of
        them or none; other runs leave nothing behind.

        Raises: DutFault(IMEI-CLAIMED) when one is another unit's; StationFault(STORE-...).
        """
        ...


@runtime_checkable
class Measure(Protocol):
    """Records and judges a measurement that the step declares."""

    def __call__(self, name: str, value: Reading[Value]) -> None:
        """Record a number in the declared unit, a text, a flag, or why there is none.

        Raises: StepBug(MEAS-UNDECLARED | MEAS-TWICE).
        """
        ...


@runtime_checkable
class Attach(Protocol):
    """Keeps a file, such as a picture or a log, with the record."""

    def __call__(self, name: str, content: bytes) -> None:
        """Keep the content under this name; returns once it is on disk.

        Raises: StationFault(STORE-...) when it cannot be kept; StepBug(STEP-BUG) when the name
        is no file name.
        """
        ...

    def unless_passed(self, name: str, make: Callable[[], bytes]) -> None:
        """Keep what `make` gives if this attempt ends in anything but PASS; else it is not called.

        Where `make` raises, the outcome stays as it is: why stands in `NAME.not-made.txt`.

        Raises: StepBug(STEP-BUG) when the name is no file name.
        """
        ...


@runtime_checkable
class Wait(Protocol):
    """Waiting that wakes when the run is stopped."""

    def __call__(self, seconds: float) -> None:
        """Sleep [s].

        Raises: StepBug(STEP-TIMEOUT) when the step's time is over first.
        """
        ...


@runtime_checkable
class Prompt(Protocol):
    """Asks the operator what no device can say."""

    def ask(self, text: str, answers: Sequence[str], *, within_s: float) -> str:
        """What he chose of the answers, within so long [s], or the time of the step if less.

        Question and answer are on record. Of steps that run at once each may ask.

        Raises: StationFault(PROMPT-UNANSWERED) when he did not; StepBug(STEP-BUG) without a text,
        or other than 2 to 9 answers, each another word whatever its case.
        """
        ...


@runtime_checkable
class Stopwatch(Protocol):
    """How long the step's attempt has run."""

    def __call__(self) -> float:
        """Seconds since the attempt began; never goes back."""
        ...


@runtime_checkable
class WallClock(Protocol):
    """The clock of this station."""

    def __call__(self) -> datetime:
        """What it says now, in UTC."""
        ...


@runtime_checkable
class RunSoFar(Protocol):
    """What the run that a step belongs to has on record by now."""

    def record(self) -> Record:
        """The record as it stands; the step's own attempt has not ended in it."""
        ...

    def content(self, sha256: str) -> bytes:
        """A file that the record names.

        Raises: StationFault(STORE-...) when it is not there as it was kept.
        """
        ...


PORTS: tuple[type, ...] = (
    Handset,
    Jig,
    JigHealth,
    Usb,
    CallBox,
    Agent,
    UnitRegistry,
    Measure,
    Attach,
    RunSoFar,
    Prompt,
    Wait,
    Stopwatch,
    WallClock,
)
