"""What holds of every reader, whatever it is given: samples cut, shuffled or doubled, any text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.decode import DECODERS, decode, plain
from harness.model.reading import Unknown, Unreadable
from tests.devices.android.corpus import NAMES, kind_of, sample_text

Leaf = tuple[str, object]
OF_THE_TEXT = {"getprop": {"/count"}}
"""What is said of the text itself, and not of a handset: a shorter text may say otherwise."""
BY_KIND = {
    kind: [sample_text(name) for name in NAMES if kind_of(name) == kind] for kind in DECODERS
}
KINDS = pytest.mark.parametrize("kind", DECODERS)
HEADS = (
    "* daemon not running; starting now at tcp:5037\n* daemon started successfully\n",
    "WARNING: linker: /vendor/lib64/libfoo.so: unused DT entry: type 0x1d\n",
)


def leaves(value: Any, path: str = "") -> Iterator[Leaf]:
    """Each value that a decoded dump claims, with where it stands."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from () if key == "unreadable" else leaves(item, f"{path}/{key}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, f"{path}/{at}")
    elif value is not None:
        yield path, value


def claims_beyond(kind: str, cut: str, whole: set[Leaf]) -> list[Leaf]:
    """What a cut dump claims that the whole one does not."""
    own = OF_THE_TEXT.get(kind, set())
    return [leaf for leaf in leaves(decode(kind, cut)) if leaf not in whole and leaf[0] not in own]


@pytest.mark.parametrize("name", NAMES)
def test_a_dump_that_is_cut_claims_nothing_that_the_whole_one_does_not(name: str) -> None:
    kind, text = kind_of(name), sample_text(name)
    whole = set(leaves(decode(kind, text)))
    wrong = {
        at: claims for at in range(len(text)) if (claims := claims_beyond(kind, text[:at], whole))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "mark",
    ["*** SERVICE 'x' DUMP TIMEOUT (10000ms) EXPIRED ***", "*** SERVICE DUMP TIMEOUT EXPIRED ***"],
)
@pytest.mark.parametrize("name", [name for name in NAMES if kind_of(name) != "at"])
def test_what_dumpsys_cut_reads_as_any_dump_that_is_cut_there(name: str, mark: str) -> None:
    kind, text = kind_of(name), sample_text(name)
    for at in range(1, len(text), max(1, len(text) // 150)):
        cut = decode(kind, text[:at])
        for end in ("\n", "\r\n"):
            head = text[:at].replace("\n", end)
            assert decode(kind, f"{head}{end}{mark}{end}{end}") == cut, text[:at][-40:]


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_of_another_kind_change_nothing(name: str) -> None:
    kind, text = kind_of(name), sample_text(name)
    for end in ("\r\n", "\r\r\n"):
        assert decode(kind, text.replace("\n", end)) == decode(kind, text)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", NAMES)
def test_warnings_in_front_claim_nothing(name: str, head: str) -> None:
    kind, text = kind_of(name), sample_text(name)
    assert claims_beyond(kind, head + text, set(leaves(decode(kind, text)))) == []


@KINDS
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "Can't find service: it\n",
        "Permission Denial: can't dump it from pid=1, uid=2000\n",
        "sh: it: inaccessible or not found\n",
        "java.lang.SecurityException: no\n",
    ],
)
def test_what_is_no_dump_at_all_is_unreadable(kind: str, text: str) -> None:
    assert "unreadable" in (decode(kind, text) or {}), decode(kind, text)


DUMPS = sorted(kind for kind, decoder in DECODERS.items() if decoder.doc.startswith("dumpsys"))


@pytest.mark.parametrize("kind", [*DUMPS, "uevent", "wifi_status", "wifi_scan", "getprop"])
@pytest.mark.parametrize(
    "refusal",
    [
        "Can't find service: it",
        "cmd: Can't find service: wifi",
        "Permission Denial: can't dump it from pid=1, uid=2000",
        "java.lang.SecurityException: no",
        "Security exception: no",
        "cat: /sys/class/power_supply/battery/uevent: Permission denied",
        "/system/bin/sh: dumpsys: inaccessible or not found",
        "error: device offline",
    ],
)
def test_what_refused_says_why(kind: str, refusal: str) -> None:
    for end in ("", "\n", "\r\n"):
        assert decode(kind, refusal + end) == {"unreadable": refusal}


def cut_shuffled_or_doubled(text: str) -> st.SearchStrategy[str]:
    lines = text.splitlines(keepends=True)
    return st.one_of(
        st.permutations(lines).map("".join),
        st.lists(st.sampled_from(lines), max_size=3 * len(lines)).map("".join),
        st.tuples(st.integers(0, len(text)), st.text(), st.integers(0, len(text))).map(
            lambda cut: text[: cut[0]] + cut[1] + text[cut[2] :]
        ),
    )


@KINDS
@given(st.data())
def test_any_text_is_read_or_is_unreadable(kind: str, data: st.DataObject) -> None:
    samples = st.sampled_from(BY_KIND[kind] or ["\n"]).flatmap(cut_shuffled_or_doubled)
    orjson.dumps(decode(kind, data.draw(st.text() | samples)))


@KINDS
def test_the_time_goes_by_the_length(kind: str) -> None:
    """Printed, and held to a limit that only more than linear time can miss."""
    for text in BY_KIND[kind]:
        for piece in {text, *text.splitlines(keepends=True), text.strip()[:40]}:
            long = (piece or " ") * ((1 << 17) // len(piece or " "))
            began = time.perf_counter()
            decode(kind, text + long)
            took_s = time.perf_counter() - began
            assert took_s < 5, (piece, took_s)
    text = BY_KIND[kind][0] if BY_KIND[kind] else ""
    began = time.perf_counter()
    decode(kind, text * ((1 << 21) // max(len(text), 1)))
    print(f"{kind}: 2 MB of its sample in {time.perf_counter() - began:.2f} s")


def test_unknown_is_null_and_unreadable_says_why() -> None:
    assert plain(Unknown("no level")) is None
    assert plain(Unreadable("cut", "lev")) == {"unreadable": "cut"}


def test_a_kind_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError):
        decode("batery", "")
