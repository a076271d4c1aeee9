"""A TCP port that stays a handset's own while nobody listens at it."""

from __future__ import annotations

import socket


def reserved(host: str) -> socket.socket:
    """A socket that holds a port and refuses connections as long as it does not listen.

    It is bound to a port by number, because a port that the kernel chose for a socket is given
    away when that socket stops listening.
    """
    with _socket() as probe:
        probe.bind((host, 0))
        held = _socket()
        held.bind(probe.getsockname())
    return held


def _socket() -> socket.socket:
    """A TCP socket. Its protocol is named: only then asyncio switches Nagle's delay off."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made
