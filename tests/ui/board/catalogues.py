"""The catalogues of sentences as gettext reads them: `python -m tests.ui.board.catalogues`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from harness.ui.board.words import DOMAIN, LANGUAGES, LOCALE


def written(language: str) -> Path:
    """The file of a language that people write."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue(language: str) -> Catalog:
    """What it says.

    Raises: PoFileError where it is malformed.
    """
    with written(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def sentences(language: str) -> Mapping[str, str]:
    """Its sentences by their keys."""
    return {str(each.id): str(each.string) for each in catalogue(language) if each.id}


def main() -> None:
    for language in LANGUAGES:
        with written(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue(language))


if __name__ == "__main__":
    main()
