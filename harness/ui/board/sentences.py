"""What stands above and below the tiles, as sentences: the screen and the page share them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from harness.ui.board.footer import Footer
from harness.ui.board.stop import Stop
from harness.ui.board.words import Said, Words


def mode(footer: Footer, words: Words) -> str:
    """That a run is played, or engineering mode is on, until when and by whom; else ""."""
    if played := footer.played:
        began = f"{played.began.astimezone():%Y-%m-%d %H:%M}"
        return words.say(Said("banner.replay", {"run": played.run, "began": began}))
    until = footer.engineering_until
    if until is None:
        return ""
    said = words.say(Said("banner.engineering", {"until": time_of_day(until)}))
    return f"{said} ({footer.engineering_by})" if footer.engineering_by else said


def how(footer: Footer, words: Words) -> Iterator[str]:
    """How it goes: first-pass yield, then how many runs had which outcome."""
    if footer.fpy is None:
        yield words.say(Said("label.no_fpy"))
    else:
        values = {"percent": f"{footer.fpy:.1f}", "first": str(footer.first)}
        yield words.say(Said("label.fpy", values))
    for outcome, number in footer.ended.items():
        yield f"{number} {words.say(Said(f'outcome.{outcome}'))}"


def who(footer: Footer, words: Words) -> Iterator[str]:
    """Who is here, and for how long; since when runs are counted, where that is not since then."""
    if not footer.operator:
        yield words.say(Said("label.nobody"))
    else:
        yield words.say(Said("label.operator", {"name": footer.operator}))
        if footer.since and footer.until:
            times = {"since": time_of_day(footer.since), "until": time_of_day(footer.until)}
            yield words.say(Said("label.shift", times))
    if footer.counted_since and footer.counted_since != footer.since:
        yield words.say(Said("label.counted", {"since": time_of_day(footer.counted_since)}))


def what(footer: Footer, words: Words) -> Iterator[str]:
    """What is run: plan and release; nothing while nobody knows."""
    if footer.plan:
        values = {"plan": footer.plan, "revision": str(footer.revision)}
        yield words.say(Said("label.plan", values))
        key = "label.release" if footer.release else "label.no_release"
        yield words.say(Said(key, {"release": footer.release}))


def slots_of(stop: Stop, words: Words) -> str:
    """Which slots a stop is of."""
    if len(stop.slots) < 2:
        return place(next(iter(stop.slots), None), words)
    slots = ", ".join(map(str, stop.slots))
    return words.say(Said("label.slots", {"slots": slots}))


def place(slot: int | None, words: Words) -> str:
    """A slot; without its number the whole station."""
    if slot is None:
        return words.say(Said("label.all"))
    return words.say(Said("label.slot", {"slot": str(slot)}))


def time_of_day(at: datetime) -> str:
    """A time as clocks on the wall show it."""
    return f"{at.astimezone():%H:%M}"
