"""What a tile says in the room that it has: what matters most is never left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.cells import cell_len

from harness.model.events import Purpose
from harness.ui.board.glyphs import TEXT_SIGNS
from harness.ui.board.tile import Face, Tile
from harness.ui.board.words import Said, Words, happened
from harness.ui.operator.lines import wrapped
from harness.ui.operator.tiles import drawn
from tests.ui.board.catalogues import sentences

WORDS = {language: Words(language) for language in ("en", "zh")}
TEXTS = st.text(st.characters(categories=["L", "N", "P"], max_codepoint=0x9FFF) | st.just(" "))
WIDTHS, HEIGHTS = st.integers(2, 220), st.integers(2, 70)
VALUES = {"bin": "R2", "slot": "7", "text": "Is it white?"}
ACTIONS = [Said(key, VALUES) for key in sentences("en") if key.startswith("do.")]


@st.composite
def tiles(draw: st.DrawFn) -> Tile:
    return Tile(
        slot=draw(st.integers(1, 64)),
        face=draw(st.sampled_from(Face)),
        digits=draw(st.sampled_from(["", "000042", "ab-001"])),
        code=draw(st.sampled_from(["", "BAT-07"])),
        words=draw(TEXTS),
        bin=draw(st.sampled_from(["", "R2", "bin 7"])),
        action=Said("do.answer", {"text": draw(TEXTS)}),
        left_s=draw(st.none() | st.floats(0, 9999)),
        share=draw(st.none() | st.floats(0, 1)),
        step=draw(TEXTS),
        counts=True,
        notes=draw(st.sampled_from([(), (Said("note.engineering"),)])),
    )


HUNG = Tile(
    slot=7,
    face=Face.STOP,
    digits="004107",
    code="ADB-HANG",
    words="fell silent (9.001 s after 'shell,v2,raw:cmd wifi')",
    bin="",
    action=Said("do.reseat"),
    left_s=None,
    share=None,
    step="",
    counts=True,
)


@given(tiles(), st.sampled_from(sorted(WORDS)), WIDTHS, HEIGHTS)
def test_a_tile_has_as_many_lines_as_there_is_room_for(
    tile: Tile, language: str, width: int, height: int
) -> None:
    lines = drawn(tile, WORDS[language], width, height)
    assert len(lines) == height
    assert "\n" not in "".join(line.text for line in lines)


@given(tiles(), st.integers(7, 220), st.integers(3, 8))
def test_a_small_tile_says_slot_and_bin(tile: Tile, width: int, height: int) -> None:
    lines = [line.text for line in drawn(tile, WORDS["en"], width, height)]
    assert lines[0].startswith(str(tile.slot))
    if tile.bin:
        assert any(tile.bin in line for line in lines[1:])


@given(tiles(), st.integers(5, 220))
def test_a_tile_of_one_line_says_slot_and_face(tile: Tile, width: int) -> None:
    (line,) = drawn(tile, WORDS["en"], width, 1)
    assert line.text.startswith(f"{tile.slot} {TEXT_SIGNS[tile.face]}")
    assert cell_len(line.text) == width


@given(tiles(), st.sampled_from(ACTIONS), st.integers(18, 60), st.integers(2, 20))
def test_chinese_says_what_to_do_and_the_code_wherever_english_has_room_for_them(
    tile: Tile, action: Said, width: int, height: int
) -> None:
    tile = replace(tile, code="BAT-07", action=action)
    rows = {each: wrapped(words.say(action), width, 9) for each, words in WORDS.items()}
    assume(len(rows["zh"]) <= len(rows["en"]))

    def says(language: str) -> bool:
        lines = [line.text for line in drawn(tile, WORDS[language], width, height)]
        return {*rows[language]} <= {*lines} and any(tile.code in line for line in lines)

    assert says("zh") or not says("en")


@given(
    tiles(),
    st.sampled_from(ACTIONS),
    st.sampled_from(sorted(WORDS)),
    st.integers(9, 60),
    st.integers(3, 20),
)
def test_no_code_stands_where_what_to_do_has_no_line(
    tile: Tile, action: Said, language: str, width: int, height: int
) -> None:
    tile = replace(tile, code="ADB-HANG", words="", step="camera", action=action)
    lines = [line.text for line in drawn(tile, WORDS[language], width, height)]
    begin = wrapped(WORDS[language].say(action), width, 1)[0].rstrip("…")
    less = {tile.code, tile.step, WORDS[language].say(happened(tile.code))} & {*lines}
    assert not less or tile.face is Face.RUN or any(line.startswith(begin) for line in lines)


@pytest.mark.parametrize(
    ("language", "key", "shown"),
    [
        ("en", "do.reseat", "Take the unit…"),
        ("en", "do.quarantined", "Put no unit in…"),
        ("en", "do.unsafe", "Do not reach in…"),
        ("zh", "do.hold", "取出手机并保留…"),
        ("zh", "do.unsafe", "请勿伸手。关闭治…"),
    ],
)
def test_of_what_to_do_the_begin_stands_where_there_is_one_line(
    language: str, key: str, shown: str
) -> None:
    tile = replace(HUNG, action=Said(key))
    *_, last = drawn(tile, WORDS[language], 17, 5)
    assert last.text == shown
    assert drawn(replace(tile, bin="R2"), WORDS["en"], 17, 5)[-1].text == "Bin R2  ADB-HANG"


@pytest.mark.parametrize(
    ("language", "meant"), [("en", "The unit does not answer"), ("zh", "手机没有响应")]
)
def test_a_stop_says_what_its_code_means_and_only_below_it_the_stations_own_words(
    language: str, meant: str
) -> None:
    def below(tile: Tile, height: int) -> list[str]:
        lines = [line.text for line in drawn(tile, WORDS[language], 37, height) if line.text]
        return lines[lines.index(tile.code) + 1 :] if tile.code in lines else []

    own = wrapped(HUNG.words, 37, 2)
    shown = [below(HUNG, height) for height in range(3, 21)]
    assert all(each in ([], [meant], [meant, *own]) for each in shown), shown
    assert [meant] in shown
    assert shown[-1] == [meant, *own]
    failed = replace(HUNG, face=Face.FAIL, words="no answer", bin="R2")
    assert below(failed, 20) == ["no answer"], "a symptom is told by its plan"


VERDICTS = [Face.PASS, Face.FAIL, Face.STOP]


@given(
    tiles(),
    st.sampled_from(VERDICTS),
    st.sampled_from([*Purpose][1:]),
    st.sampled_from(sorted(WORDS)),
    st.integers(9, 60),
    st.integers(2, 20),
)
def test_a_verdict_that_does_not_count_says_so_whole_whatever_else_there_is(
    tile: Tile, face: Face, purpose: Purpose, language: str, width: int, height: int
) -> None:
    words, note = WORDS[language], Said(f"note.{purpose}")
    bad = replace(tile, face=face, counts=False, notes=(note, Said("note.bad")))
    shown = " ".join(line.text.strip() for line in drawn(bad, words, width, height))
    why, word = (words.say(each).replace(" ", "") for each in (note, Said("note.void")))
    assert why in shown.replace(" ", "") or word in shown.split()
    if height == 2:
        assert f"{TEXT_SIGNS[face]} {face.value}" in shown, "and the word of the verdict"


@pytest.mark.parametrize(
    ("language", "lines"),
    [("en", ["61   VOID", " ✓ PASS"]), ("zh", ["61 不计入", " ✓ PASS"])],
)
def test_the_smallest_tile_says_the_verdict_and_that_it_does_not_count(
    language: str, lines: list[str]
) -> None:
    words = WORDS[language]
    tile = uncounted(Face.PASS, Purpose.REHEARSAL)
    assert [line.text for line in drawn(tile, words, 9, 2)] == lines
    assert "✓ PASS Rehearsal: does not count" in drawn(tile, WORDS["en"], 40, 2)[1].text
    (line,) = drawn(tile, words, 9, 1)
    assert line.text.startswith("61 ✓ V" if language == "en" else "61 ✓ 不")
    assert "PASS" not in line.text, "no verdict without it"
    (line,) = drawn(tile, WORDS["en"], 20, 1)
    assert line.text == "61 ✓ PASS       VOID"
    (line,) = drawn(replace(tile, counts=True), words, 9, 1)
    assert line.text == "61 ✓ PASS"


@pytest.mark.parametrize("height", range(3, 9))
def test_a_fail_that_does_not_count_says_so_beside_its_bin(height: int) -> None:
    tile = replace(uncounted(Face.FAIL, Purpose.ENGINEERING), bin="R2", code="BAT-07")
    shown = " ".join(line.text for line in drawn(tile, WORDS["en"], 14, height)).split()
    assert "VOID" in shown
    assert ("R2" in shown) is (height > 3)


def uncounted(face: Face, purpose: Purpose) -> Tile:
    """The tile of a verdict that does not count."""
    note = Said(f"note.{purpose}")
    void = replace(HUNG, slot=61, face=face, digits="004161", code="", words="", counts=False)
    return replace(void, action=Said("do.uncounted"), notes=(note,))


def test_a_fail_among_64_has_its_cross_as_high_as_the_tile_and_a_run_its_time() -> None:
    failed = Tile(
        slot=3,
        face=Face.FAIL,
        digits="004103",
        code="BAT-07",
        words="",
        bin="R2",
        action=Said("do.bin", {"bin": "R2"}),
        left_s=None,
        share=None,
        step="",
        counts=True,
        notes=(),
    )
    lines = [line.text for line in drawn(failed, WORDS["en"], 11, 4)]
    assert lines == ["3    004103", "▀▄ ▄▀ FAIL", " ▄▀▄  R2", "▀   ▀ "]
    running = replace(failed, face=Face.RUN, code="", bin="", left_s=45.0)
    assert "0:45" in [line.text for line in drawn(running, WORDS["en"], 11, 4)]
