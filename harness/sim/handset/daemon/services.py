"""What adbd serves on a stream: commands, files, and restarts."""

from __future__ import annotations

import asyncio
import stat
import struct

from harness.sim.handset.daemon.faults import Handset, struck, struck_at, suffer
from harness.sim.handset.daemon.link import Gone, Stream, Unserved

_STDOUT, _STDERR, _EXIT = 1, 2, 3
_SYNC = struct.Struct("<4sI")
_DATA = 64 * 1024
_BATCH = 16
_READ_ONLY = ("/system/", "/vendor/", "/product/", "/proc/", "/sys/")


async def serve(handset: Handset, stream: Stream, name: str) -> None:
    """Serve `shell...:COMMAND`, `exec:COMMAND`, `sync:`, `reboot:MODE`, `root:` or `unroot:`.

    Raises: Unserved for any other name.
    """
    handset.opened += 1
    if fault := struck_at(handset, handset.opened):
        await handset.cut(fault)
        raise Gone
    kind, colon, command = name.partition(":")
    program, *options = kind.split(",")
    if not colon or program not in ("shell", "exec", "sync", "reboot", "root", "unroot"):
        raise Unserved
    await stream.accept()
    if program == "sync":
        await _Files(handset, stream).serve()
    elif program == "reboot":
        handset.reboot(command)
    elif program in ("root", "unroot"):
        await _change_user(handset, stream, root=program == "root")
    elif "v2" in options:
        await _shell(handset, stream, command)
    else:
        answer = handset.behaviour.run(command, _now_s())
        await stream.write(answer.out + answer.err)


async def _change_user(handset: Handset, stream: Stream, *, root: bool) -> None:
    """What adbd says and does (adb, daemon/restart_service.cpp)."""
    if root and handset.behaviour.unit.build == "user":
        return await stream.write(b"adbd cannot run as root in production builds\n")
    if handset.behaviour.system.root == root:
        return await stream.write(
            b"adbd is already running as root\n" if root else b"adbd not running as root\n"
        )
    await stream.write(b"restarting adbd as root\n" if root else b"restarting adbd as non root\n")
    await stream.delivered()
    return handset.restart_adbd(root=root)


async def _shell(handset: Handset, stream: Stream, command: str) -> None:
    answer = handset.behaviour.run(command, _now_s())
    handset.run_detached()
    if fault := struck(handset, command):
        return await suffer(fault, handset, stream, answer.out, _stdout)
    await asyncio.sleep(answer.takes_s)
    end = _packet(_STDERR, answer.err) + _packet(_EXIT, bytes([answer.code]))
    await stream.write(_stdout(answer.out) + end)
    if handset.behaviour.system.wiping:
        await stream.delivered()
        handset.wipe()
    return None


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _stdout(output: bytes) -> bytes:
    """Output, in packets."""
    starts = range(0, len(output), _DATA)
    return b"".join(_packet(_STDOUT, output[at : at + _DATA]) for at in starts)


def _packet(kind: int, payload: bytes) -> bytes:
    return struct.pack("<BI", kind, len(payload)) + payload


class _Files:
    """The sync protocol, version 1 (SYNC.TXT of adb)."""

    def __init__(self, handset: Handset, stream: Stream) -> None:
        self._handset = handset
        self._behaviour = handset.behaviour
        self._stream = stream

    async def serve(self) -> None:
        services = {
            b"STAT": self._stat,
            b"LIST": self._list,
            b"RECV": self._recv,
            b"SEND": self._send,
        }
        while True:
            kind, size = await self._header()
            if kind not in services:
                return
            await services[kind]((await self._stream.exact(size)).decode())

    async def _stat(self, path: str) -> None:
        await self._stream.write(b"STAT" + struct.pack("<III", *self._status(path)))

    async def _list(self, folder: str) -> None:
        base = folder.rstrip("/") + "/"
        inside = {path[len(base) :] for path in self._behaviour.files if path.startswith(base)}
        for name in sorted({path.partition("/")[0] for path in inside}):
            encoded = name.encode()
            entry = struct.pack("<IIII", *self._status(base + name), len(encoded))
            await self._stream.write(b"DENT" + entry + encoded)
        await self._stream.write(b"DONE" + bytes(16))

    def _status(self, path: str) -> tuple[int, int, int]:
        """Mode, size and time of change; zeros for what is not there."""
        content = self._behaviour.read(path)
        if content is not None:
            return stat.S_IFREG | 0o644, len(content), 0
        folder = path.rstrip("/") + "/"
        if any(file.startswith(folder) for file in self._behaviour.files):
            return stat.S_IFDIR | 0o755, 4096, 0
        return 0, 0, 0

    async def _recv(self, path: str) -> None:
        content = self._behaviour.read(path)
        if content is None:
            return await self._fail("open failed: No such file or directory")
        if fault := struck(self._handset, f"pull {path}"):
            return await suffer(fault, self._handset, self._stream, content, _data)
        for start in range(0, len(content), _DATA * _BATCH):
            await self._stream.write(_data(content[start : start + _DATA * _BATCH]))
        return await self._stream.write(_SYNC.pack(b"DONE", 0))

    async def _send(self, target: str) -> None:
        path, _, _ = target.rpartition(",")
        if fault := struck(self._handset, f"push {path}"):
            return await suffer(fault, self._handset, self._stream, b"", lambda _: b"")
        content = bytearray()
        while (header := await self._header())[0] == b"DATA":
            content += await self._stream.exact(header[1])
        if path.startswith(_READ_ONLY):
            return await self._fail("couldn't create file: Read-only file system")
        self._behaviour.files[path] = bytes(content)
        return await self._stream.write(_SYNC.pack(b"OKAY", 0))

    async def _fail(self, reason: str) -> None:
        await self._stream.write(_SYNC.pack(b"FAIL", len(reason)) + reason.encode())

    async def _header(self) -> tuple[bytes, int]:
        kind, size = _SYNC.unpack(await self._stream.exact(_SYNC.size))
        return kind, size


def _data(content: bytes) -> bytes:
    """A piece of a file, in DATA packets."""
    return b"".join(
        _SYNC.pack(b"DATA", len(content[at : at + _DATA])) + content[at : at + _DATA]
        for at in range(0, len(content), _DATA)
    )
