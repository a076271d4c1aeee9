"""Questions of the screen itself, one field after another: sign-in, reasons, numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from harness.model.own_codes import Command as Bench
from harness.model.station import SignIn
from harness.ui.board.board import Board
from harness.ui.board.words import Said, Words
from harness.ui.operator.notice import Notice, naming
from harness.ui.scanning.codes import Code, OfBadge, OfCommand, OfSlot

ENTER_S = 0.2
"""An Enter that comes so soon after another key may be that of a slow scanner [s]."""
LONGEST = 200
"""No field takes more characters."""


class KeyScreen(ModalScreen[None], inherit_bindings=False):
    """A screen over the tiles: the app hands it each key of a person, and each code."""

    def typed(self, key: str) -> None:
        """A person pressed this key."""

    def scanned(self, code: Code) -> bool:
        """A code was scanned; False when this screen does nothing with it."""
        return isinstance(code, OfCommand) and code.command is Bench.CANCEL and self.leave()

    def leave(self) -> bool:
        """Close this screen; nothing of it is done."""
        self.dismiss()
        return True

    def show(self) -> None:
        """Show what the station has said by now."""

    def on_mount(self) -> None:
        self.show()

    def around(self, keys: str) -> ComposeResult:
        """What stands above and below: the mode, what somebody must see, what may be pressed."""
        yield Static("", classes="banner", markup=False)
        yield Static("", classes="told", markup=False)
        yield Static(keys, classes="keys", markup=False)

    def tell(self, told: Notice | None, banner: str) -> None:
        """Show what somebody must see now, and the banner that stands over everything."""
        self.put(".banner", banner)
        self.set_class(bool(banner), "banners")
        texts = tuple(filter(None, (told.shout, *told.texts))) if told else ()
        self.put(".told", "  ".join(texts))
        self.set_class(bool(texts), "tells")

    def put(self, where: str, text: str | Text) -> None:
        """Show a text there, once there is something to show it in; what stays costs nothing."""
        if self.is_mounted and (shown := self.query_one(where, Static)).content != text:
            shown.update(text)


@dataclass(frozen=True, slots=True)
class Field:
    """What is asked for; what is keyed into a hidden one is not shown."""

    asks: Said
    hidden: bool = False
    badge: bool = False
    """Whether the code of a badge fills it."""
    slot: bool = False
    """Whether the barcode of a slot fills it."""
    given: str = ""
    fits: Callable[[str], bool] = bool
    """Whether something can be what is asked for."""
    refuses: Callable[[str], str] = lambda _: ""
    """Why something that fits is not taken all the same, for a person; "" where it is taken."""


SECRET = Field(Said("ask.secret"), hidden=True)
WHY = Field(Said("ask.why"))


def matching(form: str) -> Callable[[str], bool]:
    """What fits a regular expression."""
    return lambda said: re.fullmatch(form, said) is not None


def whole(least: int, most: int) -> Callable[[str], bool]:
    """Whole numbers of this range, in plain digits."""
    longest = len(str(most))
    is_number = matching(f"[0-9]{{1,{longest}}}")
    return lambda said: is_number(said) and least <= int(said) <= most


def slot_of(board: Board) -> Callable[[str], bool]:
    """The numbers of the slots that there are when it is said."""
    return lambda said: said in map(str, board.slots)


def same(look: Callable[[], object]) -> Callable[[], bool]:
    """Says whether what is looked at is still as it is now."""
    was = look()
    return lambda: look() == was


class Hidden(str):
    """What nobody is to see, not even in the report of a fault of this screen."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'•'"


class Asking(KeyScreen):
    """Asks for one field after another, then hands all of them over. Escape leaves it.

    Beside the title stands what it is `of`, which may be known only once some fields are filled.
    Once it `holds` no longer, because what it is about is another by then, it hands nothing over,
    and says so.
    """

    def __init__(
        self,
        title: Said,
        fields: Sequence[Field],
        words: Words,
        done: Callable[[list[str]], None],
        *,
        of: str | Callable[[Sequence[str]], str] = "",
        holds: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__()
        self._title, self._fields, self._words, self._done = title, fields, words, done
        self._of, self._holds = of, holds
        self._values: list[str] = []
        self._keyed = self._why = ""
        self._unfit = self._hasty = self._pasted = False
        self._skip()

    def compose(self) -> ComposeResult:
        yield Static(self._heading(), classes="title", markup=False)
        yield Static(self._asked(), id="fields", markup=False)
        yield from self.around(self._words.say(naming("key.enter")))

    def typed(self, key: str) -> None:
        self._hasty = self._pasted = False
        self._why = ""
        if key == "escape":
            self.leave()
        elif key == "enter":
            self._fill(self._keyed)
        elif key == "backspace":
            self._key(self._keyed[:-1])
        elif len(key) == 1 and key.isprintable() and len(self._keyed) < LONGEST:
            self._key(self._keyed + key)
        self.show()

    def hasty(self) -> None:
        """An Enter has come within ENTER_S of another key: ask for it again."""
        self._hasty = True
        self.show()

    @property
    def hides(self) -> bool:
        """Whether a password is asked for now."""
        return self._field.hidden

    def pasted(self) -> None:
        """Text came all at once, and nothing of it was taken: have it keyed."""
        self._pasted = True
        self.show()

    def scanned(self, code: Code) -> bool:
        self._pasted = False
        first = self._fields[0]
        match code:
            case OfBadge(badge=badge) if first.badge:
                self._values = []
                self._fill(badge)
            case OfSlot(slot=slot) if self._field.slot:
                self._fill(str(slot))
            case _:
                return super().scanned(code)
        self.show()
        return True

    @property
    def _field(self) -> Field:
        return self._fields[len(self._values)]

    def _key(self, text: str) -> None:
        self._keyed = Hidden(text) if self._field.hidden else text

    def _skip(self) -> None:
        while len(self._values) < len(self._fields) and self._field.given:
            self._values.append(self._field.given)

    def _fill(self, value: str) -> None:
        value = value if self._field.hidden else value.strip()
        self._unfit = not self._field.fits(value)
        if self._unfit or not self._holds():
            return
        self._why = self._field.refuses(value)
        if self._why:
            return
        self._values.append(value)
        self._keyed = ""
        self._skip()
        if len(self._values) == len(self._fields):
            values, self._values = self._values, self._values[:-1]  # it has a field till it closes
            self.dismiss()
            self._done(values)

    def show(self) -> None:
        self.put(".title", self._heading())
        self.put("#fields", self._asked())

    def _heading(self) -> str:
        of = self._of if isinstance(self._of, str) else self._of(self._values)
        return f"{self._words.say(self._title)}  {of}".rstrip()

    def _asked(self) -> str:
        """The fields, with what is keyed; then why something was not taken."""
        lines: list[str] = []
        for field, value in zip(self._fields, [*self._values, self._keyed], strict=False):
            shown = "•" * len(value) if field.hidden else value
            mark = "" if len(lines) < len(self._values) else "▏"
            asks = self._words.say(field.asks)
            is_bad = mark and (self._unfit or self._why)
            lines.append(f"{'✗ ' if is_bad else ''}{asks}\n  {shown}{mark}")
        if self._why:
            lines.append(f"✗ {self._why}")
        if self._hasty:
            lines.append(f"✗ {self._words.say(naming('ask.again'))}")
        if self._pasted:
            lines.append(f"✗ {self._words.say(Said('ask.pasted'))}")
        if not self._holds():
            lines.append(f"✗ {self._words.say(naming('ask.changed'))}")
        return "\n".join(lines)


def sign_in(words: Words, ask: Callable[[SignIn], None], badge: str = "") -> Asking:
    """Asks for a badge, then for its password, and signs its owner in."""
    fields = (Field(Said("ask.badge"), badge=True, given=badge), SECRET)
    return Asking(Said("title.sign_in"), fields, words, lambda said: ask(SignIn(*said)))
