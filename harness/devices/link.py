"""What a driver needs of a port that carries bytes."""

from __future__ import annotations

from typing import Protocol


class ByteLink(Protocol):
    """An open port. One thread uses it at a time, and that thread closes it."""

    name: str
    """How the station file calls the port; stands in messages."""

    def write(self, data: bytes) -> None:
        """Hand all of `data` to the port.

        Raises: LineFault(LOST) when the port has gone, TIMEOUT when it takes no bytes.
        """
        ...

    def read(self, timeout_s: float) -> bytes:
        """What has arrived, as soon as anything has; b"" after `timeout_s` or POLL_S without.

        Raises: LineFault(LOST) when the port has gone.
        """
        ...

    def close(self) -> None:
        """Give the port back; does not raise when it has gone already."""
        ...
