"""A simulated conversation: what is heard does not depend on how the bytes come."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from harness.sim.answering import Reply
from harness.sim.talk import Talk


class Notes:
    """Answers each line with what is planned, and notes it."""

    def __init__(self, replies: Sequence[Reply] = ()) -> None:
        self.heard: list[tuple[str, float]] = []
        self._replies = list(replies)

    def answer(self, line: str, now_s: float) -> list[Reply]:
        self.heard.append((line, now_s))
        return self._replies or [Reply(line)]


@given(
    st.lists(st.text("AB?\r #*", max_size=8), max_size=6),
    st.lists(st.integers(1, 5), min_size=60, max_size=60),
    st.sampled_from([b"\n", b"\r\n"]),
)
def test_however_the_stream_is_cut_the_same_commands_are_heard(
    lines: list[str], cuts: list[int], end: bytes
) -> None:
    stream = b"".join(line.encode() + end for line in lines)
    whole, cut = Notes(), Notes()
    Talk(whole, end=end).hear(stream, 0.0)
    talk = Talk(cut, end=end)
    for size in cuts:
        talk.hear(stream[:size], 0.0)
        stream = stream[size:]
    assert cut.heard == whole.heard
    assert len(whole.heard) == len(lines)


def test_its_time_runs_as_fast_as_it_is_told_and_delays_do_not() -> None:
    notes = Notes([Reply("soon", 0.5), Reply("by itself", dwell_s=20.0)])
    talk = Talk(notes, epoch_s=100.0, speed=10.0, reply_end=b";")
    assert talk.wait_s(100.0) is None
    talk.hear(b"?\n", 103.0)
    assert notes.heard == [("?", 30.0)]
    assert (talk.wait_s(103.0), talk.due(103.4)) == (0.5, b"")
    assert talk.due(103.5) == b"soon;"
    talk.sent(3)
    assert (talk.wait_s(103.5), talk.due(103.5)) == (0.0, b"n;")
    talk.sent(2)
    assert (talk.wait_s(104.0), talk.due(105.0)) == (1.0, b"by itself;")


def test_replies_leave_in_the_order_of_their_commands() -> None:
    late = {"first": 5.0, "second": 0.0}

    class Late:
        def answer(self, line: str, now_s: float) -> list[Reply]:
            return [Reply(line, late[line])]

    talk = Talk(Late())
    talk.hear(b"first\nsecond\n", 0.0)
    assert (talk.due(4.9), talk.due(5.0)) == (b"", b"first\nsecond\n")


def test_one_that_does_not_listen_while_it_answers_loses_what_comes() -> None:
    notes = Notes([Reply("OK", 1.0)])
    talk = Talk(notes, attentive=False)
    talk.hear(b"one\ntwo\n", 0.0)
    talk.hear(b"three\n", 0.5)
    talk.sent(len(talk.due(1.0)))
    talk.hear(b"four\n", 1.0)
    assert [line for line, _ in notes.heard] == ["one", "four"]
