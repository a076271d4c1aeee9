"""Traffic of a handset that surely went over its modem, counted by the modem's interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.devices.android import network, ping, stream
from harness.devices.android.network import Traffic
from harness.devices.android.ping import Ping
from harness.devices.android.stream import Stream
from harness.devices.android.telephony import CONNECTED, DATA_STATES
from harness.errors import DutFault, PlanError, StationFault
from harness.model.ports import Handset, ShellResult
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.asking.answers import SHELL_LIMIT_S, ask, known, printed
from harness.steps.cell.registration import Look

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


def mobile_path(look: Look, host: str, within_s: float) -> Path:
    """The way to a host once it leads over the modem, and over this SIM slot's own connection.

    For either it has `within_s` [s].

    Raises: DutFault(LTE-NO-DATA) when there is no way at all, or no connection of the slot;
    PlanError(LTE-OTHER-PATH) when it leads elsewhere, HANDSET-UNREADABLE.
    """
    path = _over_modem(look, host, within_s)
    _require_own(look, path.interface, within_s)
    return path


def _over_modem(look: Look, host: str, within_s: float) -> Path:
    for _ in look.turns(within_s):
        route = network.read_route(ask(look.handset, network.route_command(host)), host)
        if isinstance(route, str) and network.is_mobile(route):
            return Path(look.handset, host, route)
    if isinstance(route, Unknown):
        words = f"no way to {host} within {within_s:g} s: {route.said}"
        raise DutFault("LTE-NO-DATA", words, evidence={"host": host})
    other = known("the route", route)
    words = f"the way to {host} leads over {other}, which is no modem's interface"
    raise PlanError("LTE-OTHER-PATH", words, evidence={"host": host, "interface": other})


def _require_own(look: Look, interface: str, within_s: float) -> None:
    """Of two SIMs one has the data: what goes over the other one's says nothing of this one."""
    for _ in look.turns(within_s):
        states = {
            known("a Phone Id", phone.id): phone.data_connection_state
            for phone in look.registry().phones
        }
        connected = [number for number, state in states.items() if state == CONNECTED]
        if connected == [look.number]:
            return
    evidence = {"interface": interface, "connected": connected}
    if connected:
        slots = " and ".join(map(str, connected))
        words = f"SIM slot {look.number} is tested, and {interface} may be of another: slots with "
        raise PlanError("LTE-OTHER-PATH", f"{words}data: {slots}", evidence=evidence)
    state = DATA_STATES[known("its data connection", states[look.number])]
    words = f"there is a way over {interface}, and the data of SIM slot {look.number} is {state}"
    raise DutFault("LTE-NO-DATA", words, evidence=evidence)


def _of(interface: str, table: Mapping[str, Traffic]) -> Reading[Traffic]:
    return table.get(interface) or Unreadable(f"{interface} has no counters", str(list(table)))


def _refused(command: str, answer: ShellResult) -> PlanError:
    words = f"{command!r:.80} ended with {answer.code}: {answer.err.strip():.100}"
    evidence = {"sent": command, "code": answer.code, "err": answer.err}
    return PlanError("HANDSET-REFUSED", words, evidence=evidence)
