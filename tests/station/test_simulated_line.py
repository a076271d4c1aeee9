"""The lines of a simulated station, which its owner opens and shuts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from harness.model.jig_ports import Jig
from harness.model.ports import CallBox
from harness.sim.scenario import Scenario
from harness.wiring import open_line
from tests.short import lease


def test_every_line_that_was_opened_is_shut_at_the_end(tmp_path: Path) -> None:
    before = _open_lines()
    with open_line(tmp_path / "records.db", Scenario(), 3) as line:
        devices = [slot.bench.devices for slot in line.station.slots.values()]
        said = [each[port].under(lease()) for each in devices for port in (CallBox, Jig)]
        serials = {port.identify().serial for port in said if isinstance(port, CallBox | Jig)}
        opened = _open_lines() - before
    assert len(serials) == 6
    assert len(opened) >= 12  # of each line, the end of whoever is simulated too
    assert not opened & _open_lines()


def _open_lines() -> set[str]:
    """The sockets and ports that this process has open now."""
    found = set[str]()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # this folder itself
            found.add(f"{link.name} {link.readlink()}".removesuffix(" (deleted)"))
    return {each for each in found if "socket:" in each or "/dev/p" in each}
