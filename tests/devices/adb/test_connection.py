"""What an adb server may say that is not its protocol."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.devices.adb.connection import Connection, Ended, Garbled, Refused
from tests.short import lease


@contextmanager
def saying(answer: bytes) -> Iterator[int]:
    """The port of a server that says this to the first who asks."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"FAIL0004gone", Refused),
        (b"FAIL0000", Refused),
        (b"WHAT0004gone", Garbled),
        (b"FAIL\xff\xfe\xfd\xfcgone", Garbled),
        (b"OK", Ended),
        (b"FAIL0004go", Ended),
    ],
)
def test_a_status_is_okay_or_a_refusal_with_its_reason(
    answer: bytes, kind: type[Exception]
) -> None:
    with saying(answer) as port, Connection(port, lease()) as link, pytest.raises(kind):
        link.request("host:version")


def test_an_answer_without_a_length_is_garbled() -> None:
    with saying(b"OKAYlong") as port, Connection(port, lease()) as link:
        link.request("host:version")
        with pytest.raises(Garbled):
            link.block()
