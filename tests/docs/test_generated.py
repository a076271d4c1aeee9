"""The generated pages are current, and no code stands in them that no test has seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import all_codes
from tests.docs.generate import DOCS, PAGES, codes_page

TESTS = Path(__file__).parents[1]
NOT_EVIDENCE = {TESTS / "test_errors.py", *(TESTS / "docs").glob("*")}


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_current(page: str) -> None:
    current = (DOCS / page).read_text(encoding="utf-8")
    assert current == PAGES[page](), "run: python -m tests.docs.generate"


def test_every_code_has_its_row() -> None:
    rows = re.findall(r"^\| `([A-Z-]+)` \| ([A-Z]+) \|", codes_page(), re.MULTILINE)
    assert rows == [(name, str(blame)) for name, blame, _ in all_codes()]


def _words_of_the_tests() -> Iterator[str]:
    for path in sorted(TESTS.rglob("*")):
        if path.suffix in (".py", ".yaml") and path not in NOT_EVIDENCE:
            yield from re.findall(r"[A-Z]+(?:-[A-Z]+)+", path.read_text(encoding="utf-8"))


def test_every_code_is_named_by_a_test() -> None:
    named = set(_words_of_the_tests())
    assert [name for name, _, _ in all_codes() if name not in named] == []
