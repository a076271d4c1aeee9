"""The pure part of preparing and restoring: whatever was found, wherever it was cut."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.reading import Unreadable
from harness.sim.handset.state.storage import ROOTS, Storage
from harness.steps.undoing.found import (
    ASKED_FOR,
    GONE,
    RADIOS,
    SCREEN,
    SET_UP,
    STAY_ON,
    Found,
    Note,
    changes,
    read_note,
    repairs,
    same,
)
from harness.steps.undoing.shelf import (
    DCIM,
    FILLING,
    LIST,
    SHELF,
    bringing_back,
    read_seen,
    setting_aside,
)

NUMBERS = st.none() | st.integers(0, 9).map(str)
PACKAGES = st.sampled_from(["com.oplus.camera", "com.android.camera2"])
WIZARD = st.just(dict[str, str]()) | st.sampled_from(["0", "1"]).map(
    lambda state: {"package com.a.wizard": state}
)
DENIED = st.lists(
    st.builds("permission {} {}".format, PACKAGES, st.sampled_from(sorted(ASKED_FOR)))
).map(lambda keys: dict.fromkeys(keys, "denied"))
SETTINGS = st.fixed_dictionaries(dict.fromkeys((STAY_ON, *SET_UP, *RADIOS), NUMBERS))
SCREENS = st.sampled_from(["awake", "asleep"])


@st.composite
def found_states(draw: st.DrawFn) -> Found:
    """Anything that may have been found on a handset."""
    return {SCREEN: draw(SCREENS), **draw(SETTINGS), **draw(DENIED), **draw(WIZARD)}


FOUND = found_states()
CUTS = st.lists(st.integers(0, 12), max_size=4)


@given(found=FOUND, prepared=st.integers(0, 20), meanwhile=FOUND, cuts=CUTS)
def test_what_is_restored_is_what_was_found(
    found: Found, prepared: int, meanwhile: Found, cuts: list[int]
) -> None:
    handset = dict(found)
    handset |= dict(list(changes(found).items())[:prepared])
    handset |= {key: meanwhile[key] for key in RADIOS}  # what the steps of the run switched
    for cut in [*cuts, 99]:
        handset |= dict(list(repairs(found, handset).items())[:cut])
    assert repairs(found, handset) == {}
    assert all(same(key, handset[key], value) for key, value in found.items())


@given(found=FOUND)
def test_prepare_sets_what_differs_and_leaves_the_radios(found: Found) -> None:
    changed = changes(found)
    assert not changed.keys() & set(RADIOS)
    assert all(found[key] != value for key, value in changed.items())
    assert changes({**found, **changed}) == {}


@given(found=FOUND, serial=st.text(min_size=1, max_size=20))
def test_a_note_reads_as_it_was_written(found: Found, serial: str) -> None:
    note = Note(serial, found)
    assert read_note(note.to_bytes().decode()) == note


@given(found=FOUND, at=st.integers(0, 10_000), bits=st.integers(1, 127))
def test_a_note_of_which_a_byte_is_another_one_is_never_obeyed(
    found: Found, at: int, bits: int
) -> None:
    content = bytearray(Note("A57A000001", found).to_bytes())
    content[at % len(content)] ^= bits
    assert read_note(content.decode("utf-8", "replace")) != Note("A57A000001", found) or (
        bytes(content) == Note("A57A000001", found).to_bytes()
    )
    assert isinstance(read_note(content.decode("utf-8", "replace")), Unreadable)


@given(text=st.text())
def test_any_text_is_a_note_or_unreadable(text: str) -> None:
    assert isinstance(read_note(text), Note | Unreadable)


NAMES = st.sampled_from(
    ["Camera", "Screenshots", ".thumbnails", "it's $(odd)", "a b;c", "line\nfeed"]
)


class Shell:
    """The files of a handset, by the simulator's own programs; a command may be the last one."""

    def __init__(self, names: Iterable[str]) -> None:
        self.files = {f"{DCIM}/{name}/1.jpg": f"mine in {name}".encode() for name in names}
        self.storage = Storage(self.files, lambda _: None)

    def run(self, command: str) -> tuple[str, str]:
        from harness.sim.handset import shell

        programs = self.storage.programs()
        answer = shell.run(command, lambda words, now_s: programs[words[0]](words[1:], now_s), 0.0)
        assert command == LIST or answer.code == 0, (command, answer)
        return answer.out.decode(), answer.err.decode()

    def do(self, move: str, cut: int) -> None:
        seen = read_seen(*self.run(LIST))
        assert not isinstance(seen, Unreadable), seen
        commands = setting_aside(seen) if move == "aside" else bringing_back(seen)
        for command in list(commands)[:cut]:
            self.run(command)


@given(
    mine=st.sets(NAMES),
    made=st.sets(NAMES),
    aside=st.integers(0, 4),
    cuts=st.lists(st.integers(0, 5), max_size=4),
)
def test_pictures_come_back_wherever_it_was_cut(
    mine: set[str], made: set[str], aside: int, cuts: list[int]
) -> None:
    shell = Shell(mine)
    before = dict(shell.files)
    shell.do("aside", aside)
    if SHELF in shell.storage.folders:  # only then does the run go on
        assert not any(path.startswith(f"{DCIM}/") for path in shell.files)
        shell.files |= {f"{DCIM}/{name}/2.jpg": b"the run's" for name in made}
    for cut in [*cuts, 99]:
        shell.do("back", cut)
    assert shell.files == before
    assert shell.storage.folders == set(ROOTS)


@pytest.mark.parametrize(
    ("out", "err"),
    [
        ("", ""),
        (f"{DCIM}\0{DCIM}/Camera", ""),
        (f"{DCIM}\0/elsewhere/x\0", ""),
        (f"{DCIM}\0", "find: /sdcard/DCIM: Permission denied\n"),
        (f"{DCIM}\0{SHELF}\0{FILLING}\0", ""),
    ],
)
def test_folders_that_are_not_understood_are_unreadable(out: str, err: str) -> None:
    assert isinstance(read_seen(out, err), Unreadable)


@given(out=st.text(), err=st.text())
def test_any_listing_is_seen_or_unreadable(out: str, err: str) -> None:
    read_seen(out, err)


@given(found=FOUND, key=st.sampled_from(sorted(ASKED_FOR)))
def test_what_is_gone_needs_no_repair_and_what_cannot_be_read_does(found: Found, key: str) -> None:
    assert repairs(found, dict.fromkeys(found, GONE)) == {}
    assert repairs(found, dict.fromkeys(found, Unreadable("odd"))) == found
    gone = Note("A57A000001", {f"permission com.a.b {key}": GONE})
    assert isinstance(read_note(gone.to_bytes().decode()), Unreadable)
