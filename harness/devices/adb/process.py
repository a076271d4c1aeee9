"""The process of an adb server: found, started in a clean environment, watched, reaped."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import threading
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path

from harness.devices.adb import launch
from harness.devices.adb.connection import decode
from harness.errors import StationFault

LOG = "adb.log"
_USB_NODES = Path("/dev/bus/usb")
_STOP_S = 5.0
_READY = b"OK"
_EVIDENCE = 2000


def find_adb() -> Path:
    """The adb of the adbutils wheel (without the cost of importing it), else that on PATH.

    Raises: StationFault(ADB-SERVER) when there is none.
    """
    spec = find_spec("adbutils")
    for folder in (spec and spec.submodule_search_locations) or ():
        bundled = Path(folder, "binaries", "adb")
        if bundled.is_file():
            return bundled
    if on_path := shutil.which("adb"):
        return Path(on_path).resolve()
    raise StationFault("ADB-SERVER", "no adb in the adbutils wheel and none on PATH")


def environment(port: int, home: Path, *, usb: bool) -> dict[str, str]:
    """All that the server sees of this PC; without `usb` it opens nothing but its own port."""
    base = {
        "PATH": os.defpath,
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "ANDROID_ADB_SERVER_PORT": str(port),
        "ADB_MDNS": "0",
        "ADB_MDNS_AUTO_CONNECT": "0",
        "ADB_EMU": "0",
        "ADB_LOCAL_TRANSPORT_MAX_PORT": "5553",
    }
    return base if usb else {**base, "ADB_USB": "0", "ADB_LIBUSB": "0"}


class ServerProcess:
    """An adb server that dies with this process.

    The kernel's death signal follows the *thread* that started a child. So a thread of its own
    starts it and stays until it has ended; that thread also reaps it.

    A PC that has no USB at all is not searched for it: libusb finds nothing to start with, and the
    server would wait 3 s for a search that never ends (adb, transport.cpp:
    adb_wait_for_device_initialization).
    """

    def __init__(self, port: int, home: Path, *, usb: bool) -> None:
        self._log = home / LOG
        self._reply, write_end = os.pipe()
        self._spawned: Future[subprocess.Popen[bytes]] = Future()
        argv = ["adb", "-P", str(port), "server", "nodaemon", "--reply-fd", str(write_end)]
        args = (argv, environment(port, home, usb=usb and _USB_NODES.is_dir()), write_end)
        self._keeper = threading.Thread(
            target=self._keep, args=args, name=f"adb-server-{port}", daemon=True
        )
        self._keeper.start()

    @property
    def alive(self) -> bool:
        return self._keeper.is_alive()

    def wait_ready(self, limit_s: float) -> bool:
        """Wait until it says that it holds its port; False when it died or stayed silent.

        Raises: StationFault(ADB-SERVER) when it could not be started at all.
        """
        try:
            self._spawned.result()
        except OSError as error:
            raise StationFault("ADB-SERVER", f"cannot start the adb server: {error}") from error
        poll = select.poll()
        poll.register(self._reply, select.POLLIN)
        return bool(poll.poll(limit_s * 1000)) and os.read(self._reply, 2) == _READY

    def end(self) -> None:
        """Stop and reap it; again does nothing."""
        if self._reply >= 0:
            os.close(self._reply)
            self._reply = -1
        if self._spawned.exception() is None:
            process = self._spawned.result()
            process.terminate()
            self._keeper.join(_STOP_S)
            process.kill()
        self._keeper.join()

    def log_tail(self) -> str:
        """The last lines that the server logged."""
        try:
            content = self._log.read_bytes()
        except FileNotFoundError:
            return ""
        return decode(content[-_EVIDENCE:])

    def _keep(self, argv: list[str], env: dict[str, str], write_end: int) -> None:
        try:
            process = self._spawn(argv, env, write_end)
        except (OSError, StationFault) as error:
            self._spawned.set_exception(error)
            return
        finally:
            os.close(write_end)
        self._spawned.set_result(process)
        process.wait()

    def _spawn(
        self, argv: list[str], env: dict[str, str], write_end: int
    ) -> subprocess.Popen[bytes]:
        launcher = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(find_adb())]
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (all words are ours)
                [*launcher, *argv],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[write_end],
                start_new_session=True,  # Ctrl-C at the terminal is for us: we still need adb
            )
