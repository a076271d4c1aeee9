"""The operator's screen: what the station says as tiles, what is scanned and keyed as commands."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic

from rich.console import Group
from rich.text import Text
from rich.traceback import Traceback
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message

from harness.errors import HarnessError
from harness.model.own_codes import BADGE_FORM
from harness.model.own_codes import Command as Bench
from harness.model.plan import Variants
from harness.model.station import Command, Refused, SignIn, SignOut
from harness.ui.board.board import Board
from harness.ui.board.palette import Palette
from harness.ui.board.tile import Face
from harness.ui.board.words import Said, Words
from harness.ui.operator import notice
from harness.ui.operator.acting import Acting
from harness.ui.operator.areas import Areas
from harness.ui.operator.attention import Attention
from harness.ui.operator.bells import PATTERNS, REFUSED, Bells
from harness.ui.operator.learning import OF_PLANS, Learning
from harness.ui.operator.log import Log
from harness.ui.operator.own import JOINED, Own
from harness.ui.operator.signing import ENTER_S, Asking, Field, KeyScreen, matching
from harness.ui.operator.stops import Then
from harness.ui.operator.trouble import Trouble
from harness.ui.scanning.codes import Code, OfCommand
from harness.ui.scanning.hearing import Alone, Come, Hearing, keys_of
from harness.ui.scanning.scanner import Found, Lost, Scanner
from harness.ui.scanning.scans import PIECE, Bent, Typed
from harness.ui.text import fault_lines
from harness.ui.told import Link, Reply, Unasked

LEFT = ""
"""What the screen ends with when somebody leaves it."""
DRAW_S = 0.1
"""How often is drawn what the station says [s]."""
_LEAVE = frozenset({"f10", "ctrl+c", "ctrl+q", "\x03", "\x11"})
_DUE_S = 0.002
"""Keys are asked for so long after they are due, so that one look is enough [s]."""


class Due(Message):
    """Asks what was keyed by its time: it stands in line behind every key that came before.

    So a screen that is held up for a while cuts no scan in two.
    """


class OperatorApp(App[str], inherit_bindings=False):
    """Tiles, a panel for what is urgent, and the footer.

    `plans` reads the plans by which labels are known. The screen ends with LEFT, or with why its
    `own` station has stopped. By `now_s` it knows the time [s].
    """

    CSS_PATH = Path(__file__).with_name("operator.tcss")
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        link: Link,
        words: Words,
        palette: Palette,
        *,
        scanner: Scanner | None = None,
        plans: Callable[[], Variants] | None = None,
        badge: str = BADGE_FORM,
        own: Own = JOINED,
        now_s: Callable[[], float] = monotonic,
    ) -> None:
        self._palette = palette  # before the style sheet is read
        super().__init__()
        self.board = Board()
        self._link, self._words = link, words
        self._hearing, self._learning = Hearing(badge, scanner), Learning(plans)
        self.attention = Attention(words)
        self._areas = Areas(self.board, words, palette, self.attention, now_s)
        self._bells, self._heard, self._alone = Bells(), Log(), Alone()
        self._trouble = Trouble()
        self._pressed_s = self._before_s = -math.inf
        self._acting = Acting(
            board=self.board,
            words=words,
            attention=self.attention,
            log=self._heard,
            ask=self.ask,
            open=self.push_screen,
            refuse=self._refuse,
            trouble=self._trouble,
            keyed=self._keyed,
            take=self._scanned,
            now_s=now_s,
        )
        self._asked: deque[tuple[Command, Then | None]] = deque()
        self._own, self._now_s = own, now_s

    def get_css_variables(self) -> dict[str, str]:
        """The colours of what somebody must see over the tiles, for the style sheet."""
        shout = self._palette[Face.WAIT]
        ours = {"shout-ink": shout.ink, "shout-ground": shout.ground}
        return super().get_css_variables() | ours

    def compose(self) -> ComposeResult:
        yield from self._areas.compose()

    async def on_mount(self) -> None:
        await self.tick()
        self.set_interval(DRAW_S, self.tick)

    @property
    def knows_labels(self) -> bool:
        """Whether labels can be told by now."""
        return self._learning.knows

    def _learn(self) -> None:
        """Read which labels there are; what that costs would hold up the first screen."""
        if plans := self._learning.begin():
            self.run_worker(lambda: self._read(plans), thread=True)

    def _read(self, plans: Callable[[], Variants]) -> None:
        try:
            self.call_from_thread(self._learnt, plans())
        except HarnessError as error:
            self.call_from_thread(self._unread, error)

    def _learnt(self, variants: Variants) -> None:
        self._hearing.learn(variants)
        self._learning.learnt(variants)

    def _unread(self, error: HarnessError) -> None:
        """Tell why plans are not read: by ending, where no label at all is known."""
        if self._learning.fail():
            refused = Refused(str(error), error.code, error.remedy)
            self._refuse(notice.of_refused(refused, self._words))
        else:
            self.exit("\n".join(fault_lines(error)))

    def ask(self, command: Command, then: Then | None = None) -> None:
        """Have the station do something; `then` hears its answer before the panel shows it."""
        self.attention.forget_refused()
        if isinstance(command, SignIn | SignOut):
            self._hearing.forget()
            self.attention.unname()
        self._asked.append((command, then))
        self._link.ask(command)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):  # before Textual takes any for itself
            self._pressed(event)
        elif isinstance(event, events.Paste) and isinstance(self.screen, Asking):
            self._pasted(self.screen)
        else:
            await super().on_event(event)

    def _pressed(self, event: events.Key) -> None:
        self._before_s, self._pressed_s = self._pressed_s, event.time
        self._alone.press(event.time, self._now_s())
        self._take(self._hearing.press(event.character or event.key, event.time))
        if due_s := self._hearing.due_s:
            self.set_timer(max(0.0, due_s - monotonic()) + _DUE_S, self._listen)

    def _listen(self) -> None:
        self.post_message(Due())

    async def on_due(self, due: Due) -> None:
        """Do what was keyed or scanned, and show it at once."""
        if come := self._hearing.take(due.time):
            self._take(come)
            await self._draw()

    async def tick(self) -> None:
        """Take all that has come in, and show it; nothing is done once the screen ends."""
        if not self.is_running:
            return
        told = self._link.take()
        self._learning.hear(told)
        self._learn()
        now_s = self._now_s()
        self.board.expect(starts=self._own.starts())
        self.board.apply(told, now_s)
        self._heard.hear(told)
        if self.attention.hear(told):
            self._ring(PATTERNS[Face.STOP])
        self._hearing.know(self.board.slots)
        for message in told:
            if isinstance(message, Reply):
                self._answered(message)
        self._listen()
        if alone := self._alone.take(now_s):
            self._acting.alone(*alone)
        await self._draw()
        if why := self._own.stopped():
            self.exit(why)

    async def _draw(self) -> None:
        if not self.is_running:  # its widgets go one after another
            return
        tiles = self.board.tiles(self._now_s())
        wrong = {each.slot for each in self.attention.wrong}  # it has rung for these
        self._ring(self._bells.hear(tile for tile in tiles if tile.slot not in wrong))
        self._trouble.hear(tiles)
        await self._areas.draw(self, tiles)

    def _answered(self, answered: Reply) -> None:
        _, then = self._asked.popleft()  # answers come in the order of the commands
        answer = answered.answer
        if isinstance(answer, Refused):
            self._refuse(notice.of_refused(answer, self._words))
        elif isinstance(answer, Unasked):
            self._refuse(notice.of_unasked(answer, self._words))
        elif answer.told:
            self.attention.tell(*notice.of_obeyed(answer, self._words), now_s=self._now_s())
        if then:
            then(answer)

    def _take(self, come: Iterable[Come]) -> None:
        for each in come:
            before = len(self.screen_stack)
            self._take_one(each)
            if len(self.screen_stack) > before:  # what is open has nothing to do with it
                self.attention.forget_refused()

    def _take_one(self, come: Come) -> None:
        secret = self.screen if isinstance(self.screen, Asking) and self.screen.hides else None
        match come:
            case Bent() | Typed() if secret and _at_once(come):
                self.attention.unname()
                self._pasted(secret)
            case Typed():
                for key in keys_of(come):
                    self._typed(key, come.at_s)
            case Bent():
                self._refuse(notice.of_bent(self._unused(come), self._words))
            case Found(port=port):
                found = Said("scanner.found", {"port": port})
                self.attention.forget_refused()  # that it was not there
                self.attention.tell(self._words.say(found), now_s=self._now_s())
            case Lost(fault=fault):
                refused = Refused(str(fault), fault.code, fault.remedy)
                self._refuse(notice.of_refused(refused, self._words))
            case _:
                self._scanned(come)

    def _unused(self, bent: Bent) -> Bent:
        """Why something that was scanned or keyed is not used, as far as this screen can know."""
        self.attention.unname()  # it may have been the barcode of another slot
        if not self.knows_labels:
            return Bent(notice.naming("scan.starting"))
        if self._learning.differs and bent.reason.key in OF_PLANS:
            return Bent(notice.naming("scan.other_plans"))
        return bent

    def _typed(self, key: str, pressed_s: float) -> None:
        screen, at_tiles = self.screen, not isinstance(self.screen, KeyScreen)
        if at_tiles:
            self._alone.hold(key, pressed_s)
        if key == "escape":
            self._hearing.forget()
        if key in _LEAVE and not isinstance(screen, Asking):
            self._leave()
        elif isinstance(screen, Asking) and key == "enter" and self._is_hasty():
            screen.hasty()
        elif isinstance(screen, KeyScreen):
            screen.typed(key)
        else:
            self._acting.typed(key)

    def _pasted(self, screen: Asking) -> None:
        screen.pasted()
        self._ring(REFUSED)

    def _is_hasty(self) -> bool:
        """Whether the key that was pressed last came too soon after the one before.

        Enter is told at once, so the key that was pressed last is that Enter.
        """
        return self._pressed_s - self._before_s < ENTER_S

    def _scanned(self, code: Code) -> None:
        if isinstance(code, OfCommand) and code.command is Bench.CANCEL:
            self._hearing.forget()
        if not isinstance(self.screen, KeyScreen):
            self._acting.scanned(code)
            return
        self.attention.unname()
        if not self.screen.scanned(code):
            self._hearing.forget()  # a part of a label that was refused is none
            self._acting.refuse_scan("scan.busy")

    def _keyed(self, text: str) -> Code | Bent:
        """What a code is that was keyed in, or why it is not used."""
        code = self._hearing.keyed(text, monotonic())
        if not isinstance(code, Bent):
            return code
        self._ring(REFUSED)
        return self._unused(code)

    def _leave(self) -> None:
        """Leave; asked for where that ends the station."""
        if not self._own.ends():
            self.exit(LEFT)
        else:
            yes = Field(notice.naming("ask.leave"), fits=matching("[yY]"))
            leave = Asking(Said("title.leave"), (yes,), self._words, lambda _: self.exit(LEFT))
            self.push_screen(leave)

    def _refuse(self, refused: notice.Notice) -> None:
        self.attention.refuse(refused, self._now_s())
        self._ring(REFUSED)

    def _fatal_error(self) -> None:
        """End with where the screen has broken, and what to do.

        As Textual does it, but without the values of variables: one may be a password.
        """
        self.bell()
        what = Text(self._words.say(Said("screen.broken")))
        self.panic(Group(Traceback(show_locals=False, width=None), what))

    def _ring(self, pattern: Iterable[float]) -> None:
        for at_s in pattern:
            self.set_timer(at_s, self.bell) if at_s else self.bell()


def _at_once(come: Bent | Typed) -> bool:
    """Whether it came faster than a person keys; Keys holds so many keys together for no other."""
    return isinstance(come, Bent) or len(come.keys) >= PIECE
