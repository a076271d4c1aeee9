"""The page in a real Chromium: what a person sees of stations that come, fail, go and come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.ui.board.words import LANGUAGES
from tests.ui.page.browser import Page, browsing
from tests.ui.page.pictures import line_of_two
from tests.ui.page.serving import Place, served

TILE = 'document.querySelector(\'[data-station="0"] [data-slot="{}"]\')'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = Place(tmp_path / "floor")
    yield opened
    opened.close()


def faces(slot: int, face: str) -> str:
    return f"{TILE.format(slot)}?.dataset.face == '{face}'"


def test_what_a_device_says_is_text_on_the_page_and_nothing_else(page: Page, place: Place) -> None:
    evil = "<img src=x onerror=alert(1)><script>document.body.id='hit'</script>\u202e&amp;"
    place.line.refuse(f"UNIT-WRONG: {evil}")
    with served(place) as server:
        page.open(server.url)
        page.until(faces(1, "STOP"))
        assert evil.replace("\u202e", "\\u202e") in page.text()
        assert page.value("document.querySelectorAll('main img, main script').length") == 0
        assert page.value("document.body.id") == ""
    assert page.said == []


def test_each_face_has_a_shape_a_word_and_a_contrast_in_each_palette(
    page: Page, tmp_path: Path
) -> None:
    with line_of_two(tmp_path) as server:
        for palette in ("blue-orange", "green-red", "mono"):
            page.open(f"{server.url}?palette={palette}")
            page.until("document.querySelectorAll('.tile').length == 16")
            shown = page.value(
                "[...new Set([...document.querySelectorAll('.tile')].map(t => ["
                "t.dataset.face, t.querySelector('use').getAttribute('href'),"
                "t.querySelector('.word').textContent].join()))].sort()"
            )
            assert [line.split(",")[1] for line in shown] == [
                f"#sign-{line.split(',')[0]}" for line in shown
            ]
            assert len({line.split(",")[2] for line in shown}) == len(shown)
            drawn = "document.querySelector('.tile .sign').getBoundingClientRect().width"
            assert page.value(drawn) > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_off_or_runs_the_wrong_way(
    page: Page, tmp_path: Path, language: str
) -> None:
    with line_of_two(tmp_path) as server:
        page.open(f"{server.url}?language={language}", width=1920, height=1080)
        page.until("document.querySelectorAll('.tile').length == 16")
        assert page.value("document.documentElement.scrollHeight") <= 1080, "it fits a wall screen"
        assert page.value("document.documentElement.scrollWidth") <= 1920
        # a pixel of 55 inches is 0.634 mm; 16 minutes of arc at 5 m are 23.3 mm (ISO 9241-303)
        size = "parseFloat(getComputedStyle(document.querySelector('.word')).fontSize)"
        assert page.value(size) * 0.71 * 0.634 > 23.3, "a capital is 0.71 of its font's size"
        whole = (
            "[...document.querySelectorAll('.verdict')].every(v => v.scrollWidth <= v.clientWidth)"
        )
        assert page.value(whole)
        turned = (
            "[...document.querySelectorAll('.digits, .code')]"
            ".every(e => getComputedStyle(e).direction == 'ltr')"
        )
        assert page.value(turned)
        direction = page.value("getComputedStyle(document.body).direction")
        assert direction == ("rtl" if language == "ur" else "ltr")
        named = "document.querySelector('.digits').textContent"
        assert str(page.value(named)).isascii()


def test_a_station_and_a_server_that_go_are_said_and_all_is_right_when_they_are_back(
    page: Page, place: Place
) -> None:
    with served(place) as server:
        page.open(server.url)
        page.until(faces(1, "EMPTY"))
        place.close()
        page.until("document.querySelector('.station.gone') !== null")
        assert "The station does not answer" in page.text()
        place.line.put_in()
        place.open()
        page.until("document.querySelector('.station.gone') === null")
        page.until(faces(1, "WAIT"))
    page.until("document.body.classList.contains('old')")
    assert "lost its server" in page.text()


def test_it_counts_down_by_itself_and_obeys_who_wants_no_motion(page: Page, tmp_path: Path) -> None:
    with line_of_two(tmp_path) as server:
        page.emulate("prefers-reduced-motion", "reduce")
        page.open(server.url)
        left = "document.querySelector('[data-face=\"RUN\"] .left').textContent"
        page.until("document.querySelector('[data-face=\"RUN\"]') !== null")
        page.until(f"/[0-9]:[0-9][0-9]/.test({left})")
        before = page.value(left)
        page.until(f"{left} != '{before}'")
        moving = (
            "[...document.querySelectorAll('*')].filter(e => "
            "parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
        )
        assert page.value(moving) == 0
        bar = "-webkit-progress-value", "transition-duration"
        assert page.drawn(*bar) == {"0s"}
        page.emulate("prefers-reduced-motion", "no-preference")
        assert page.drawn(*bar) == {"0.25s"}, "the bar is what moves"
