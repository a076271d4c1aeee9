"""Joins a Wi-Fi network for a while, and leaves the handset with the networks that it had."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.devices.android.wifi import WifiStatus
from harness.devices.android.wifi_networks import FIRST_TO_JOIN, LIST, forget, join, read_networks
from harness.errors import DutFault, PlanError, StationFault
from harness.model.ports import Handset, Stopwatch, Wait
from harness.steps.asking.answers import ask, known, obey, printed
from harness.steps.receiving.wifi_finding import LOOK_S, look


@dataclass(frozen=True, slots=True)
class Network:
    """A network as the plan names it; without a passphrase where it is open."""

    ssid: str
    security: str
    passphrase: str


@dataclass(frozen=True, slots=True)
class Joining:
    """Joins and leaves one network, `within_s` [s] at the most for either."""

    handset: Handset
    sdk: int
    network: Network
    within_s: float
    wait: Wait
    stopwatch: Stopwatch

    def joined_to(self) -> str | None:
        """The network that it is joined to now; None when to none.

        Raises: PlanError(HANDSET-UNREADABLE).
        """
        status = self._status()
        connected = known("whether Wi-Fi is connected", status.connected)
        return known("the network that is joined", status.ssid) if connected else None

    def join(self) -> WifiStatus:
        """The link to the network, made now, once it has a level and a speed.

        Whatever was saved under its name is forgotten before, and no longer joined, so that no
        link from before counts.

        Raises: DutFault(WIFI-NOT-JOINED); PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
        """
        network = self.network
        self.forget()
        obey(self.handset, join(network.ssid, network.security, network.passphrase))
        return self._await(_is_linked(network.ssid))

    def forget(self) -> None:
        """Remove the network from what is saved; returns once it is no longer joined.

        Raises: PlanError(HANDSET-REFUSED) when it stays; PlanError(HANDSET-UNREADABLE).
        """
        until_s = self.stopwatch() + self.within_s
        while (ids := self._saved()) or self.joined_to() == self.network.ssid:
            if self.stopwatch() >= until_s:
                words = f"{self.network.ssid!r} does not go from the networks of the handset"
                raise PlanError("HANDSET-REFUSED", words, evidence={"network_ids": ids})
            for network_id in ids:
                obey(self.handset, forget(network_id))
            self.wait(LOOK_S)

    def leave(self, before: str | None) -> None:
        """Forget the network, and wait until that is joined again which was joined `before`.

        Raises: StationFault(WIFI-NOT-BACK) when it does not come back: this handset has just joined
        another, so its access point comes first; PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
        """
        if before == self.network.ssid:
            return
        self.forget()
        until_s = self.stopwatch() + self.within_s
        while before is not None and self.joined_to() != before:
            if self.stopwatch() >= until_s:
                words = f"{before!r} was joined before, and is not again in {self.within_s:g} s"
                evidence = {"before": before, "said": repr(self._status())}
                raise StationFault("WIFI-NOT-BACK", words, evidence=evidence)
            self.wait(LOOK_S)

    def _saved(self) -> list[int]:
        networks: Mapping[int, str] = known(
            LIST, read_networks(known(LIST, printed(ask(self.handset, LIST))))
        )
        return [number for number, ssid in networks.items() if ssid == self.network.ssid]

    def _status(self) -> WifiStatus:
        return known("the state of Wi-Fi", look(self.handset, self.sdk))

    def _await(self, done: Callable[[WifiStatus], bool]) -> WifiStatus:
        until_s = self.stopwatch() + self.within_s
        while not done(status := self._status()):
            if self.stopwatch() >= until_s:
                raise self._not_joined(status)
            self.wait(LOOK_S)
        return status

    def _not_joined(self, status: WifiStatus) -> DutFault | PlanError:
        if known("whether Wi-Fi is connected", status.connected) and status.ssid == (
            self.network.ssid
        ):
            words = f"joined {self.network.ssid!r}, but the link has no level or no speed"
            return PlanError("HANDSET-UNREADABLE", words, evidence={"said": repr(status)})
        words = f"{self.network.ssid!r} is not joined in {self.within_s:g} s"
        return DutFault("WIFI-NOT-JOINED", words, evidence={"said": repr(status)})


def require_joining(sdk: int) -> None:
    """Raises: PlanError(HANDSET-REFUSED) where the shell cannot join a network."""
    if sdk < FIRST_TO_JOIN:
        words = f"before Android 11 no command joins a network; this is SDK {sdk}"
        remedy = "Leave `radio.wifi_link` out of the plan for models with less than Android 11."
        raise PlanError("HANDSET-REFUSED", words, evidence={"sdk": sdk}, remedy=remedy)


def _is_linked(ssid: str) -> Callable[[WifiStatus], bool]:
    def is_linked(status: WifiStatus) -> bool:
        measured = isinstance(status.rssi, int) and isinstance(status.link_speed_mbps, int)
        return status.connected is True and status.ssid == ssid and measured

    return is_linked
