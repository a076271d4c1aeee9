"""One conversation with a behaviour: bytes and a time in, bytes out when they are due. No I/O."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable

from harness.sim.answering import Behaviour, Reply

_LONGEST_LINE = 4096

Begin = Callable[[], "Talk"]
"""Begins a conversation, one a connection."""


class Talk:
    """Cuts what comes into commands, and holds replies back until they are due.

    `speed` makes the behaviour's time run faster, not the delays of its replies; it is 0 at
    `epoch_s`. Replies leave in the order of their commands, as from a device that does one thing
    after another; what is said by itself leaves at its own time. What ends a command is `end`; a
    reply is sent with `reply_end` behind it. One that is not `attentive` loses the commands that
    come before its reply to the last has left. All times are of the monotonic clock [s].
    """

    def __init__(
        self,
        behaviour: Behaviour,
        *,
        epoch_s: float = 0.0,
        speed: float = 1.0,
        end: bytes = b"\n",
        reply_end: bytes = b"\n",
        attentive: bool = True,
    ) -> None:
        self._behaviour = behaviour
        self._epoch_s, self._speed = epoch_s, speed
        self._before_end, self._end = end[:-1], end[-1:]  # which may come in two pieces
        self._reply_end = reply_end
        self._attentive = attentive
        self._line = bytearray()
        self._replies: deque[tuple[float, bytes]] = deque()
        self._others: list[tuple[float, bytes]] = []
        self._out = bytearray()

    def hear(self, data: bytes, now_s: float) -> None:
        """Take what has come, and have the commands in it obeyed."""
        *lines, rest = data.split(self._end)
        for line in lines:
            self._keep(line)
            self._obey(self._line.removesuffix(self._before_end).decode("latin-1"), now_s)
            self._line.clear()
        self._keep(rest)

    def say(self, data: bytes) -> None:
        """Have something said unasked, at once."""
        self._out += data

    def wait_s(self, now_s: float) -> float | None:
        """How long until it has something to say; None until it is spoken to."""
        if self._out:
            return 0.0
        due_s = [queue[0][0] for queue in (self._replies, self._others) if queue]
        return max(0.0, min(due_s) - now_s) if due_s else None

    def due(self, now_s: float) -> bytes:
        """All that is to be sent by now and was not `sent`."""
        while self._replies and self._replies[0][0] <= now_s:
            self._out += self._replies.popleft()[1]
        while self._others and self._others[0][0] <= now_s:
            self._out += heapq.heappop(self._others)[1]
        return bytes(self._out)

    def sent(self, count: int) -> None:
        """So many bytes have gone out."""
        del self._out[:count]

    def _keep(self, data: bytes) -> None:
        """Of a line that is longer than any command only the start is kept."""
        self._line += data[: max(0, _LONGEST_LINE - len(self._line))]

    def _obey(self, line: str, now_s: float) -> None:
        if self._attentive or not (self._replies or self._out):
            for reply in self._behaviour.answer(line, (now_s - self._epoch_s) * self._speed):
                self._queue(reply, now_s)

    def _queue(self, reply: Reply, now_s: float) -> None:
        data = reply.text.encode("latin-1") + self._reply_end
        due_s = now_s + reply.delay_s + reply.dwell_s / self._speed
        if reply.dwell_s:
            heapq.heappush(self._others, (due_s, data))
        else:
            last_s = self._replies[-1][0] if self._replies else due_s
            self._replies.append((max(last_s, due_s), data))
