"""Jigs found by who they say that they are, on real ptys, whatever the ports are called."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from harness.clock import Deadline
from harness.devices.jig.dialect import CORE, Dialect
from harness.devices.jig.finding import JigFinder
from harness.devices.jig.jig import SerialJig
from harness.devices.scpi.exchange import Expected
from harness.devices.scpi.verb import Verb
from harness.devices.serial import SerialLink
from harness.errors import JigFault
from harness.sim.answering import Reply
from harness.sim.jig import JigBehaviour
from harness.sim.pty import PtyJig
from tests.short import lease

QUICK = replace(CORE, verbs={**CORE.verbs, "identify": Verb("*IDN?", 0.4)})


class Says:
    """What answers `*IDN?` with the next of its `words`, the last for ever; silent without any."""

    def __init__(self, *words: str) -> None:
        self._words = list(words)
        self.heard: list[str] = []

    def answer(self, line: str, now_s: float) -> list[Reply]:
        self.heard.append(line)
        if line != "*IDN?" or not self._words:
            return []
        return [Reply(self._words.pop(0) if len(self._words) > 1 else self._words[0])]


def named(serial: str) -> str:
    return f"Example,Core,{serial},1.0"


class Desk:
    """A PC's ports, by names of their own; what is on them comes and goes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._plugged: dict[str, PtyJig] = {}
        self.finder = JigFinder(self.ports)

    def ports(self) -> list[str]:
        return sorted(map(str, self._folder.glob("tty*")))

    def path(self, name: str) -> str:
        return str(self._folder / name)

    def plug(self, name: str, behaviour: Says | JigBehaviour) -> str:
        self._plugged[name] = PtyJig(behaviour, speed=20)
        (self._folder / name).symlink_to(self._plugged[name].path)
        return self.path(name)

    def unplug(self, name: str) -> None:
        (self._folder / name).unlink()
        self._plugged.pop(name).unplug()

    def close(self) -> None:
        for name in list(self._plugged):
            self.unplug(name)

    def open(self, serial: str, dialect: Dialect = QUICK) -> str:
        """The port on which a jig is found, which is closed again."""
        link = self.finder.open(serial, dialect)
        link.close()
        return link.name

    def fault(self, serial: str, code: str) -> JigFault:
        with pytest.raises(JigFault) as caught:
            self.open(serial)
        assert caught.value.code == code, caught.value
        return caught.value


@pytest.fixture
def desk(no_leaks: None, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def plug_all(desk: Desk, *jigs: Says) -> Mapping[str, Says]:
    by_port = {f"tty{number}": jig for number, jig in enumerate(jigs)}
    for name, jig in by_port.items():
        desk.plug(name, jig)
    return by_port


def test_a_jig_is_found_by_its_serial_and_strangers_hear_one_question_alone(desk: Desk) -> None:
    there = plug_all(desk, Says(named("J-1")), Says(), Says("pump 7"), Says(named("J-2")))
    assert desk.open("J-2") == desk.path("tty3")
    for stranger in there.values():
        assert set(stranger.heard) == {"*IDN?"}


def test_where_it_was_it_is_asked_alone_until_the_ports_change(desk: Desk) -> None:
    there = plug_all(desk, Says(named("J-1")), Says(), Says(named("J-2")))
    assert desk.open("J-1") == desk.path("tty0")
    asked = len(there["tty1"].heard)
    assert desk.open("J-2") == desk.path("tty2")
    assert desk.open("J-1") == desk.path("tty0")
    assert len(there["tty1"].heard) == asked
    desk.plug("tty9", Says())
    assert desk.open("J-1") == desk.path("tty0")
    assert len(there["tty1"].heard) > asked


def test_two_jigs_that_have_changed_places_are_found_again(desk: Desk) -> None:
    plug_all(desk, Says(named("J-1")), Says(named("J-2")))
    assert desk.open("J-1") == desk.path("tty0")
    desk.unplug("tty0")
    desk.unplug("tty1")
    plug_all(desk, Says(named("J-2")), Says(named("J-1")))
    assert desk.open("J-1") == desk.path("tty1")


def test_an_absent_jig_is_told_with_all_that_answers(desk: Desk) -> None:
    plug_all(desk, Says(named("J-1")), Says(), Says("pump 7"))
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"socket://127.0.0.1:{gone.getsockname()[1]}"
    desk.finder = JigFinder(lambda: [*desk.ports(), url])
    fault = desk.fault("J-7", "JIG-ABSENT")
    assert f"{desk.path('tty0')} is Example Core J-1" in fault.message
    assert fault.evidence["ports"] == {
        desk.path("tty0"): "Example,Core,J-1",
        desk.path("tty1"): "JIG-TIMEOUT: *IDN?: no reply in 0.4 s",
        desk.path("tty2"): fault.evidence["ports"][desk.path("tty2")],
        url: fault.evidence["ports"][url],
    }
    assert "pump 7" in fault.evidence["ports"][desk.path("tty2")]
    assert fault.evidence["ports"][url].startswith("JIG-ABSENT: cannot open the port")


def test_without_any_port_there_is_none(desk: Desk) -> None:
    assert desk.fault("J-1", "JIG-ABSENT").message.endswith("serial port: there is none")


def test_two_that_answer_with_one_serial_are_both_named(desk: Desk) -> None:
    plug_all(desk, Says(named("J-1")), Says(named("J-2")), Says(named("J-1")))
    fault = desk.fault("J-1", "JIG-TWIN")
    assert fault.evidence["ports"] == [desk.path("tty0"), desk.path("tty2")]
    desk.unplug("tty2")
    assert desk.open("J-1") == desk.path("tty0")


def test_twins_are_told_in_the_order_of_their_ports_whichever_answers_first(desk: Desk) -> None:
    class Slow(Says):
        def answer(self, line: str, now_s: float) -> list[Reply]:
            return [replace(reply, delay_s=0.05) for reply in super().answer(line, now_s)]

    plug_all(desk, Says(named("J-3")), Slow(named("J-1")), Says(named("J-1")))
    for _ in range(3):
        ports = desk.fault("J-1", "JIG-TWIN").evidence["ports"]
        assert ports == [desk.path("tty1"), desk.path("tty2")]


def test_a_letter_that_noise_has_changed_makes_no_other_jig_and_no_twin(desk: Desk) -> None:
    plug_all(
        desk,
        Says(named("J-3"), named("J-1")),
        Says("\x80\x12", named("J-1"), named("J-2")),
    )
    assert desk.open("J-1") == desk.path("tty0")


def test_what_never_says_the_same_twice_is_nobody(desk: Desk) -> None:
    plug_all(desk, Says(*(named(f"J-{number}") for number in range(20))))
    assert "another identity each time" in desk.fault("J-4", "JIG-ABSENT").message


def test_one_port_under_two_names_is_no_twin(desk: Desk) -> None:
    (real,) = map(desk.path, plug_all(desk, Says(named("J-1"))))
    Path(desk.path("tty-by-id")).symlink_to(Path(real).resolve())
    assert desk.open("J-1") == desk.path("tty-by-id")
    Path(desk.path("tty-by-id")).unlink()


def test_ports_that_are_spoken_for_and_those_given_out_are_left_alone(desk: Desk) -> None:
    there = plug_all(desk, Says(named("J-1")), Says(named("J-2")), Says(named("J-3")))
    desk.finder = JigFinder(desk.ports, apart=[desk.path("tty0")])
    assert "there is none" not in desk.fault("J-1", "JIG-ABSENT").message
    assert not there["tty0"].heard
    link = desk.finder.open("J-2", QUICK)
    heard = len(there["tty1"].heard)
    assert desk.open("J-3") == desk.path("tty2")
    desk.fault("J-2", "JIG-ABSENT")
    assert len(there["tty1"].heard) == heard
    link.close()
    assert desk.open("J-2") == desk.path("tty1")


def test_a_port_that_another_program_holds_is_tried_until_the_time_is_over(desk: Desk) -> None:
    (port,) = map(desk.path, plug_all(desk, Says(named("J-1"))))
    held = SerialLink(port, 115200)
    fault = desk.fault("J-1", "JIG-ABSENT")
    assert f"other programs, such as a running station, hold {port}" in fault.message
    assert "fuser" in fault.remedy
    letting_go = threading.Timer(0.3, held.close)
    letting_go.start()
    assert desk.open("J-1") == port
    letting_go.join()


def test_slots_that_search_at_once_each_find_their_own(desk: Desk) -> None:
    serials = [f"J-{number}" for number in range(6)]
    silent = Says()
    plug_all(desk, *(Says(named(serial)) for serial in serials), silent)
    with ThreadPoolExecutor(len(serials)) as pool:
        links = list(pool.map(lambda serial: desk.finder.open(serial, QUICK), serials))
    assert [Path(link.name).name for link in links] == [f"tty{n}" for n in range(6)]
    assert len(silent.heard) == 2, "who does not answer is asked, and waited for, once for all"
    for link in links:
        link.close()


def test_jigs_that_are_switched_off_keep_no_slot_from_its_own(desk: Desk) -> None:
    """Two whole searches at the most: one that had begun, and one for all who waited meanwhile."""
    silent = Says()
    plug_all(desk, Says(named("J-0")), silent)
    absent = [f"J-{number}" for number in range(1, 7)]

    def search(serial: str) -> str:
        try:
            return desk.open(serial)
        except JigFault as fault:
            return fault.message

    with ThreadPoolExecutor(len(absent) + 1) as pool:
        found = list(pool.map(search, [*absent, "J-0"]))
    assert found.pop() == desk.path("tty0")
    assert all(f"{desk.path('tty0')} is Example Core J-0" in message for message in found)
    assert len(silent.heard) <= 2 * 2


def test_silent_ports_leave_time_for_those_that_are_asked_last(desk: Desk) -> None:
    """J-1 also answers to the other language, and beside it stands what never says anything."""
    other = replace(QUICK, name="other", baud=9600)
    desk.plug("tty0", Says(named("J-1")))
    desk.plug("tty1", Says())
    desk.plug("tty2", Says(named("J-2")))
    assert desk.open("J-2", other) == desk.path("tty2")
    assert desk.open("J-1") == desk.path("tty0")


def test_absent_jigs_of_other_languages_keep_no_slot_from_its_own(desk: Desk) -> None:
    desk.plug("tty0", Says(named("J-1")))
    desk.plug("tty1", Says())
    others = [replace(CORE, name=f"other-{baud}", baud=baud) for baud in (9600, 19200)]
    with ThreadPoolExecutor(3) as slots:
        lost = [slots.submit(desk.open, f"J-{n}", way) for n, way in enumerate(others, start=8)]
        assert slots.submit(desk.open, "J-1", CORE).result() == desk.path("tty0")
    assert [type(each.exception()) for each in lost] == [JigFault, JigFault]


@pytest.mark.filterwarnings("ignore:set:DeprecationWarning")  # of pyserial 3.5
def test_a_port_that_hangs_is_opened_once_until_it_comes_back(desk: Desk) -> None:
    """A device server that takes the connection and never negotiates (RFC 2217)."""
    plug_all(desk, Says(named("J-1")))
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"rfc2217://127.0.0.1:{server.getsockname()[1]}"
        desk.finder = JigFinder(lambda: [*desk.ports(), url])
        assert f"the port {url} hangs" in desk.fault("J-7", "JIG-ABSENT").message
        assert f"the port {url} hangs" in desk.fault("J-8", "JIG-ABSENT").message
        server.settimeout(0)
        taken, _ = server.accept()
        with pytest.raises(BlockingIOError):
            server.accept()
    with taken:
        for thread in threading.enumerate():
            if thread.name.startswith("find-jig"):
                thread.join()
    assert "cannot open the port" in desk.fault("J-9", "JIG-ABSENT").evidence["ports"][url]


def test_ports_are_asked_side_by_side(desk: Desk) -> None:
    plug_all(desk, *(Says() for _ in range(10)))
    started = time.monotonic()
    desk.fault("J-1", "JIG-ABSENT")
    assert time.monotonic() - started < 3.6, "ten times 0.4 s one after another"


def test_who_answers_where_is_listed_and_everything_closed(desk: Desk) -> None:
    (port, *_) = map(desk.path, plug_all(desk, Says(named("J-1")), Says()))
    first, second = desk.finder.look(QUICK)
    assert str(first) == f"{port} is Example Core J-1"
    assert (second.serial, second.held) == (None, False)
    with ExitStack() as stack:
        link = SerialLink(port, 115200)
        stack.callback(link.close)
        first, _ = desk.finder.look(QUICK)
        assert first.held


def test_a_box_that_is_asked_otherwise(desk: Desk) -> None:
    class Box(Says):
        def answer(self, line: str, now_s: float) -> list[Reply]:
            self.heard.append(line)
            return [Reply("ACME 5 SN:B-1" if line == "ID?" else "ERR40")]

    box = Box()
    desk.plug("tty0", box)
    form = r"(?P<maker>\S+) (?P<model>\S+) SN:(?P<serial>\S+)"
    dialect = replace(
        QUICK,
        verbs={**QUICK.verbs, "identify": Verb("ID?", 0.4)},
        identity=re.compile(form),
    )
    assert desk.open("B-1", dialect) == desk.path("tty0")
    assert set(box.heard) == {"ID?"}


def test_ports_where_jigs_of_another_language_were_seen_are_asked_last(desk: Desk) -> None:
    class Box(Says):
        def answer(self, line: str, now_s: float) -> list[Reply]:
            self.heard.append(line)
            return [Reply(named("B-1"))] if line == "ID?" else []

    core, box = Says(named("J-1")), Box()
    desk.plug("tty0", core)
    desk.plug("tty1", box)
    of_boxes = replace(QUICK, verbs={**QUICK.verbs, "identify": Verb("ID?", 0.4)})
    assert desk.open("J-1") == desk.path("tty0")
    assert desk.open("B-1", of_boxes) == desk.path("tty1")
    assert set(core.heard) == {"*IDN?"}
    with pytest.raises(JigFault):
        desk.open("B-2", of_boxes)
    assert set(core.heard) == {"*IDN?", "ID?"}


def driver(desk: Desk, serial: str) -> SerialJig:
    opening = partial(desk.finder.open, serial, QUICK)
    return SerialJig(serial, QUICK, expected=Expected(serial), open_link=opening)


def test_after_a_loss_the_driver_finds_it_on_another_port(desk: Desk) -> None:
    sim = JigBehaviour(None, serial="J-1")
    desk.plug("tty0", sim)
    plug = Says(named("J-2"))
    desk.plug("tty1", plug)
    jig = driver(desk, "J-1")
    jig.under(lease()).supply(5.0)
    heard = len(plug.heard)
    desk.unplug("tty0")
    with pytest.raises(JigFault) as lost:
        jig.under(lease()).voltage_v("vbus")
    assert lost.value.code == "JIG-LOST"
    again = JigBehaviour(None, serial="J-1")
    desk.plug("tty5", again)
    jig.make_safe(Deadline(10))
    assert jig.under(lease()).identify().serial == "J-1"
    assert "SAFE" in again.heard
    assert set(plug.heard[heard:]) <= {"*IDN?"}
    jig.shut()


def test_a_jig_that_stays_away_cannot_be_shown_to_be_safe(desk: Desk) -> None:
    desk.plug("tty0", Says(named("J-2")))
    jig = driver(desk, "J-1")
    with pytest.raises(JigFault) as unsafe:
        jig.make_safe(Deadline(5))
    assert unsafe.value.code == "JIG-UNSAFE"
    assert "J-2" in unsafe.value.message
