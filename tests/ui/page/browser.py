"""A real Chromium without a window, spoken to over two pipes (Chrome DevTools Protocol).

It comes out of a package (tests/browser/package.json) and needs nothing of the system but libc.
"""

from __future__ import annotations

import base64
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

PLACE = Path(__file__).parents[3] / ".venv" / "browser"
"""Where `make browser` puts it."""
PATIENCE_S = 30.0
_OPTIONS = (
    "--headless=shell",
    "--no-sandbox",  # in a container, and for root, there is none
    "--no-zygote",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)

_ON_3_AND_4 = """
import os, sys
from fcntl import F_DUPFD, fcntl
for at, fd in enumerate([fcntl(int(each), F_DUPFD, 10) for each in sys.argv[1:3]], 3):
    os.dup2(fd, at)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser hears at 3 and speaks at 4."""


class Page:
    """A tab of a browser."""

    def __init__(self, speak: int, hear: int) -> None:
        self._speak, self._hear = speak, hear
        self._rest = b""
        self._last = 0
        self._session = ""
        self.said: list[str] = []
        """What its console said, and its uncaught errors."""
        target = self.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True})
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, more: Mapping[str, Any] | None = None) -> Any:
        """What the browser answers to a command; AssertionError when it refuses."""
        self._last += 1
        asked: dict[str, Any] = {"id": self._last, "method": method, "params": dict(more or {})}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._speak, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._message()
            self._note(told)
            if told.get("id") == self._last:
                assert "error" not in told, f"{method}: {told['error']}"
                return told["result"]

    def open(self, url: str, *, width: int = 1280, height: int = 720) -> None:
        """Go to an address, in a window of this size [px]."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", size)
        self.ask("Page.navigate", {"url": url})
        self.until("document.readyState == 'complete' && document.body.innerText.length > 0")

    def value(self, script: str) -> Any:
        """What a script of one expression gives."""
        asked = {"expression": script, "returnByValue": True, "awaitPromise": True}
        given = self.ask("Runtime.evaluate", asked)
        assert "exceptionDetails" not in given, given["exceptionDetails"]
        return given["result"].get("value")

    def until(self, script: str) -> Any:
        """What the script gives as soon as that is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := self.value(script)):
            assert time.monotonic() < deadline, f"never: {script}; shown: {self.text()}"
            time.sleep(0.02)
        return found

    def text(self) -> str:
        """What a person can read."""
        return str(self.value("document.body ? document.body.innerText : ''"))

    def emulate(self, feature: str, value: str) -> None:
        """What a medium says of itself, such as `prefers-reduced-motion`."""
        features = [{"name": feature, "value": value}]
        self.ask("Emulation.setEmulatedMedia", {"features": features})

    def drawn(self, part: str, style: str) -> set[str]:
        """How parts look that the browser adds to elements itself; no script is told."""
        for domain in ("DOM", "CSS"):
            self.ask(f"{domain}.enable")
        root = self.ask("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
        parts = [node for node in _nodes(root) if part in node.get("attributes", ())]
        looks = [self.ask("CSS.getComputedStyleForNode", {"nodeId": p["nodeId"]}) for p in parts]
        for domain in ("CSS", "DOM"):
            self.ask(f"{domain}.disable")
        return {e["value"] for look in looks for e in look["computedStyle"] if e["name"] == style}

    def picture(self) -> bytes:
        """The window, as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", {"format": "png"})["data"])

    def _note(self, told: Mapping[str, Any]) -> None:
        match told.get("method"):
            case "Runtime.exceptionThrown":
                self.said.append(str(told["params"]["exceptionDetails"]))
            case "Log.entryAdded":
                self.said.append(str(told["params"]["entry"]["text"]))

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._hear], [], [], PATIENCE_S)
            assert ready, "the browser is silent"
            chunk = os.read(self._hear, 1 << 20)
            assert chunk, "the browser has gone"
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def browsing(profile: Path, *more: str) -> Iterator[Page]:
    """A tab of a browser of its own, whose profile is this folder; killed at the end."""
    assert (PLACE / "ready").exists(), "there is no browser: run `make browser`"
    hears, speak = os.pipe()
    hear, speaks = os.pipe()
    command = [str(PLACE / "chromium"), *_OPTIONS, *more, f"--user-data-dir={profile}"]
    with subprocess.Popen(
        [sys.executable, "-ISc", _ON_3_AND_4, f"{hears}", f"{speaks}", *command],
        pass_fds=[hears, speaks],
        env=_surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:
        try:
            _close([hears, speaks])
            yield Page(speak, hear)
        finally:
            _close([speak, hear])
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def _nodes(root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield root
    for under in (*root.get("children", ()), *root.get("shadowRoots", ())):
        yield from _nodes(under)


def _surroundings() -> Mapping[str, str]:
    libraries, fonts = str(PLACE / "lib"), str(PLACE)
    return {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_PATH": fonts, "HOME": str(PLACE), "TZ": "UTC"}


def _close(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)
