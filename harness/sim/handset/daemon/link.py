"""One connection of an adb server to a simulated handset: CNXN, AUTH, and streams over it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

from harness.sim.handset.daemon import wire
from harness.sim.handset.daemon.wire import Message, PublicKey

Service = Callable[["Stream", str], Awaitable[None]]
"""Serves an opened stream. Returns once all is said; raises Unserved for an unknown name."""


class Gone(Exception):
    """The connection or the stream is closed."""


class Unserved(Exception):
    """The handset has no such service."""


class Stream:
    """One service, with the flow control of adb: one message at a time waits for its OKAY."""

    def __init__(self, link: Link, local: int, remote: int) -> None:
        self._link = link
        self._local = local
        self._remote = remote
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._buffer = bytearray()
        self._clear = asyncio.Event()
        self._closed = False

    async def accept(self) -> None:
        await self._link.send(Message(b"OKAY", self._local, self._remote))
        self._clear.set()

    async def write(self, data: bytes) -> None:
        for start in range(0, len(data), self._link.max_data):
            await self._clear.wait()
            if self._closed:
                raise Gone
            self._clear.clear()
            chunk = data[start : start + self._link.max_data]
            await self._link.send(Message(b"WRTE", self._local, self._remote, chunk))

    async def exact(self, size: int) -> bytes:
        while len(self._buffer) < size:
            data = await self._inbox.get()
            if data is None:
                raise Gone
            await self._link.send(Message(b"OKAY", self._local, self._remote))
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    async def delivered(self) -> None:
        """Wait until all that was written has been taken."""
        await self._clear.wait()

    async def finish(self) -> None:
        """Close once the last message has been taken."""
        await self._clear.wait()
        if not self._closed:
            await self._link.send(Message(b"CLSE", self._local, self._remote))

    async def refuse(self) -> None:
        await self._link.send(Message(b"CLSE", 0, self._remote))

    def cut(self) -> None:
        """Break the whole connection, as a pulled cable does."""
        self._link.cut()

    def arrived(self, data: bytes) -> None:
        self._inbox.put_nowait(data)

    def taken(self) -> None:
        self._clear.set()

    def closed(self) -> None:
        self._closed = True
        self._inbox.put_nowait(None)
        self._clear.set()


class LettingIn(NamedTuple):
    """How long a handset thinks about a key, and waits for a tap on Allow [s]; maybe for ever."""

    thinks_s: float
    tap_s: float


class Link:
    """A connection. `trusted` holds the keys that the handset accepts; it grows here."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        banner: str,
        service: Service,
        trusted: set[PublicKey],
        letting_in: LettingIn,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._banner = banner
        self._service = service
        self._trusted = trusted
        self._letting_in = letting_in
        self._streams: dict[int, Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opened = 0
        self.max_data = 0

    async def serve(self) -> None:
        """Serve until the connection ends."""
        try:
            await self._greet()
            while True:
                await self._handle(await self._receive())
        except (Gone, ValueError):
            pass
        finally:
            await self._end()

    async def send(self, message: Message) -> None:
        try:
            self._writer.write(message.pack())
            await self._writer.drain()
        except OSError as error:
            raise Gone from error

    def cut(self) -> None:
        self._writer.transport.abort()

    async def _receive(self) -> Message:
        try:
            header = await self._reader.readexactly(wire.HEADER.size)
            command, first, second, size = wire.unpack_header(header)
            return Message(command, first, second, await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Gone from error

    async def _greet(self) -> None:
        hello = await self._receive()
        if hello.command != b"CNXN" or hello.first < wire.VERSION:
            raise ValueError("the first message is no CNXN of a current adb")
        self.max_data = min(hello.second, wire.MAX_DATA)
        await self._authorize()
        await self.send(Message(b"CNXN", wire.VERSION, wire.MAX_DATA, self._banner.encode()))

    async def _authorize(self) -> None:
        """Ask for signatures of tokens until one is of a trusted key, or take a new key."""
        while True:
            token = os.urandom(wire.TOKEN_BYTES)
            await self.send(Message(b"AUTH", wire.AUTH_TOKEN, 0, token))
            _, kind, _, data = await self._receive()
            await self._pause(self._letting_in.thinks_s)
            if kind == wire.AUTH_PUBLIC_KEY:
                await self._pause(self._letting_in.tap_s)
                self._trusted.add(PublicKey.parse(data))
                return
            if any(key.signed(token, data) for key in self._trusted):
                return

    async def _pause(self, seconds: float) -> None:
        """Say nothing for a time, maybe for ever; the other end waits."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._receive(), seconds)
            raise Gone

    async def _handle(self, message: Message) -> None:
        if message.command == b"OPEN":
            self._open(message.first, message.data.rstrip(b"\0").decode())
        elif stream := self._streams.get(message.second):
            if message.command == b"WRTE":
                stream.arrived(message.data)
            elif message.command == b"OKAY":
                stream.taken()
            elif message.command == b"CLSE":
                self._streams.pop(message.second).closed()

    def _open(self, remote: int, name: str) -> None:
        self._opened += 1
        stream = Stream(self, self._opened, remote)
        self._streams[self._opened] = stream
        task = asyncio.create_task(self._serve_stream(stream, name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve_stream(self, stream: Stream, name: str) -> None:
        with suppress(Gone):
            try:
                await self._service(stream, name)
            except Unserved:
                await stream.refuse()
            else:
                await stream.finish()

    async def _end(self) -> None:
        for stream in self._streams.values():
            stream.closed()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
