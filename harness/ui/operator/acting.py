"""What somebody does at the tiles, by keys and codes, as commands and screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from harness.model.own_codes import Command as Bench
from harness.model.station import Answer, Scanned, SignIn, SignOut
from harness.ui.board.board import Board
from harness.ui.board.words import Said, Words
from harness.ui.operator import notice
from harness.ui.operator.aborting import abort, person
from harness.ui.operator.attention import Attention
from harness.ui.operator.engineering import EngineeringScreen
from harness.ui.operator.log import Log
from harness.ui.operator.signing import Asking, Field, KeyScreen, sign_in
from harness.ui.operator.stops import Asker, StopsScreen
from harness.ui.operator.trouble import Trouble
from harness.ui.scanning.codes import (
    Code,
    Labelled,
    OfBadge,
    OfCommand,
    OfImei,
    OfSerial,
    OfSlot,
    Part,
)
from harness.ui.scanning.scans import Bent


class Opener(Protocol):
    """Shows a screen over the tiles."""

    def __call__(self, screen: KeyScreen) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Does it; `refuse` shows why something is not done.

    `keyed` reads a code that was keyed in, or says why it is not used; `take` does what is to be
    done with a code. Times are those of the clock `now_s` [s].
    """

    board: Board
    words: Words
    attention: Attention
    log: Log
    ask: Asker
    open: Opener
    refuse: Callable[[notice.Notice], None]
    trouble: Trouble
    keyed: Callable[[str], Code | Bent]
    take: Callable[[Code], None]
    now_s: Callable[[], float]

    def typed(self, key: str) -> None:
        """A person pressed this key at the tiles."""
        match key:
            case "escape":
                self.attention.forget()
            case "f2":
                self.open(sign_in(self.words, self._sign_in))
            case "f3":
                self.ask(SignOut())
            case "f4":
                self.open(StopsScreen(self.board, self.words, self.ask))
            case "f5":
                self._key_code()
            case "f6":
                self._abort()
            case "f8":
                self._look()

    def alone(self, key: str, pressed_s: float) -> None:
        """A person pressed this key at this time [s], and no other near it."""
        if key == "enter":
            self.attention.seen(pressed_s)
        elif len(key) == 1 and key in "123456789":
            self._answer(lambda answers: answers[int(key) - 1 : int(key)], pressed_s)

    def scanned(self, code: Code) -> None:
        """A code was scanned at the tiles."""
        self.attention.forget_refused()
        match code:
            case Labelled(scans=scans):
                self._label(scans)
            case Part(lacks=lacks):
                self._say("scan.part", code=", ".join(lacks))
            case OfImei() | OfSerial():
                self.attention.unname()
                self.refuse_scan("scan.no_label")
            case OfBadge(badge=badge):
                self.open(sign_in(self.words, self._sign_in, badge))
            case OfSlot(slot=slot):
                self.attention.name(slot, self.now_s())
                self._say("scan.slot", slot=str(slot))
            case OfCommand(command=command, at_s=at_s):
                self._command(command, at_s)
            case _:
                self._say("scan.checked")

    def refuse_scan(self, key: str) -> None:
        """Say why a code is not used."""
        self._refuse("shout.again", key)

    def _label(self, scans: tuple[str, ...]) -> None:
        """A unit is announced, unless somebody has still to see that another one is wrong."""
        slot = self.attention.named(self.now_s())
        self.attention.unname()
        if self.attention.wrong:
            self.refuse_scan("scan.seen_first")
            return
        self.attention.forget()
        self.ask(Scanned(scans, slot))

    def _command(self, command: Bench, at_s: float) -> None:
        match command:
            case Bench.YES if self.attention.seen(at_s):
                pass
            case Bench.YES | Bench.NO:
                self._answer(lambda answers: _named(answers, command), at_s)
            case Bench.CANCEL:
                self.attention.forget()
            case Bench.ABORT:
                self._abort()
            case Bench.SIGNOUT:
                self.ask(SignOut())

    def _answer(
        self, chosen: Callable[[tuple[str, ...]], tuple[str, ...]], pressed_s: float
    ) -> None:
        """Answer the question that was shown when it was pressed, or scanned [s].

        Never another one, nor one that nobody can have read.
        """
        now_s = self.now_s()
        prompt = self.attention.asked(self.board.prompts(now_s), pressed_s, now_s)
        if prompt is None:
            self._refuse("shout.no_question", "scan.no_question")
            return
        answers = chosen(prompt.answers)
        if not answers:
            self._refuse("shout.refused", "scan.no_answer")
            return
        self.attention.unname()
        self.ask(Answer(prompt.slot, prompt.question, answers[0], person(self.board)))

    def _abort(self) -> None:
        """Asks which run is to be stopped, where no barcode has named its slot, and why."""
        slot = self.attention.named(self.now_s())
        self.attention.forget()  # the slot is used up: the next label is for another one
        self._abort_on(slot)

    def _abort_on(self, slot: int | None) -> None:
        if asks := abort(self.board, self.words, self.ask, self.refuse, slot):
            self.open(asks)

    def _key_code(self) -> None:
        """Asks for a code that no scanner can read; one that is not used stays to be mended."""
        read: list[Code] = []

        def refuses(text: str) -> str:
            code = self.keyed(text)
            if isinstance(code, Bent):
                return self.words.say(code.reason)
            read.append(code)
            return ""

        fields = (Field(notice.naming("ask.code"), refuses=refuses),)
        done = Asking(Said("title.code"), fields, self.words, lambda _: self.take(read[-1]))
        self.open(done)

    def _look(self) -> None:
        """Shows the plan of the slot that was named, else of the one that was last in trouble."""
        slot = self.attention.named(self.now_s()) or self.trouble.newest
        self.open(
            EngineeringScreen(self.board, self.words, self.ask, self.log, self._abort_on, slot)
        )

    def _sign_in(self, command: SignIn) -> None:
        self.attention.forget()
        self.ask(command)

    def _refuse(self, shout: str, key: str) -> None:
        texts = self.words.say(Said(shout)), self.words.say(notice.naming(key))
        self.refuse(notice.refusal(*texts))

    def _say(self, key: str, **values: str) -> None:
        self.attention.tell(self.words.say(Said(key, values)), now_s=self.now_s())


def _named(answers: tuple[str, ...], command: Bench) -> tuple[str, ...]:
    """The answers that a command barcode names."""
    return tuple(answer for answer in answers if answer.upper() == command)
