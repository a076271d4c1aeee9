"""Joins a Wi-Fi network for a while, and leaves the handset with the networks that it had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.devices.android.wifi import WifiStatus
from harness.devices.android.wifi_networks import FIRST_TO_JOIN, LIST, forget, join, read_networks
from harness.errors import DutFault, HarnessError, PlanError, StationFault
from harness.steps.asking.answers import ask, known, obey, printed
from harness.steps.receiving.wifi import Wifi
from harness.steps.receiving.wifi_finding import Reference


@dataclass(frozen=True, slots=True)
class Network:
    """A network as the plan names it; without a passphrase where it is open."""

    reference: Reference
    security: str
    passphrase: str

    @property
    def ssid(self) -> str:
        """Its name."""
        return self.reference.ssid


@dataclass(frozen=True, slots=True)
class Joining:
    """Joins and leaves one network, `within_s` [s] at the most for either."""

    wifi: Wifi
    network: Network
    within_s: float

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

        Raises: DutFault(WIFI-NOT-JOINED); StationFault(WIFI-AP-AMBIGUOUS) when another access
        point of its name was joined; PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
        """
        network = self.network
        self.forget()
        obey(self.wifi.handset, join(network.ssid, network.security, network.passphrase))
        for _ in self.wifi.turns(self.within_s):
            status = self._status()
            if self._is_linked(status):
                return status
        raise self._not_linked(status)

    def forget(self) -> None:
        """Remove the network from what is saved; returns once it is no longer joined.

        Raises: PlanError(HANDSET-REFUSED) when it stays; PlanError(HANDSET-UNREADABLE).
        """
        for _ in self.wifi.turns(self.within_s):
            ids = self._saved()
            if not ids and self.joined_to() != self.network.ssid:
                return
            for network_id in ids:
                obey(self.wifi.handset, forget(network_id))
        words = f"{self.network.ssid!r} does not go from the networks of the handset"
        raise PlanError("HANDSET-REFUSED", words, evidence={"network_ids": ids})

    def leave(self, before: str | None) -> None:
        """Forget the network, and wait until that is joined again which was joined `before`.

        Raises: StationFault(WIFI-NOT-BACK) when it does not come back: this handset has just joined
        another, so its access point comes first; PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
        """
        if before == self.network.ssid:
            return
        self.forget()
        for _ in self.wifi.turns(self.within_s):
            if before is None or self.joined_to() == before:
                return
        words = f"{before!r} was joined before, and is not again in {self.within_s:g} s"
        evidence = {"before": before, "said": repr(self._status())}
        raise StationFault("WIFI-NOT-BACK", words, evidence=evidence)

    def _saved(self) -> list[int]:
        networks: Mapping[int, str] = known(
            LIST, read_networks(known(LIST, printed(ask(self.wifi.handset, LIST))))
        )
        return [number for number, ssid in networks.items() if ssid == self.network.ssid]

    def _status(self) -> WifiStatus:
        return known("the state of Wi-Fi", self.wifi.status())

    def _is_linked(self, status: WifiStatus) -> bool:
        measured = isinstance(status.rssi, int) and isinstance(status.link_speed_mbps, int)
        return measured and self._is_joined(status) and self.network.reference.has(status.bssid)

    def _is_joined(self, status: WifiStatus) -> bool:
        return status.connected is True and status.ssid == self.network.ssid

    def _not_linked(self, status: WifiStatus) -> HarnessError:
        known("whether Wi-Fi is connected", status.connected)
        evidence = {"said": repr(status)}
        if not self._is_joined(status):
            words = f"{self.network.ssid!r} is not joined in {self.within_s:g} s"
            return DutFault("WIFI-NOT-JOINED", words, evidence=evidence)
        if not self.network.reference.has(known("the BSSID of the link", status.bssid)):
            words = f"joined {status.bssid}, expected {self.network.reference}"
            return StationFault("WIFI-AP-AMBIGUOUS", words, evidence=evidence)
        words = f"joined {self.network.ssid!r}, but the link has no level or no speed"
        return PlanError("HANDSET-UNREADABLE", words, evidence=evidence)


def require_joining(sdk: int) -> None:
    """Raises: PlanError(HANDSET-REFUSED) where the shell cannot join a network."""
    if sdk < FIRST_TO_JOIN:
        words = f"before Android 11 no command joins a network; this is SDK {sdk}"
        remedy = "Leave `radio.wifi_link` out of the plan for models with less than Android 11."
        raise PlanError("HANDSET-REFUSED", words, evidence={"sdk": sdk}, remedy=remedy)
