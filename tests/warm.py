"""Commands in processes of their own, forked from one that has imported everything already.

Each has its own arguments, folder, environment and streams, and is what a new one would be but for
the half second of imports, on which a thousand commands would spend most of the suite's time. What
a start costs and imports is tested with real ones (tests/cli/test_imports.py).
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from pathlib import Path

_HEAVY = ("adbutils", "apsw", "numpy", "PIL.Image", "serial", "simplejpeg", "usb.core")
_ROOT = Path(__file__).parents[1]


def run(
    arguments: Sequence[str], folder: Path, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Run `harness` with these arguments in a folder, to its end.

    Raises: subprocess.TimeoutExpired; it is killed then.
    """
    asked = json.dumps([list(arguments), str(folder), dict(os.environ)]).encode()
    with ExitStack() as stack:
        out, err = (stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(2))
        here, there = map(stack.enter_context, socket.socketpair())
        fds = [each.fileno() for each in (there, out, err)]
        socket.send_fds(_server(), [asked], fds)
        there.close()
        pid = int(here.recv(16))
        here.settimeout(timeout_s)
        try:
            code = int(here.recv(16))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(arguments), timeout_s) from None
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(list(arguments), code, out.read(), err.read())


@cache
def _server() -> socket.socket:
    """The end at which this process's warm one is asked; it ends when this end is closed."""
    here, there = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with there:
        command = [sys.executable, "-m", "tests.warm", str(there.fileno())]
        server = subprocess.Popen(
            command, cwd=_ROOT, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL
        )
    atexit.register(server.wait)
    atexit.register(here.close)  # the last registered is the first called
    return here


def _import_all() -> None:
    for name in _HEAVY:
        import_module(name)
    for module in pkgutil.walk_packages([str(_ROOT / "harness")], "harness."):
        if module.name != "harness.__main__":
            import_module(module.name)


def _serve(asking: socket.socket) -> None:
    """Fork for each that is asked for; returns in the processes that are to become one."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait
    while True:
        raw, fds, _, _ = socket.recv_fds(asking, 1 << 20, 3)
        if not raw:
            os._exit(0)
        if os.fork():
            for fd in fds:
                os.close(fd)
            continue
        asking.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        answer, *streams = fds
        _wait_or_return(answer)
        _become(raw, *streams)
        return


def _wait_or_return(answer: int) -> None:
    """Fork once more: who waits answers with the id and the exit code of who returns."""
    if pid := os.fork():
        os.write(answer, f"{pid}".encode().ljust(16))
        _, status = os.waitpid(pid, 0)
        os.write(answer, f"{os.waitstatus_to_exitcode(status)}".encode().ljust(16))
        os._exit(0)
    os.close(answer)


def _become(asked: bytes, out: int, err: int) -> None:
    for number, stream in ((1, out), (2, err)):
        os.dup2(stream, number)
        os.close(stream)
    arguments, folder, env = json.loads(asked)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.path[:1] = [folder, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    sys.argv = ["harness", *arguments]


if __name__ == "__main__":
    _import_all()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module("harness", run_name="__main__", alter_sys=True)
