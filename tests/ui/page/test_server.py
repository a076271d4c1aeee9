"""The page over HTTP: what viewers get, and what they cannot do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from harness.model.events import Purpose
from harness.model.fault import Symptom
from harness.model.outcome import Outcome
from harness.model.slot_state import SlotEvent
from harness.ui.board.palette import PALETTES
from harness.ui.board.tile import Face
from harness.ui.board.words import LANGUAGES
from harness.ui.page.server import PageServer
from harness.ui.page.watch import Watch, Watched
from harness.ui.told import Told
from tests.engine.rig import until
from tests.ui.operator.line import SERIAL, run
from tests.ui.page.serving import Place, Viewer, asked, served


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = Place(tmp_path / "floor")
    yield opened
    opened.close()


@pytest.fixture
def server(place: Place) -> Iterator[PageServer]:
    with served(place) as opened:
        yield opened


def got(server: PageServer, path: str, *more: str) -> bytes:
    lines = (f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *more, "", "")
    return asked(server, "\r\n".join(lines).encode())


def test_a_verdict_is_shown_once_it_is_on_disk_and_stays(place: Place, server: PageServer) -> None:
    told = run()
    with Viewer(server.server_port) as viewer:
        viewer.until("0/1", "face", "EMPTY")
        place.line.put_in()
        viewer.until("0/1", "face", "WAIT")
        place.line.publish(told[:-1])
        viewer.until("0/1", "action", "Wait: the record is being written")
        assert viewer.parts["0/1"]["face"] == "WAIT"
        place.line.publish(told[-1:])
        shown = viewer.until("0/1", "face", "PASS")
        assert (shown["digits"], shown["said"]) == (SERIAL[-6:], "PASS")
        place.line.take_out()
    with Viewer(server.server_port) as late:
        assert late.until("0/1", "face", "PASS")["slot"] == 1


def test_a_fail_has_its_code_words_and_bin_in_each_language(
    place: Place, server: PageServer
) -> None:
    symptom = Symptom("C-12", "battery charges slowly", "B7")
    with ExitStack() as stack:
        viewers = {
            language: stack.enter_context(Viewer(server.server_port, language))
            for language in LANGUAGES
        }
        place.line.tested(run(Outcome.FAIL, symptom=symptom))
        shown = {name: each.until("0/1", "face", "FAIL") for name, each in viewers.items()}
    for part in shown.values():
        assert (part["code"], part["words"]) == ("C-12", "battery charges slowly")
        assert "B7" in str(part["bin"])
    assert len({part["said"] for part in shown.values()}) == len(LANGUAGES)
    assert "\u2068B7\u2069" in str(shown["ur"]["bin"]), "it keeps its own direction"


def test_a_verdict_that_does_not_count_says_so(place: Place, server: PageServer) -> None:
    place.line.tested(run(purpose=Purpose.ENGINEERING))
    with Viewer(server.server_port) as viewer:
        shown = viewer.until("0/1", "face", "PASS")
    assert (shown["counts"], shown["notes"]) == (False, ["Engineering: does not count"])


def test_what_a_device_said_is_written_out(place: Place, server: PageServer) -> None:
    place.line.refuse("UNIT-WRONG: \x1b[2J\u202e</script><b>")
    with Viewer(server.server_port) as viewer:
        shown = viewer.until("0/1", "face", "STOP")
    assert "\\x1b[2J\\u202e</script><b>" in str(shown["words"])


def test_a_station_that_has_gone_is_said_and_comes_back(place: Place, server: PageServer) -> None:
    with Viewer(server.server_port) as viewer:
        viewer.until("0", "gone", False)
        place.close()
        shown = viewer.until("0", "gone", True)
        assert shown["stops"][0]["happened"] == "The station does not answer"
        place.line.put_in()
        place.line.change(SlotEvent.REFUSE, "UNIT-WRONG: x")
        place.open()
        viewer.until("0", "gone", False)
        viewer.until("0/1", "face", "STOP")


def test_several_stations_stand_on_one_page(tmp_path: Path) -> None:
    places = [Place(tmp_path / name) for name in ("north", "south")]
    with served(*places) as server, Viewer(server.server_port) as viewer:
        places[1].line.tested(run())
        viewer.until("1/1", "face", "PASS")
        viewer.until("0/1", "face", "EMPTY")
    for place in places:
        place.close()


def test_a_station_that_never_came_is_there_by_the_name_of_its_file(tmp_path: Path) -> None:
    place = Place(tmp_path / "north")
    place.close()
    with served(place) as server, Viewer(server.server_port) as viewer:
        shown = viewer.until("0", "gone", True)
    assert (shown["name"], shown["slots"]) == ("north", [])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "X"])
def test_no_command_is_taken(place: Place, server: PageServer, method: str) -> None:
    command = json.dumps({"is": "Abort", "slot": 1, "by": "x", "why": "y"})
    head = f"{method} /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(command)}\r\n\r\n"
    answer = asked(server, (head + command).encode())
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"takes no commands" in answer
    assert b"Allow: GET, HEAD" in answer
    assert place.asked == []


@pytest.mark.parametrize("request_", [b"\x16\x03\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"])
def test_what_is_no_request_is_refused(server: PageServer, request_: bytes) -> None:
    assert b"this page is to be looked at" in asked(server, request_)
    assert got(server, "/").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("path", ["/page.py", "/../server.py", "/%2e%2e/page.css"])
def test_nothing_else_is_served(server: PageServer, path: str) -> None:
    assert got(server, path).startswith(b"HTTP/1.1 404 ")


def test_a_browser_may_only_show_it(server: PageServer) -> None:
    for path in ("/", "/page.css", "/palettes.css", "/page.js"):
        answer = got(server, path)
        assert answer.startswith(b"HTTP/1.1 200 "), path
        assert b"default-src 'none'" in answer
        assert b"X-Content-Type-Options: nosniff" in answer
        assert b"Access-Control-Allow-Origin" not in answer
        assert b"http://" not in answer.replace(b"http://www.w3.org/2000/svg", b"")


def test_another_sites_name_for_this_pc_gets_nothing(server: PageServer) -> None:
    request = b"GET /events HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    assert asked(server, request).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    "lines",
    [
        "GET / HTTP/1.1\r\nHost: evil@localhost",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost",
        "GET / HTTP/1.1\r\nHost: [::1",
        "GET / HTTP/1.1\r\nHost: localhost/x",
        "GET http://[ HTTP/1.1\r\nHost: localhost",
    ],
)
def test_what_no_browser_asks_is_refused_in_plain_words(
    server: PageServer, lines: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = asked(server, f"{lines}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"no browser asks so; the page is at /\n")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "host", ["[::1]:8080", "127.0.0.1:8080", "LOCALHOST", "[::ffff:127.0.0.1]"]
)
def test_this_pc_asks_by_any_name_of_its_own(server: PageServer, host: str) -> None:
    request = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    assert asked(server, request.encode()).startswith(b"HTTP/1.1 200 ")


def test_loopback_as_an_address_of_ipv6_is_of_this_pc_alone(place: Place) -> None:
    with served(place, host="::ffff:127.0.0.1") as server:
        request = b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        assert asked(server, request).startswith(b"HTTP/1.1 403 ")


def test_a_request_that_drips_takes_a_place_no_longer_than_another(place: Place) -> None:
    with served(place, most_viewers=1, patience_s=0.5) as server, socket.socket() as slow:
        slow.connect(("127.0.0.1", server.server_port))
        slow.settimeout(0.05)
        began_s = time.monotonic()
        slow.sendall(b"GET / HT")
        while True:  # a byte each 50 ms, as long as anybody listens
            try:
                if not slow.recv(1):
                    break
            except TimeoutError:
                slow.sendall(b"T")
            except ConnectionError:
                break
            assert time.monotonic() - began_s < 20
        assert time.monotonic() - began_s >= 0.5
        until(lambda: not _is_turned_away(server))


def test_who_opens_it_to_others_is_asked_for_by_any_name(place: Place) -> None:
    with served(place, host="0.0.0.0") as server:
        request = b"GET / HTTP/1.1\r\nHost: line3.plant\r\nConnection: close\r\n\r\n"
        assert asked(server, request).startswith(b"HTTP/1.1 200 ")


def test_language_and_palette_can_be_asked_for_and_nonsense_is_passed_over(
    server: PageServer,
) -> None:
    told = got(server, "/?language=ur&palette=mono").decode()
    assert '<html lang="ur" dir="rtl" data-palette="mono">' in told
    told = got(server, '/?language=%22%3E%3Cscript%3E&palette="x').decode()
    assert '<html lang="en" dir="ltr" data-palette="blue-orange">' in told
    styles = got(server, "/palettes.css").decode()
    assert styles.count("--ground") == len(PALETTES) * len(Face)


def test_head_says_what_get_would_without_its_body(server: PageServer) -> None:
    for path in ("/", "/events", "/nothing"):
        request = f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        assert asked(server, request.encode()).endswith(b"\r\n\r\n")


def test_a_hundred_viewers_and_one_that_reads_nothing_see_the_same(
    place: Place, server: PageServer
) -> None:
    with ExitStack() as stack:
        address = ("127.0.0.1", server.server_port)
        deaf = stack.enter_context(socket.create_connection(address))
        deaf.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        viewers = [stack.enter_context(Viewer(server.server_port)) for _ in range(100)]
        place.line.tested(run())
        for viewer in viewers:
            viewer.until("0/1", "face", "PASS")


def test_who_comes_when_all_places_are_taken_is_turned_away(place: Place) -> None:
    with served(place, most_viewers=1) as server, Viewer(server.server_port) as viewer:
        viewer.until("0/1", "face", "EMPTY")
        assert _is_turned_away(server)


def test_a_viewer_that_reads_nothing_is_cut_off_and_its_place_comes_free(place: Place) -> None:
    with served(place, most_viewers=1, patience_s=0.2) as server, socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", server.server_port))
        deaf.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert deaf.recv(4, socket.MSG_PEEK) == b"HTTP"
        place.line.put_in()
        for number in range(100):
            if not _is_turned_away(server):
                return
            place.line.change(SlotEvent.REFUSE, f"UNIT-WRONG: {number} " + "x" * 50_000)
            time.sleep(0.05)  # the page looks at its stations at its own pace
        pytest.fail("he still has his place")


def _is_turned_away(server: PageServer) -> bool:
    with suppress(ConnectionError):
        return not got(server, "/")
    return True


def test_a_page_that_looks_no_more_tells_nobody_that_it_does() -> None:
    class Broken:
        def take(self) -> list[Told]:
            if seen.is_set():
                raise KeyError("no such slot")
            return []

    seen = threading.Event()
    watch = Watch([Watched("north", Broken())], time.monotonic)
    with watch, PageServer("127.0.0.1", 0, watch, "en", "mono") as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        with Viewer(server.server_port) as viewer:
            assert viewer.until("0", "gone", True)["slots"] == []
            seen.set()
            assert b"data: {" not in viewer.answer.read(), "nothing but the end"
        server.shutdown()
    assert isinstance(watch.failure, KeyError)
