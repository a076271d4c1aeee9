"""What a jig file says of a jig's language: a dialect, or every mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clock import Deadline
from harness.devices.jig.dialect import CORE, Dialect, Scale
from harness.devices.jig.jig import SerialJig
from harness.devices.jig.spelling import short_form
from harness.devices.jig.vocabulary import ABILITIES, COMMANDS, GUARDED, VERBS, WORDS
from harness.sim.answering import Reply
from harness.sim.jig import JigBehaviour
from harness.sim.pty import PtyJig
from harness.station.files.jig_file import read_jig_file
from tests.short import lease

HEAD = """\
schema: 1
jig: own
revision: 1
identity: {maker: Acme, model: 'Box 2'}
"""
CORE_HEAD = f"{HEAD}dialect: core\n"
BOX = f"""{HEAD}answers: {{done: OK, refused: 'ERR[0-9]+'}}
verbs:
  identify: {{send: 'ID?'}}
"""
"""The smallest language of its own; what stands behind it begins on line 8."""


def read(folder: Path, content: str) -> tuple[Dialect | None, list[str]]:
    path = folder / "jig.yaml"
    path.write_text(content)
    _, kind, problems = read_jig_file(path)
    told = [str(problem).removeprefix(f"{path}:") for problem in problems]
    return kind.dialect if kind else None, told


def good(folder: Path, content: str) -> Dialect:
    dialect, told = read(folder, content)
    assert not told
    assert dialect
    return dialect


def test_a_language_of_its_own_can_be_as_small_as_who_it_is(tmp_path: Path) -> None:
    box = good(tmp_path, BOX)
    assert (box.name, list(box.verbs), box.powers) == ("own", ["identify"], False)


def test_a_verb_spelt_otherwise_stays_as_guarded_and_as_slow_as_it_is(tmp_path: Path) -> None:
    said = good(
        tmp_path,
        f"{CORE_HEAD}moves_within: 9 s\nverbs:\n"
        "  close: {send: 'FIX DOWN'}\n"
        "  open: {send: 'FIX UP', within: 3 s}\n"
        "  output_on: {send: 'POW 1', guarded: false}\n"
        "  self_test: {send: 'TEST?'}\n",
    ).verbs
    assert (said["close"].text, said["close"].guarded, said["close"].limit_s) == (
        "FIX DOWN",
        True,
        9.0,
    )
    assert (said["open"].guarded, said["open"].limit_s) == (True, 3.0)
    assert said["show"].limit_s == 9.0
    assert not said["output_on"].guarded
    assert said["self_test"].limit_s == CORE.verbs["self_test"].limit_s


def test_what_moves_or_powers_is_guarded_wherever_there_is_an_interlock(tmp_path: Path) -> None:
    fixture = "".join(
        f"  {name}: {{send: '{name.upper()}'}}\n" for name in ("close", "open", "fixture")
    )
    assert not good(tmp_path, BOX + fixture).verbs["close"].guarded
    guarded = good(tmp_path, f"{BOX}{fixture}  interlock: {{send: 'IL?'}}\n").verbs
    assert {name for name, verb in guarded.items() if verb.guarded} == {"close", "open"}
    assert {name for name, verb in CORE.verbs.items() if verb.guarded} == GUARDED


def test_what_a_jig_of_the_core_has_not_is_left_out(tmp_path: Path) -> None:
    said = good(tmp_path, f"{CORE_HEAD}without: [light box, light meter, interlock]\n")
    lost = ABILITIES["light box"] | ABILITIES["light meter"] | ABILITIES["interlock"]
    assert said.verbs.keys() == CORE.verbs.keys() - lost
    assert not any(verb.guarded for verb in said.verbs.values())


def test_scales_and_corrections_are_read(tmp_path: Path) -> None:
    said = good(
        tmp_path,
        f"{CORE_HEAD}scales: {{voltage: {{gain: 0.001}}, illuminance: {{offset: -2}}}}\n"
        "corrections: {vbus: {resistance: {gain: 1.01, offset: -0.002}}}\n",
    )
    assert said.scale("voltage", "dcp") == (Scale(0.001), Scale())
    assert said.scale("illuminance") == (Scale(1.0, -2.0), Scale())
    assert said.scale("resistance", "vbus") == (Scale(), Scale(1.01, -0.002))


LONG = """\
verbs:
  identify: {send: '*IDN?'}
  voltage: {send: 'MEASure:VOLTage? (@{channel})'}
  set_voltage: {send: ':SOUR:VOLT {value}'}
  voltage_set: {send: ':SOURce:VOLTage?'}
  close: {send: ':FIXTure:CLOSe'}
"""


class HearsLongForms:
    """A simulated jig behind which SCPI's long forms and leading colons are understood."""

    def __init__(self) -> None:
        self.jig = JigBehaviour(None, serial="J-1")
        self.heard: list[str] = []

    def answer(self, line: str, now_s: float) -> list[Reply]:
        self.heard.append(line)
        return self.jig.answer(short_form(line), now_s)


def test_long_forms_and_leading_colons_are_sent_as_they_are_written(tmp_path: Path) -> None:
    dialect = good(tmp_path, CORE_HEAD + LONG)
    heard = HearsLongForms()
    pty = PtyJig(heard, speed=20)
    jig = SerialJig(pty.path, dialect)
    port = jig.under(lease())
    port.close()
    port.supply(5.0)
    port.connect("vbus")
    assert port.voltage_v("vbus") == pytest.approx(5.0, abs=0.1)
    jig.make_safe(Deadline(5))
    jig.shut()
    pty.unplug()
    assert {
        ":FIXTure:CLOSe",
        ":SOUR:VOLT 5.0000",
        ":SOURce:VOLTage?",
        "MEASure:VOLTage? (@1)",
    } <= set(heard.heard)


def test_a_semicolon_in_a_quoted_text_joins_nothing(tmp_path: Path) -> None:
    said = good(tmp_path, f"{CORE_HEAD}verbs: {{clear: {{send: 'DISP \"a;b\"'}}}}\n")
    assert said.verbs["clear"].text == 'DISP "a;b"'


ONE_COMMAND = (
    "expected one command in printable ASCII, such as MEAS:VOLT? (@{channel}), without its line "
    "end: `terminator` adds that;"
)
OF_CORE = {
    "verbs: {clsoe: {send: X}}": "6:9: unknown key 'clsoe' (did you mean 'close'?)",
    "verbs: {close: {send: ''}}": f"6:23: {ONE_COMMAND} found ''",
    "verbs: {close: {send: ' '}}": f"6:23: {ONE_COMMAND} found ' '",
    'verbs: {close: {send: "A\\n"}}': f"6:23: {ONE_COMMAND} found 'A\\n'",
    'verbs: {close: {send: "A\\tB"}}': f"6:23: {ONE_COMMAND} found 'A\\tB'",
    "verbs: {close: {send: 'SAFE;FIXT:CLOS'}}": "6:23: 'SAFE;FIXT:CLOS' is several commands: `;` "
    "joins them. Write one alone, such as 'SAFE'",
    "verbs: {voltage: {send: 'MEAS? (@{channel}) ;*OPC?'}}": "6:25: 'MEAS? (@{channel}) ;*OPC?' "
    "is several commands: `;` joins them. Write one alone, such as 'MEAS? (@{channel})'",
    "verbs: {close: {send: ';CLOSE'}}": "6:23: ';CLOSE' is several commands: `;` joins them. "
    "Write one alone",
    "verbs: {output_off: {send: ':OUTPut  ON'}}": "6:28: output_off is spelt as output_on is in "
    "the dialect core: 'OUTP ON'",
    "verbs: {clear: {send: 'FIXTURE:CLOSE'}}": "6:23: clear is spelt as close is in the dialect "
    "core: 'FIXT:CLOS'",
    "verbs: {close: {within: 1 s}}": "6:16: missing key 'send'",
    "verbs: {close: {send: Ä}}": f"6:23: {ONE_COMMAND} found 'Ä'",
    "verbs: {close: {send: X, within: 1}}": "6:34: expected a time with its unit, such as 5 s; "
    "found 1",
    "verbs: {close: {send: X, reply: 'A(?P<value>.)'}}": "6:33: close is a command, which brings "
    "no reply: `done` is how it is answered",
    "verbs: {close: {send: X, done: OK}}": "6:32: it keeps an error queue, so no command is "
    "answered: `done` is for `answers`",
    "verbs: {fixture: {send: X, done: OK}}": "6:34: fixture is a query: `reply` and `replies` are "
    "how it is answered",
    "verbs: {close: {send: 'FIXT:OPEN'}}": "6:23: open is spelt as close is: 'FIXT:OPEN'",
    "verbs: {output_off: {send: OUTP ON}}": "6:28: output_off is spelt as output_on is: 'OUTP ON'",
    "verbs: {clear: {send: 'FIXT:CLOS'}}": "6:23: close is spelt as clear is: 'FIXT:CLOS'",
    "verbs: {clear: {send: ' FIXT:CLOS '}}": "6:23: close is spelt as clear is: 'FIXT:CLOS'",
    "verbs: {clear: {send: 'fixt:clos'}}": "6:23: clear is spelt as close is in the dialect core: "
    "'FIXT:CLOS'",
    "verbs: {safe: {send: OUTP ON}}": "6:22: output_on is spelt as safe is: 'OUTP ON'",
    "verbs: {interlock: {send: '*TST?'}}": "6:27: self_test is spelt as interlock is: '*TST?'",
    "verbs: {fixture: {send: 'FIXT:CLOS'}}": "6:25: fixture is spelt as close is: 'FIXT:CLOS'",
    "verbs: {cycles: {send: 'ROUT:CLOS (@2)'}}": "6:24: cycles is spelt as connect is: "
    "'ROUT:CLOS (@2)'",
    "verbs: {cycles: {send: 'ROUT:CLOS (@7)'}}": "6:24: cycles is spelt as connect is in the "
    "dialect core: 'ROUT:CLOS (@7)'",
    "verbs: {light: {send: 'SOUR:VOLT 1{value}'}}": "6:23: light is spelt as set_voltage is: "
    "'SOUR:VOLT 11'",
    "verbs: {clear: {send: 'LIGH:FIEL CHAR'}}": "6:23: show is spelt as clear is: 'LIGH:FIEL CHAR'",
    "verbs: {close: {send: CLOSE}, clear: {send: 'FIXT:CLOS'}}": "6:45: clear is spelt as close is "
    "in the dialect core: 'FIXT:CLOS'",
    "verbs: {connect: {send: 'CLOS 1'}}": "6:25: 'CLOS 1' has no gap; connect needs {channel}",
    "verbs: {connect: {send: 'CLOS {chanel}'}}": "6:25: 'CLOS {chanel}' has the gap {chanel}; "
    "connect needs {channel}",
    "verbs: {connect: {send: 'CLOS {channel'}}": "6:25: a brace in 'CLOS {channel' opens or "
    "closes no gap",
    "verbs: {set_voltage: {send: 'V {value:d}'}}": "6:29: 'V {value:d}': a gap has a name alone, "
    "such as {value}",
    "verbs: {close: {send: 'C {channel}'}}": "6:23: 'C {channel}' has the gap {channel}; close "
    "needs none",
    "verbs: {fixture: {send: X, reply: 'POS=.*'}}": "6:35: 'POS=.*' needs a group "
    "(?P<value>...), and no other",
    "verbs: {fixture: {send: X, reply: 'POS=(?P<value>.*'}}": "6:35: 'POS=(?P<value>.*': not a "
    "regular expression: missing ), unterminated subpattern at position 4",
    "verbs: {fixture: {send: X, replies: {UP: OPEN, DOWN: CLOSE}}}": "6:54: 'CLOSE' is nothing "
    "that fixture can say: CLOSED, MOVING, OPEN",
    "verbs: {output: {send: X, replies: {'1': '1'}}}": "6:36: no reply means 0",
    "unsolicited: '(.*)*'": "6:14: '(.*)*': this expression may take for ever on some texts: too "
    "many repeats inside or after one another; say how often, or use a possessive repeat such as "
    "[a-z]++",
    "identity_form: '(?P<serial>.*)'": "6:16: it does not tell who the jig is: it needs "
    "(?P<maker>...), (?P<model>...)",
    "identity_form: '(?P<number>.*)'": "6:16: '(?P<number>.*)' needs a group (?P<firmware>...) or "
    "(?P<maker>...) or (?P<model>...) or (?P<serial>...), and no other",
    "answers: {done: OK, refused: OK}": "6:10: one reply, 'OK', cannot mean both done and refused",
    "answers: {done: OK}": "6:10: missing key 'refused'",
    "electrical: []": "6:13: expected at least 1 in the list; found an empty list",
    "electrical: [output_of]": "6:14: expected 'disconnect' or 'output_off' or 'safe'; found "
    "'output_of' (did you mean 'output_off'?)",
    "electrical: [output_off]": "6:13: its safe state leaves connect as it is: disconnect is "
    "missing",
    "without: [safe]": "5:10: its safe state is safe, which is none of its verbs",
    "without: [wings]": "6:11: expected 'calibration' or 'clock' or 'cycle counter' or 'echo' or "
    "'fixture' or 'framing' or 'heartbeat' or 'interlock' or 'interlock test' or 'light box' or "
    "'light meter' or 'meter' or 'ohmmeter' or 'relays' or 'safe' or 'self-test' or 'shield' or "
    "'supply'; found 'wings'",
    "heartbeat: 1 s": "6:12: a key heartbeat needs the verb heartbeat, too: how it is told, and "
    "how often",
    "heartbeat: 2 min": "6:12: 120 s is no such time: more than 0 s, at most 60 s",
    "verbs: {heartbeat: {send: 'BEAT?'}}": "6:20: a verb heartbeat needs the key heartbeat, too: "
    "how it is told, and how often",
    "scales: {fixture: {gain: 2}}": "6:19: fixture reads no number with a unit: current, "
    "illuminance, resistance, voltage, voltage_set do",
    "scales: {voltage: {gain: 0}}": "6:19: a gain of 0 makes every reading the same",
    "scales: {voltage: {gian: 2}}": "6:20: unknown key 'gian' (did you mean 'gain'?)",
    "corrections: {vbsu: {voltage: {gain: 2}}}": "6:21: 'vbsu' is none of the channels: vbus, dcp",
    "corrections: {vbus: {illuminance: {gain: 2}}}": "6:35: illuminance reads nothing of one "
    "channel: current, resistance, voltage do",
    "terminator: LFCR": "6:13: expected 'LF' or 'CR' or 'CRLF'; found 'LFCR' (did you mean 'LF'?)",
}


@pytest.mark.parametrize(("line", "told"), OF_CORE.items(), ids=OF_CORE)
def test_a_mistake_in_a_core_jig_is_told_at_its_place(tmp_path: Path, line: str, told: str) -> None:
    assert read(tmp_path, f"{CORE_HEAD}{line}\n") == (None, [told])


OF_ITS_OWN = {
    "  relay: {send: '{channel}?'}\nchannels: {vbus: 1}\n": "8:10: a jig with relays needs "
    "the verbs connect, disconnect, too",
    "  output_on: {send: ON}\n  output_off: {send: 'OFF'}\n  set_voltage: {send: 'V {value}'}\n"
    "  output: {send: 'O?'}\n  voltage_set: {send: 'V?'}\n": "7:3: its safe state is safe, which "
    "is none of its verbs",
    "  shield: {send: 'S?', replies: {OPENED: OPEN, SHUT: CLOSED}}\nunsolicited: 'OPEN.*'\n": (
        "8:42: 'OPENED' also says unsolicited, so shield would never bring it"
    ),
    "  resistance: {send: 'R{channel}?'}\n": "8:15: it needs channels: which relay connects what",
    "  fixture: {send: P}\n  close: {send: P}\n  open: {send: O}\n": "9:17: close is spelt as "
    "fixture is: 'P'",
    "  resistance: {send: 'R{channel}'}\n  self_test: {send: R12}\nchannels: {dcp: 12}\n": (
        "9:21: self_test is spelt as resistance is: 'R12'"
    ),
    "  cycles: {send: 'N?', guarded: true}\n": "8:33: cycles is guarded by the interlock, and "
    "there is no verb interlock",
}


@pytest.mark.parametrize(("lines", "told"), OF_ITS_OWN.items(), ids=OF_ITS_OWN)
def test_a_mistake_in_a_language_of_its_own_is_told_at_its_place(
    tmp_path: Path, lines: str, told: str
) -> None:
    assert read(tmp_path, BOX + lines) == (None, [told])


def test_what_the_jig_lacks_may_be_heeded_still(tmp_path: Path) -> None:
    lines = "without: [fixture]\nverbs: {clear: {send: 'FIXT:OPEN'}}\n"
    told = "7:23: clear is spelt as open is in the dialect core: 'FIXT:OPEN'"
    assert read(tmp_path, CORE_HEAD + lines) == (None, [told])


def test_two_questions_may_share_a_line_and_case_tells_two_verbs_apart(tmp_path: Path) -> None:
    lines = "  fixture: {send: p}\n  shield: {send: p}\n  close: {send: P}\n  open: {send: O}\n"
    assert good(tmp_path, BOX + lines).verbs["close"].text == "P"
    good(tmp_path, f"{CORE_HEAD}verbs: {{interlock: {{send: 'OUTP?'}}}}\n")


@pytest.mark.parametrize(
    ("light", "voltage", "line"),
    [
        ("L{value}", "L{value}", "L1"),
        ("L{value}", "L-{value}", "L-1"),
        ("L{value}5", "L1{value}", "L15"),
        ("L{value}V2", "L1V{value}", "L1V2"),
        ("L{value}", "L{value} V", ""),
        ("L {value}", "V {value}", ""),
    ],
)
def test_two_numbers_in_one_line_are_seen(
    tmp_path: Path, light: str, voltage: str, line: str
) -> None:
    lines = f"verbs: {{light: {{send: '{light}'}}, set_voltage: {{send: '{voltage}'}}}}\n"
    words = f"light is spelt as set_voltage is: '{line}'"
    told = [each.partition(": ")[2] for each in read(tmp_path, CORE_HEAD + lines)[1]]
    assert told == ([words] if line else [])


def test_without_a_dialect_and_without_verbs_it_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD) == (
        None,
        ["1:1: missing key 'dialect' (or 'verbs', for a language of its own)"],
    )


def test_a_jig_that_does_not_say_whether_it_has_understood(tmp_path: Path) -> None:
    own = f"{HEAD}verbs:\n  identify: {{send: 'ID?'}}\n"
    (told,) = read(tmp_path, own)[1]
    assert told.startswith("6:3: it says by nothing whether it has understood")


def test_mistakes_of_shape_and_of_meaning_come_at_once(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        f"{CORE_HEAD}buad: 9600\n"
        "without: [light box]\n"
        "channels: {vbus: 1, aux: 1}\n"
        "verbs:\n"
        "  light: {send: 'L {value}'}\n"
        "  fixture: {send: 'F?', reply: '('}\n"
        "  close: {send: 7, within: 20 min}\n",
    )[1]
    assert [each.partition(": ")[::2] for each in told] == [
        ("6:1", "unknown key 'buad' (did you mean 'baud'?)"),
        ("8:26", "relay 1 is channel 'vbus' already"),
        ("10:10", "`without` says that the jig has no verb light"),
        (
            "11:32",
            "'(': not a regular expression: missing ), unterminated subpattern at position 0",
        ),
        ("12:17", f"{ONE_COMMAND} found 7"),
        ("12:28", "1200 s is no such time: more than 0 s, at most 600 s"),
    ]


def test_the_words_of_the_language_fit_together() -> None:
    assert COMMANDS < VERBS
    assert WORDS.keys() <= VERBS - COMMANDS
    assert set(CORE.verbs) == VERBS - {"framing", "heartbeat"}
    for name, verb in CORE.verbs.items():
        assert verb.text.partition(" ")[0].endswith("?") == (name not in COMMANDS)


_KEYS = st.sampled_from(
    ["verbs", "without", "answers", "channels", "scales", "corrections", "electrical", "heartbeat"]
)
_VALUES = st.recursive(
    st.sampled_from(["x", "1", "1 s", "(", "true", "", "'*'", "{", "OPEN", "1e999", "safe"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
        st.dictionaries(
            st.sampled_from(["identify", "close", "send", "reply", "replies", "vbus", "gain"]),
            inner,
            max_size=3,
        ).map(lambda each: "{" + ", ".join(f"{k}: {v}" for k, v in each.items()) + "}"),
    ),
    max_leaves=6,
)


@given(content=st.dictionaries(_KEYS, _VALUES, max_size=4), core=st.booleans())
def test_whatever_is_written_gives_a_dialect_or_problems(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, str], core: bool
) -> None:
    lines = "".join(f"{key}: {value}\n" for key, value in content.items())
    folder = tmp_path_factory.getbasetemp()
    dialect, told = read(folder, (CORE_HEAD if core else HEAD) + lines)
    assert (dialect is None) == bool(told)
