"""Sentences in the operator's language, by the catalogues of gettext under `locale/`."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import FAULTS
from harness.model.screen import CHINESE, ENGLISH, RIGHT_TO_LEFT, URDU
from harness.ui.text import printable

LOCALE = Path(__file__).with_name("locale")
DOMAIN = "operator"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", CHINESE: "中文", URDU: "اردو"}
"""The languages that there are, each by its own name."""
_ISOLATED = "\u2068{}\u2069"
"""A text that has its own direction (Unicode UAX 9: FSI, PDI)."""
_CODE = re.compile(r"what\.(.*)")
_MEANINGS = {name: (code.meaning, fault) for fault in FAULTS for name, code in fault.codes.items()}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that is not translated yet: its key in the catalogues, and what it names.

    What is named stays as it is, unless it is a sentence itself.
    """

    key: str
    values: Mapping[str, str | Said] = field(default_factory=dict)


def happened(code: str) -> Said:
    """What a fault code means; "" is a fault that has none."""
    return Said(f"what.{code}")


class Words:
    """Says sentences in one language.

    What they name (digits, codes, names, what a device said) stays as it is, made printable.
    """

    def __init__(self, language: str) -> None:
        """Raises: ValueError when there is no catalogue of that language."""
        if language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise ValueError(f"no catalogue of the language {language!r:.20}; there are {known}")
        self.language = language
        self.right_to_left = language in RIGHT_TO_LEFT
        self._catalogue = gettext.translation(DOMAIN, LOCALE, [language])

    def say(self, said: Said) -> str:
        """A sentence in this language.

        In one that runs from right to left each value stands between FSI and PDI, so that codes
        and digits keep their order.
        """
        values = {name: self._shown(value) for name, value in said.values.items()}
        return self._pattern(said.key).format(**values)

    def _shown(self, value: str | Said) -> str:
        if isinstance(value, Said):
            return self.say(value)
        shown = printable(value)
        return _ISOLATED.format(shown) if self.right_to_left else shown

    def _pattern(self, key: str) -> str:
        """The sentence of a key.

        One of a fault code that has none of its own is its meaning in English, and that of its
        kind in other languages.
        """
        found = self._catalogue.gettext(key)
        code = _CODE.fullmatch(key)
        if found != key or code is None:
            return found
        meaning, fault = _MEANINGS.get(code[1], ("", None))
        if meaning and self.language == ENGLISH:
            return meaning.replace("{", "{{").replace("}", "}}")
        if fault is None:
            of_limit = ":" in code[1]  # that of a measurement outside its limit
            return self._catalogue.gettext("kind.DutFault" if of_limit else "kind.unknown")
        return self._catalogue.gettext(f"kind.{fault.__name__}")
