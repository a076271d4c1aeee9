"""Simulated handsets on loopback ports: one thread serves any number of them."""

from __future__ import annotations

import asyncio
import math
import socket
import threading
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from ipaddress import IPv4Address
from itertools import count
from typing import Any, Self, TypeVar

from harness.sim.handset.behaviour import HandsetBehaviour
from harness.sim.handset.daemon.faults import RESTARTS
from harness.sim.handset.daemon.link import LettingIn, Link
from harness.sim.handset.daemon.port import reserved
from harness.sim.handset.daemon.services import serve
from harness.sim.handset.daemon.wire import MAX_DATA, PublicKey
from harness.sim.handset.state.detached import Detached
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit

T = TypeVar("T")
Shows = Callable[[str | None], None]
"""Told of what a handset comes up as: one of MODES, WIPED, PRELOADER; None once it has gone."""
_FIRST = IPv4Address("127.0.1.1")
"""Each handset has a loopback address of its own, from this one on."""
_PATIENCE_S = 30.0
MODES = ("device", "recovery", "sideload", "rescue", "bootloader")
WIPED, PRELOADER = "wiped", "preloader"
"""What comes up after a wipe: Android as a buyer gets it, which has no adb; and before that, for a
moment, on handsets of MediaTek."""
OFF_S, BOOT_S, ADBD_S, RESET_S, WIPE_S = 5.0, 10.0, 1.0, 2.0, 8.0
PRELOADER_S, LATE_ADB_S = 2.0, 30.0
"""Dwell times: from a reboot to adbd, from there to the end of the boot, of a restart of adbd; from
the order to wipe to going down, and what the wipe takes before Android shows on USB again."""
_LEAST_RESET_S = 0.1


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

    def add(
        self,
        unit: SimUnit,
        *,
        mode: str = "",
        trusts: bytes | None = None,
        plugged: bool = True,
        shows: Shows = lambda _: None,
    ) -> str:
        """Plug a handset in; returns its address `127.x.y.z:PORT`, by which adb knows it.

        One that is not `plugged` waits for `replug`. `mode` is what it has booted, of MODES; else
        what is planted (`adb.recovery`). `trusts` is the one public key (a line of adb_keys) that
        it accepts; without, somebody taps Allow. `shows` is told whenever it comes and goes.
        """
        host = str(_FIRST + next(self._numbers))
        handset = _Handset(unit, host, mode, self._speed, trusts, shows)
        self._handsets[handset.address] = handset
        if plugged and "adb.absent" not in unit.defects:
            self._call(handset.plug())
        return handset.address

    def behaviour(self, address: str) -> HandsetBehaviour:
        """The behaviour of a handset, with its files."""
        return self._handsets[address].behaviour

    def opened(self, address: str) -> int:
        """How many services a handset was asked for."""
        return self._handsets[address].opened

    def swap(self, address: str, unit: SimUnit) -> None:
        """Take a handset off its cable, and put another one on."""
        self._call(self._handsets[address].swap(unit))

    def unplug(self, address: str) -> None:
        """Cut its connections; nobody listens at its address until it is plugged in again."""
        self._call(self._handsets[address].unplug())

    def replug(self, address: str) -> None:
        self._call(self._handsets[address].plug())

    def remove(self, address: str) -> None:
        """Take a handset away for good; its address may become another's."""
        self._call(self._handsets.pop(address).end())

    def stop(self) -> None:
        """Unplug all and end the thread; again does nothing."""
        if self._loop.is_closed():
            return
        for handset in self._handsets.values():
            self._call(handset.end())
        self._call(_all_ended())
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

    def __init__(
        self,
        unit: SimUnit,
        host: str,
        mode: str,
        speed: float,
        trusts: bytes | None,
        shows: Shows,
    ) -> None:
        self.behaviour = HandsetBehaviour(unit, speed=speed)
        self.opened = 0
        self._speed = speed
        self._mode = mode or _planted_mode(unit)
        self._struck: set[str] = set()
        self._trusts = trusts
        self._shows = shows
        self._keys: set[PublicKey] = {PublicKey.parse(trusts)} if trusts else set()
        self._held = reserved(host)
        self.address = f"{host}:{self._held.getsockname()[1]}"
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}
        self._return: asyncio.Task[None] | None = None
        self._detached: set[asyncio.Task[None]] = set()

    def pending(self, fault: str) -> Mapping[str, Any] | None:
        return None if fault in self._struck else self.behaviour.unit.defects.get(fault)

    async def plug(self) -> None:
        if self._mode == WIPED:
            self._shows(WIPED)
        elif not self._server:
            self._server = await asyncio.start_server(
                self._accept, sock=self._held.dup(), limit=2 * MAX_DATA
            )
            self._shows(self._mode)

    async def end(self) -> None:
        self._kill()
        await self.unplug()
        self._held.close()

    async def unplug(self) -> None:
        self._stay_away()
        await asyncio.gather(*self._connections)
        self._stay_away()  # whatever the last of them had told it to do

    async def swap(self, unit: SimUnit) -> None:
        self._kill()
        await self.unplug()
        self.behaviour = HandsetBehaviour(unit, speed=self._speed)
        self._mode, self._struck = _planted_mode(unit), set()
        await self.plug()

    async def cut(self, fault: str) -> None:
        self._struck.add(fault)
        self._leave()
        back_s = self.behaviour.unit.defects[fault].get("back_s")
        if fault == RESTARTS:  # only its boot shows what happened
            self._kill()
            self.behaviour.system.boot(asyncio.get_running_loop().time())
            back_s = 0
        if back_s:
            self._come_back(float(back_s))
        elif back_s is not None:
            await self.plug()  # before anybody can ask

    def reboot(self, mode: str) -> None:
        system = self.behaviour.system
        if system.ignores_reboot:
            return
        self._kill()
        self._leave()
        self._mode = mode or system.boots_into
        off_s, boot_s = OFF_S / self._speed, BOOT_S / self._speed
        system.boot(asyncio.get_running_loop().time() + off_s + boot_s)
        self._come_back(off_s)

    def wipe(self) -> None:
        """What the order starts begins once its answer has long been given."""
        self.behaviour.system.wiping = False  # once is enough
        self._begin(self._reset(self.behaviour.unit))

    async def _reset(self, unit: SimUnit) -> None:
        """Wipe and restart, or what a planted defect does instead."""
        await asyncio.sleep(max(RESET_S / self._speed, _LEAST_RESET_S))
        if "handover.usb_mode_only" in unit.defects:
            return self._shows(WIPED)
        self._kill()
        self._leave()
        self.behaviour = HandsetBehaviour(unit, speed=self._speed)
        await asyncio.sleep(OFF_S / self._speed)
        if PROFILES[unit.profile].mediatek:
            await self._flash_by(PRELOADER, PRELOADER_S / self._speed)
        await asyncio.sleep(WIPE_S / self._speed)
        if "handover.restarts_only" in unit.defects:
            await self._flash_by(WIPED, LATE_ADB_S / self._speed, leaves=False)
        elif "handover.adb_stays" not in unit.defects:
            self._mode = WIPED
        return await self.plug()

    async def _flash_by(self, face: str, for_s: float, *, leaves: bool = True) -> None:
        """Show a face on USB for a while."""
        self._shows(face)
        await asyncio.sleep(for_s)
        if leaves:
            self._shows(None)

    def restart_adbd(self, *, root: bool) -> None:
        self._kill()  # Android's init ends a service with all that came of it (service.cpp)
        self._leave()
        self.behaviour.system.root = root
        self._come_back(ADBD_S / self._speed)

    def run_detached(self) -> None:
        while self.behaviour.detached:
            task = asyncio.create_task(_run(self.behaviour.detached.pop()))
            self._detached.add(task)
            task.add_done_callback(self._detached.discard)

    def _kill(self) -> None:
        for task in self._detached:
            task.cancel()

    def _leave(self) -> None:
        """Break all links; nobody listens any more."""
        if self._server:
            loop = asyncio.get_running_loop()
            for listening in self._server.sockets:
                loop.remove_reader(listening.fileno())
            loop.call_soon(self._server.close)  # after what was taken on just now: it would leak
            self._held.shutdown(socket.SHUT_RDWR)  # listens no more, keeps its port
            self._server = None
            self._shows(None)
        elif self._mode == WIPED:
            self._shows(None)
        for writer in self._connections.values():
            writer.transport.abort()

    def _stay_away(self) -> None:
        if self._return:
            self._return.cancel()
        self._leave()

    def _come_back(self, after_s: float) -> None:
        async def wait() -> None:
            await asyncio.sleep(after_s)
            await self.plug()

        self._begin(wait())

    def _begin(self, way_back: Coroutine[Any, Any, None]) -> None:
        """Go one way back to USB; an earlier one that is under way ends."""
        if self._return:
            self._return.cancel()
        self._return = asyncio.create_task(way_back)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._server:  # it was taken on just before the cable was pulled
            writer.transport.abort()
            return
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
        service = partial(serve, self)
        link = Link(reader, writer, self._banner(), service, self._keys, self._letting_in())
        await link.serve()

    def _letting_in(self) -> LettingIn:
        defects = self.behaviour.unit.defects
        slow, asking = defects.get("adb.authorizing"), defects.get("adb.unauthorized")
        thinks_s = 0.0 if slow is None else float(slow.get("for_s", math.inf))
        if asking is None:
            return LettingIn(thinks_s, math.inf if self._trusts else 0.0)
        return LettingIn(thinks_s, float(asking.get("allow_s", math.inf)))

    def _banner(self) -> str:
        name = self.behaviour.unit.profile
        return (
            f"{self._mode}::ro.product.name={name};ro.product.model={name};"
            f"ro.product.device={name};features=shell_v2,cmd"
        )


async def _run(program: Detached) -> None:
    loop = asyncio.get_running_loop()
    while (pause_s := program.advance(loop.time())) is not None:
        await asyncio.sleep(pause_s)


async def _all_ended() -> None:
    """Wait until nothing is under way: a loop that stops before leaves tasks that never end."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
    await asyncio.sleep(0)  # transports close by a callback


def _planted_mode(unit: SimUnit) -> str:
    return next((mode for mode in MODES if f"adb.{mode}" in unit.defects), "device")


async def _swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take what comes and say nothing."""
    try:
        while await reader.read(MAX_DATA):
            pass
    except OSError:
        pass
    writer.close()
