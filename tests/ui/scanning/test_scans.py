"""A scan is told from typing by its speed; what is not sure is refused, never guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App

from harness.ui.scanning.scans import (
    CUT_S,
    GAP_S,
    LATE_S,
    LEAST,
    ONCE_S,
    PAUSE_S,
    PIECE,
    QUIET_S,
    Bent,
    Heard,
    Keys,
    Once,
    Scan,
    Typed,
)

LABEL = "A57A000001;860123450000012;860123450000020;A57-4G;A57-PK"
FAST_S, SLOW_S = 0.008, 0.12
"""A scanner's keys, as USB polls it; those of the fastest people."""
Presses = list[tuple[str, float]]


def scanned(text: str, at_s: float, gap_s: float = FAST_S, end: str = "\r") -> Presses:
    return [(char, at_s + gap_s * place) for place, char in enumerate(text + end)]


def heard_of(presses: Iterable[tuple[str, float]], keys: Keys | None = None) -> list[Heard]:
    """What comes of these keys, asked as a screen asks: with each key, and when it is due."""
    keys = keys or Keys(Once())
    heard: list[Heard] = []
    for key, at_s in sorted(presses, key=lambda press: press[1]):
        while (due_s := keys.due_s) is not None and due_s <= at_s:
            heard += keys.quiet(due_s)
        heard += keys.press(key, at_s)
    while (due_s := keys.due_s) is not None:
        heard += keys.quiet(due_s)
    return heard


def told(heard: list[Heard]) -> list[str]:
    """In short: `= text` of a scan, `text` of typing, `! reason` of what was refused."""
    short: list[str] = []
    for each in heard:
        match each:
            case Scan(text=text):
                short.append(f"= {text}")
            case Typed():
                short.append(each.text)
            case Bent(reason=reason):
                short.append(f"! {reason.key}")
    return short


@pytest.mark.parametrize("end", ["\r", "\n", "\t", "\r\n", "\t\r"])
@pytest.mark.parametrize("gap_s", [0.0, FAST_S, 0.016, 0.04])
def test_fast_keys_and_an_end_are_a_scan(end: str, gap_s: float) -> None:
    assert told(heard_of(scanned(LABEL, 1.0, gap_s, end))) == [f"= {LABEL}"]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x700), min_size=1, max_size=20))
def test_what_a_person_types_comes_back_key_by_key_and_is_never_a_scan(text: str) -> None:
    heard = heard_of(scanned(text, 1.0, SLOW_S))
    assert "".join(told(heard)) == f"{text}\r"
    assert all(isinstance(each, Typed) for each in heard)


def test_a_persons_key_is_known_soon() -> None:
    keys = Keys(Once())
    assert keys.press("a", 1.0) == []
    assert keys.due_s == pytest.approx(1.0 + GAP_S)
    assert told(keys.quiet(1.0 + GAP_S)) == ["a"]
    assert keys.due_s is None


def test_a_key_that_is_held_down_is_no_scan_and_works_at_once() -> None:
    keys = Keys(Once())
    held = [("\x7f", 1.0 + 0.033 * count) for count in range(20)]
    heard = [keys.press(*press) for press in held]
    assert [told(each) for each in heard[:4]] == [[], ["\x7f\x7f"], [], ["\x7f\x7f"]]
    assert told(heard_of([("a", 1.0 + 0.033 * count) for count in range(20)])) == ["a" * 20]


def test_named_keys_come_back_in_order_and_have_no_text() -> None:
    heard = heard_of([("a", 1.0), ("left", 1.2), ("f8", 1.4), ("b", 1.6)])
    assert [each.keys for each in heard if isinstance(each, Typed)] == [
        ("a",),
        ("left",),
        ("f8",),
        ("b",),
    ]
    assert told(heard) == ["a", "", "", "b"]


def test_a_scan_while_a_person_types_is_not_glued_to_it() -> None:
    typed = scanned("hunter", 1.0, SLOW_S, end="")
    after = typed[-1][1] + PAUSE_S + 0.01
    assert told(heard_of([*typed, *scanned(LABEL, after)])) == [*"hunter", f"= {LABEL}"]


@given(st.floats(0.0, 3.0), st.integers(1, 12), st.floats(0.06, 0.4))
def test_wherever_a_scan_falls_into_typing_it_is_whole_or_refused(
    at_s: float, count: int, gap_s: float
) -> None:
    """But for a key within a scan's own, which no time tells: the form of the code does."""
    typed = scanned("z" * count, 1.0, gap_s, end="")
    scan = scanned(LABEL, at_s)
    within = [press for press in typed if scan[0][1] - GAP_S < press[1] < scan[-1][1] + QUIET_S]
    if within:
        return
    said = told(heard_of([*typed, *scan]))
    scans = [words for words in said if words.startswith("=")]
    assert scans in ([f"= {LABEL}"], [])
    assert scans or "! scan.mixed" in said


@pytest.mark.parametrize("place", [3, 20, len(LABEL) - 3])
@pytest.mark.parametrize("stall_s", [0.06, PAUSE_S - 0.02])
def test_a_scan_that_a_busy_pc_cuts_is_whole(place: int, stall_s: float) -> None:
    presses = scanned(LABEL, 1.0)
    late = [(key, at_s + stall_s * (spot >= place)) for spot, (key, at_s) in enumerate(presses)]
    assert told(heard_of(late)) == [f"= {LABEL}"]


cuts = st.lists(st.integers(PIECE, len(LABEL) - PIECE), max_size=3, unique=True).map(sorted)


@given(
    cuts.filter(lambda cut: all(near + PIECE <= far for near, far in pairwise(cut))),
    st.floats(0.0, CUT_S - 0.1),
)
def test_a_scan_that_is_cut_is_whole_or_none(places: list[int], stall_s: float) -> None:
    """Of pieces of one or two keys nothing shows that they were a scanner's."""
    late = [
        (key, at_s + stall_s * sum(spot >= place for place in places))
        for spot, (key, at_s) in enumerate(scanned(LABEL, 1.0))
    ]
    scans = [words for words in told(heard_of(late)) if words.startswith("=")]
    assert scans in ([], [f"= {LABEL}"])


def test_the_second_half_of_a_scan_is_not_taken_for_a_code() -> None:
    half = LABEL.index(";") + 1
    presses = scanned(LABEL, 1.0)
    late = [
        (key, at_s + (1.0 if spot >= half else 0.0)) for spot, (key, at_s) in enumerate(presses)
    ]
    assert told(heard_of(late)) == ["! scan.no_end", "! scan.mixed"]


@pytest.mark.parametrize("wait_s", [0.06, 0.2, LATE_S - 0.05])
def test_an_enter_may_come_late(wait_s: float) -> None:
    presses = scanned(LABEL, 1.0, end="")
    assert told(heard_of([*presses, ("\r", presses[-1][1] + wait_s)])) == [f"= {LABEL}"]


def test_a_scan_without_an_end_is_refused_and_a_later_enter_is_a_persons() -> None:
    presses = scanned(LABEL, 1.0, end="")
    later = presses[-1][1] + CUT_S
    assert told(heard_of([*presses, ("\r", later)])) == ["! scan.no_end", "\r"]
    assert told(heard_of([*presses, *scanned(LABEL, later)])) == ["! scan.no_end", f"= {LABEL}"]


def test_keys_after_a_scan_without_an_end_are_not_glued_to_it() -> None:
    presses = scanned(LABEL, 1.0, end="")
    near = presses[-1][1] + 0.1
    assert told(heard_of([*presses, ("x", near), ("\r", near + 0.1)])) == ["! scan.mixed"]


@given(st.floats(-0.5, 0.5), st.sampled_from([0.0, 0.004, 0.008, 0.016]))
def test_two_scanners_at_once_are_both_refused_or_both_whole(apart_s: float, gap_s: float) -> None:
    other = "A57A000002;860123450000038;860123450000046;A57-4G;A57-PK"
    said = told(heard_of([*scanned(LABEL, 2.0, FAST_S), *scanned(other, 2.0 + apart_s, gap_s)]))
    whole = {f"= {LABEL}", f"= {other}"}
    glued = [words for words in said if words.startswith("=") and words not in whole]
    assert glued == []
    assert set(said) == whole or "! scan.two" in said or "! scan.mixed" in said


def test_after_two_at_once_the_next_scan_counts() -> None:
    both = [*scanned(LABEL, 1.0), *scanned(LABEL, 1.003)]
    assert told(heard_of([*both, *scanned(LABEL, 3.0)])) == ["! scan.two", f"= {LABEL}"]


def test_one_code_counts_once_within_a_second_whichever_scanner_reads_it() -> None:
    twice = [*scanned(LABEL, 1.0, 0.0), *scanned(LABEL, 1.0 + ONCE_S - 0.1, 0.0)]
    assert told(heard_of(twice)) == [f"= {LABEL}"]
    thrice = [*twice, *scanned(LABEL, 1.0 + ONCE_S + 0.1, 0.0)]
    assert told(heard_of(thrice)) == [f"= {LABEL}"] * 2
    other = [*scanned(LABEL, 1.0, 0.0), *scanned("B-0042", 1.3, 0.0)]
    assert told(heard_of(other)) == [f"= {LABEL}", "= B-0042"]
    once = Once()
    assert not once.again(Scan(LABEL, 1.0))
    assert heard_of(scanned(LABEL, 1.5, 0.0), Keys(once)) == []


def test_short_codes_are_typing() -> None:
    short, scan = "B-042"[: LEAST - 1], "B-0042"
    assert told(heard_of(scanned(short, 1.0))) == [f"{short}\r"]
    assert told(heard_of(scanned(scan, 1.0))) == [f"= {scan}"]


def test_keys_without_a_character_and_endless_codes_are_refused() -> None:
    presses = scanned(LABEL, 1.0)
    assert told(heard_of([*presses[:10], ("f8", 1.073), *presses[10:]])) == ["! scan.control"]
    assert told(heard_of(scanned("A7" * 200, 1.0))) == ["! scan.long"]


def test_a_gs_is_part_of_a_scan() -> None:
    assert told(heard_of(scanned("]d221A57A000001\x1d8002860123450000012", 1.0))) == [
        "= ]d221A57A000001\x1d8002860123450000012"
    ]


def test_what_may_be_a_secret_is_not_shown() -> None:
    assert "hunter" not in repr(heard_of(scanned("hunter2!", 1.0, SLOW_S)))
    assert "hunter" not in repr(heard_of(scanned("hunter2!", 1.0)))


@given(st.lists(st.tuples(st.sampled_from("aB7;\r\t\x7f"), st.floats(0.0, 0.6)), max_size=60))
def test_no_key_of_a_person_is_lost_and_none_is_told_twice(steps: list[tuple[str, float]]) -> None:
    at_s, presses = 0.0, list[tuple[str, float]]()
    for key, gap_s in steps:
        at_s += gap_s
        presses.append((key, at_s))
    heard = heard_of(presses)
    if not any(isinstance(each, Bent) for each in heard):
        kept = [each.text for each in heard if isinstance(each, Scan | Typed)]
        ends = str.maketrans("", "", "\r\t")
        assert "".join(kept).translate(ends) == "".join(key for key, _ in steps).translate(ends)


class Listening(App[None]):
    """Hands each key on as an operator's screen does."""

    def __init__(self) -> None:
        super().__init__()
        self.keys, self.heard = Keys(Once()), list[Heard]()

    def on_key(self, event: events.Key) -> None:
        self.heard += self.keys.press(event.character or event.key, event.time)


def test_a_scan_comes_through_textual() -> None:
    async def scan() -> list[Heard]:
        app = Listening()
        async with app.run_test() as pilot:
            for key in [*LABEL, "enter"]:
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await pilot.pause()
            assert app.keys.due_s is not None
            app.heard += app.keys.quiet(app.keys.due_s)
        return app.heard

    assert told(asyncio.run(scan())) == [f"= {LABEL}"]
