"""The Wi-Fi networks that a handset has saved, and how one is joined or forgotten by its shell.

Format and commands: WifiShellCommand of AOSP, Android 11 on. One network stands in a row for each
kind of security that it may have, all with one id.
"""

from __future__ import annotations

import re
import shlex

from harness.devices.android.fields import no_dump, whole_lines
from harness.model.reading import Reading, Unreadable

LIST = "cmd wifi list-networks"
FIRST_TO_JOIN = 30
"""The SDK version from which the shell may join a network."""
_NONE = "No networks"
_HEADER = "Network Id      SSID                         Security type"
_ROW = re.compile(r"(?P<id>[0-9]{1,9}) +(?P<ssid>.*?) +(?P<security>[A-Za-z0-9/_^-]{1,80}) *")
_QUOTED = re.compile(r'"(?P<bare>.*)"')


def join(ssid: str, security: str, passphrase: str) -> str:
    """The command that saves a network and joins it."""
    words = (ssid, security, passphrase) if passphrase else (ssid, security)
    return f"cmd wifi connect-network {shlex.join(words)}"


def forget(network_id: int) -> str:
    """The command that removes a saved network, and leaves it."""
    return f"cmd wifi forget-network {network_id}"


def read_networks(output: str) -> Reading[dict[int, str]]:
    """The SSID of each saved network, by its id.

    A row that cannot be read makes all Unreadable: it might be the one asked for.
    """
    lines, last = whole_lines(output)
    lines = [line for line in (*lines, last) if line.strip()]
    if lines == [_NONE]:
        return {}
    if not lines or lines[0] != _HEADER:
        return no_dump(f"neither {_NONE!r} nor a table of networks", output)
    networks: dict[int, str] = {}
    for line in lines[1:]:
        match = _ROW.fullmatch(line)
        if not match:
            return Unreadable("no row of a table of networks", line)
        quoted = _QUOTED.fullmatch(match["ssid"])
        networks[int(match["id"])] = quoted["bare"] if quoted else match["ssid"]
    return networks
