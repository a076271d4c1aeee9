"""Traffic of a handset that surely went over its modem, counted by the modem's interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.devices.android import network, ping, stream
from harness.devices.android.network import Traffic
from harness.devices.android.ping import Ping
from harness.devices.android.stream import Stream
from harness.errors import DutFault, PlanError, StationFault
from harness.model.ports import Handset, ShellResult, Stopwatch, Wait
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.asking.answers import SHELL_LIMIT_S, ask, known, printed

LOOK_S = 0.2
INTERVAL_S = 0.2
"""The shortest time between pings for which nobody needs to be root."""
PATIENCE_S = 2
_NOT_FOUND = 127


@dataclass(frozen=True, slots=True)
class Path:
    """The way from a handset to a host, over one interface."""

    handset: Handset
    host: str
    interface: str

    def counters(self) -> Traffic:
        """What the interface has carried until now."""
        said = known(network.COUNTERS, printed(ask(self.handset, network.COUNTERS)))
        table = known(network.COUNTERS, network.read_traffic(said))
        return known(network.COUNTERS, _of(self.interface, table))

    def ping(self, count: int) -> Ping:
        """So many echoes, of which one came at least, and all over the interface.

        Raises: DutFault(LTE-NO-DATA); PlanError(LTE-OTHER-PATH, HANDSET-REFUSED,
        HANDSET-UNREADABLE).
        """
        before = self.counters()
        command = ping.command(self.host, count, INTERVAL_S, PATIENCE_S)
        limit_s = count * INTERVAL_S + PATIENCE_S + SHELL_LIMIT_S
        answer = self.handset.shell(command, timeout_s=limit_s)
        self._require_network(command, answer)
        if answer.code not in (0, 1):
            raise _refused(command, answer)
        made = known(command, ping.read_ping(answer.out))
        if not made.round_trips_ms:
            words = f"none of {count} pings to {self.host} came back over {self.interface}"
            raise DutFault("LTE-NO-DATA", words, evidence={"sent": command, "out": answer.out})
        carried = known(network.COUNTERS, stream.grown(before, self.counters()))
        self._require_carried(carried, made)
        return made

    def stream(self, port: int, for_s: int) -> Stream:
        """What comes in a time [s] from a server that sends without an end.

        Raises: DutFault(LTE-NO-DATA); StationFault(TRAFFIC-SERVER) when the server refuses or
        ends the stream; PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
        """
        command = stream.command(self.host, port, for_s)
        answer = self.handset.shell(command, timeout_s=for_s + SHELL_LIMIT_S)
        self._require_network(command, answer)
        made = known("the stream", stream.read_stream(answer.out, self.interface))
        if made.code == _NOT_FOUND:
            raise _refused(command, answer)
        if made.code != stream.KILLED:
            words = f"{self.host} port {port} sends no stream of {for_s} s: nc ended with "
            evidence = {"sent": command, "code": made.code, "err": answer.err}
            raise StationFault("TRAFFIC-SERVER", f"{words}{made.code}", evidence=evidence)
        return made

    def _require_network(self, command: str, answer: ShellResult) -> None:
        if "unreachable" in answer.err:
            words = f"{answer.err.strip():.100}, while {self.interface} should serve"
            raise DutFault("LTE-NO-DATA", words, evidence={"sent": command, "err": answer.err})

    def _require_carried(self, carried: Traffic, made: Ping) -> None:
        """That the pings went over the interface: it must have carried as many bytes."""
        sent, received = made.sent, len(made.round_trips_ms)
        if (
            carried.sent < sent * ping.PACKET_BYTES
            or carried.received < received * ping.PACKET_BYTES
        ):
            words = f"{self.interface} did not carry the pings: sent {carried.sent} bytes, received"
            evidence = {"pings": sent, "echoes": received}
            raise PlanError("LTE-OTHER-PATH", f"{words} {carried.received}", evidence=evidence)


def mobile_path(
    handset: Handset, host: str, within_s: float, wait: Wait, stopwatch: Stopwatch
) -> Path:
    """The way to a host once it leads over the modem, for which it has `within_s` [s].

    Raises: DutFault(LTE-NO-DATA) when there is no way at all; PlanError(LTE-OTHER-PATH) when it
    leads elsewhere, HANDSET-UNREADABLE.
    """
    until_s = stopwatch() + within_s
    while True:
        route = network.read_route(ask(handset, network.route_command(host)), host)
        if isinstance(route, str) and network.is_mobile(route):
            return Path(handset, host, route)
        if stopwatch() >= until_s:
            break
        wait(LOOK_S)
    if isinstance(route, Unknown):
        words = f"no way to {host} within {within_s:g} s: {route.said}"
        raise DutFault("LTE-NO-DATA", words, evidence={"host": host})
    other = known("the route", route)
    words = f"the way to {host} leads over {other}, which is no modem's interface"
    raise PlanError("LTE-OTHER-PATH", words, evidence={"host": host, "interface": other})


def _of(interface: str, table: Mapping[str, Traffic]) -> Reading[Traffic]:
    return table.get(interface) or Unreadable(f"{interface} has no counters", str(list(table)))


def _refused(command: str, answer: ShellResult) -> PlanError:
    words = f"{command!r:.80} ended with {answer.code}: {answer.err.strip():.100}"
    evidence = {"sent": command, "code": answer.code, "err": answer.err}
    return PlanError("HANDSET-REFUSED", words, evidence=evidence)
