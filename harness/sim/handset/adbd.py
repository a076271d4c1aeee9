"""Simulated handsets on loopback ports: one thread serves any number of them."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from functools import partial
from ipaddress import IPv4Address
from itertools import count
from typing import Any, Self, TypeVar

from harness.sim.handset.behaviour import HandsetBehaviour
from harness.sim.handset.link import Link
from harness.sim.handset.services import serve
from harness.sim.handset.wire import MAX_DATA, PublicKey
from harness.sim.unit import SimUnit

T = TypeVar("T")
_FIRST = IPv4Address("127.0.1.1")
"""Each handset has a loopback address of its own, from this one on."""
_PATIENCE_S = 30.0


class SimHandsets:
    """Handsets that an adb server can connect to. Thread safe; a context manager.

    `speed` divides their dwell times.
    """

    def __init__(self, *, speed: float = 1.0) -> None:
        self._speed = speed
        self._loop = asyncio.new_event_loop()
        self._handsets: dict[str, _Handset] = {}
        self._numbers = count()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="sim-handsets", daemon=True
        )
        self._thread.start()

    def add(self, unit: SimUnit, *, mode: str = "device") -> str:
        """Plug a handset in; returns its address `127.x.y.z:PORT`, by which adb knows it.

        `mode` is what it has booted: device, recovery, sideload, rescue or bootloader.
        """
        handset = _Handset(unit, str(_FIRST + next(self._numbers)), mode, self._speed)
        self._handsets[handset.address] = handset
        if "adb.absent" not in unit.defects:
            self._call(handset.plug())
        return handset.address

    def behaviour(self, address: str) -> HandsetBehaviour:
        """The behaviour of a handset, with its files."""
        return self._handsets[address].behaviour

    def unplug(self, address: str) -> None:
        """Cut its connections; nobody listens at its address until it is plugged in again."""
        self._call(self._handsets[address].unplug())

    def replug(self, address: str) -> None:
        self._call(self._handsets[address].plug())

    def stop(self) -> None:
        """Unplug all and end the thread; again does nothing."""
        if self._loop.is_closed():
            return
        for handset in self._handsets.values():
            self._call(handset.end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)


class _Handset:
    """One handset: its port (held while it is unplugged), its links and the keys it trusts.

    Its socket is never closed and bound again: a child that is being started (an adb server)
    holds a copy for a moment, and the port would be in use.
    """

    def __init__(self, unit: SimUnit, host: str, mode: str, speed: float) -> None:
        self.behaviour = HandsetBehaviour(unit, speed=speed)
        self._mode = mode
        self._keys: set[PublicKey] = set()
        self._held = _reserve(host)
        self.address = f"{host}:{self._held.getsockname()[1]}"
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}

    async def plug(self) -> None:
        if not self._server:
            self._server = await asyncio.start_server(
                self._accept, sock=self._held.dup(), limit=2 * MAX_DATA
            )

    async def end(self) -> None:
        await self.unplug()
        self._held.close()

    async def unplug(self) -> None:
        if self._server:
            self._server.close()
            self._held.shutdown(socket.SHUT_RDWR)  # listens no more, keeps its port
            self._server = None
        for writer in self._connections.values():
            writer.transport.abort()
        await asyncio.gather(*self._connections)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections[task] = writer
        try:
            await self._serve(reader, writer)
        finally:
            del self._connections[task]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        defects = self.behaviour.unit.defects
        if "adb.offline" in defects:
            await _swallow(reader, writer)
            return
        trusted = None if "adb.unauthorized" in defects else self._keys
        service = partial(serve, self.behaviour)
        await Link(reader, writer, self._banner(), service, trusted).serve()

    def _banner(self) -> str:
        name = self.behaviour.unit.profile
        return (
            f"{self._mode}::ro.product.name={name};ro.product.model={name};"
            f"ro.product.device={name};features=shell_v2,cmd"
        )


async def _swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take what comes and say nothing."""
    try:
        while await reader.read(MAX_DATA):
            pass
    except OSError:
        pass
    writer.close()


def _reserve(host: str) -> socket.socket:
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
