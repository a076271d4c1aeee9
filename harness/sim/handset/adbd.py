"""Simulated handsets on loopback ports: one thread serves any number of them."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from harness.sim.handset.behaviour import HandsetBehaviour
from harness.sim.handset.link import Link
from harness.sim.handset.services import serve
from harness.sim.handset.wire import MAX_DATA, PublicKey
from harness.sim.unit import SimUnit

T = TypeVar("T")
_HOST = "127.0.0.1"
_PATIENCE_S = 30.0


class SimHandsets:
    """Handsets that an adb server can connect to. Thread safe; a context manager."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._handsets: dict[str, _Handset] = {}
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="sim-handsets", daemon=True
        )
        self._thread.start()

    def add(self, unit: SimUnit, *, mode: str = "device") -> str:
        """Plug a handset in; returns its address `127.0.0.1:PORT`, by which adb knows it.

        `mode` is what it has booted: device, recovery, sideload, rescue or bootloader.
        """
        handset = _Handset(unit, mode)
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)


class _Handset:
    """One handset: its port (reserved while it is unplugged), its links and the keys it trusts."""

    def __init__(self, unit: SimUnit, mode: str) -> None:
        self.behaviour = HandsetBehaviour(unit)
        self._mode = mode
        self._keys: set[PublicKey] = set()
        self._reserved: socket.socket | None = _reserve(0)
        port: int = self._reserved.getsockname()[1]
        self._port = port
        self.address = f"{_HOST}:{port}"
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}

    async def plug(self) -> None:
        if self._reserved:
            self._server = await asyncio.start_server(
                self._accept, sock=self._reserved, limit=2 * MAX_DATA
            )
            self._reserved = None

    async def unplug(self) -> None:
        if self._server:
            await self._close()
            self._reserved = _reserve(self._port)

    async def end(self) -> None:
        await self._close()
        if self._reserved:
            self._reserved.close()

    async def _close(self) -> None:
        if self._server:
            self._server.close()
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


def _reserve(port: int) -> socket.socket:
    """A socket that holds a port and refuses connections as long as nobody listens on it.

    Its protocol is named, because asyncio switches Nagle's delay off only then.
    """
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((_HOST, port))
    return held
