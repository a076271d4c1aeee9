# ruff: noqa: RUF001 (what stands on the keys of other countries)
"""What a keyboard of another layout makes of the keys that a scanner presses. Pure.

A keyboard-wedge scanner presses the keys of a US keyboard. The PC turns keys into characters by the
layout that is chosen there. Source of the layouts: symbols/{fr,de,gb,es,tr,ru,ara} and us(dvorak)
of xkeyboard-config.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from harness.model.scan import WRITTEN

_US = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"
_US += '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
"""Each key without Shift, row by row, then with it."""
_LAYOUTS = {  # of Arabic what is no ASCII is written as one sign: nothing is told by it
    "french": "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!"
    "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§",
    "german": "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-"
    "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
    "british": "`1234567890-=qwertyuiop[]#asdfghjkl;'zxcvbnm,./"
    '¬!"£$%^&*()_+QWERTYUIOP{}~ASDFGHJKL:@ZXCVBNM<>?',
    "spanish": "º1234567890'¡qwertyuiop`+çasdfghjklñ´zxcvbnm,.-"
    'ª!"·$%&/()=?¿QWERTYUIOP^*ÇASDFGHJKLÑ¨ZXCVBNM;:_',
    "turkish": '"1234567890*-qwertyuıopğü,asdfghjklşizxcvbnmöç.'
    "é!'^+%&/()=?_QWERTYUIOPĞÜ;ASDFGHJKLŞİZXCVBNMÖÇ:",
    "dvorak": "`1234567890[]',.pyfgcrl/=\\aoeuidhtns-;qjkxbmwvz"
    '~!@#$%^&*(){}"<>PYFGCRL?+|AOEUIDHTNS_:QJKXBMWVZ',
    "russian": "ё1234567890-=йцукенгшщзхъ\\фывапролджэячсмитьбю."
    'Ё!"№;%:?*()_+ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,',
    "arabic": "…1234567890-=………………………………\\………………………………………………………"
    "…!@#$%^&*)(_+………………`÷×…<>………][…………/:\"~…}{……',.…",
}
_NOT_OF_SCANNERS = ("russian", "arabic")
"""They have no Latin letters, so no scanner is set to them for labels."""
_SCANNER = "scanner set to "
_CAPS = "Caps Lock"
_DIGITS = "0123456789"
SCRIPTS = {"CYRILLIC": "cyrillic", "ARABIC": "arabic", "EXTENDED ARABIC-INDIC": "urdu"}
SCRIPTS |= {"ARABIC-INDIC": "arabic", "FULLWIDTH": "full_width", "IDEOGRAPHIC": "full_width"}
SCRIPTS |= {"CJK": "chinese", "LATIN": "accented", "GREEK": "greek"}


class Cause(StrEnum):
    """What bends a scan, and is to be set right."""

    LAYOUT = "layout"
    """The layout that is chosen at the PC."""
    COUNTRY = "country"
    """The country that the scanner is set to."""
    CAPS = "caps"
    """Caps Lock."""
    SHIFT = "shift"
    """The scanner's Shift gets lost."""


def _ways() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each setting: as it is, with the digits of a keypad, and each of them with Caps Lock."""
    for name, way in {"": dict(zip(_US, _US, strict=True)), **dict(_settings())}.items():
        keypad = way | dict(zip(_DIGITS, _DIGITS, strict=True))
        for digits, kept in {"": way, "digits by the keypad": keypad}.items():
            if digits and kept == way:
                continue
            for caps in ("", _CAPS):
                made = {key: _swapped(char) for key, char in kept.items()} if caps else kept
                if words := [word for word in (name, digits, caps) if word]:
                    yield ", ".join(words), MappingProxyType(made)


def _settings() -> Iterator[tuple[str, dict[str, str]]]:
    """What comes of each character where the PC has another layout than US, or the scanner.

    A scanner that is set to another country presses the keys which have its characters there; for
    one that is on no key there it sends the code of the character.
    """
    for name, chars in _LAYOUTS.items():
        yield name, dict(zip(_US, chars, strict=True))
        if name not in _NOT_OF_SCANNERS:
            codes = {char: char for char in _US if char not in chars}
            keys = {char: key for key, char in zip(_US, chars, strict=True) if char in _US}
            yield _SCANNER + name, codes | keys


def _swapped(char: str) -> str:
    """The letter in its other case, where that is one character too."""
    other = char.swapcase()
    return other if len(other) == 1 else char


WAYS: Mapping[str, Mapping[str, str]] = MappingProxyType(dict(_ways()))
"""By its name each way in which a keyboard may bend a scan: what comes of each US character."""
UNSHIFTED = MappingProxyType(
    {
        shifted: char
        for char, shifted in zip(_US[: len(_US) // 2], _US[len(_US) // 2 :], strict=True)
    }
)
"""What comes of a character whose Shift got lost."""
SHIFT_LOST = "Shift lost"
NAMES = frozenset({*WAYS, SHIFT_LOST})
_BACK = tuple(
    (name, {char: key for key, char in keys})
    for name, way in WAYS.items()
    for keys in (list(way.items()), list(way.items())[::-1])
)
"""Of each character the key; two lists, because two keys may have one character."""


def nearest(names: Iterable[str]) -> tuple[Cause, str]:
    """Of several ways the plainest: what is to be set right, and which layout it is set to."""
    name = min(names, key=lambda name: (len(name), name))
    if name in (_CAPS, SHIFT_LOST):
        return (Cause.CAPS if name == _CAPS else Cause.SHIFT), ""
    cause = Cause.COUNTRY if name.startswith(_SCANNER) else Cause.LAYOUT
    return cause, name.removeprefix(_SCANNER).partition(",")[0]


def bent(text: str, way: Mapping[str, str]) -> str:
    """What a scan of this text comes as; what is on no key of its own, such as GS, stays."""
    return "".join(way.get(char, char) for char in text)


def printed(text: str) -> Iterator[tuple[str, str]]:
    """By the name of each way what may have been printed to come as this text in that way.

    A way in which nothing comes as this text is not among them.
    """
    for name, back in _BACK:
        if all(char in back or char < " " for char in text):
            yield name, "".join(back.get(char, char) for char in text)
    if not any(char in UNSHIFTED for char in text):
        shifted = {char: key for key, char in UNSHIFTED.items() if key.isalpha() or key == ":"}
        yield SHIFT_LOST, "".join(shifted.get(char, char) for char in text)


def script(text: str) -> str:
    """Of which script the first character is that no code has; "" where each may be of a code.

    The name is that of its sentence.
    """
    odd = next((char for char in text if not WRITTEN.fullmatch(char)), "")
    named = unicodedata.name(odd, "") if odd else ""
    found = (words for begin, words in SCRIPTS.items() if named.startswith(begin))
    return next(found, "unknown") if odd else ""
