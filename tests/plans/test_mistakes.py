"""Every rule of the checker: one mistake, one problem, at its exact place.

» stands before the character where the problem is expected.
"""
# ruff: noqa: E501 (a mistake a line)

from pathlib import Path

import pytest

from tests.plans.catalogue import PLAN
from tests.plans.told import changed, places, told

MISTAKES = [
    # the plan itself
    ("schema: 1", "schema: »2", "expected schema 1, the only one that this version reads; found 2"),
    ("plan: a57-final", "plan: »A57", "expected a name of small letters, digits, - and _; found 'A57'"),
    ("revision: 14", "revision: »0", "expected a whole number from 1 to 2147483647; found 0"),
    ("revision: 14", "revision: »2147483648", "expected a whole number from 1 to 2147483647; found 2147483648"),
    ("title: A57 4G final test", 'title: »"A57 \\e[2J"', "expected a text of one line, with nothing in it that cannot be seen; found 'A57 \\x1b[2J'"),
    ("title: A57 4G final test", 'title: »"A57 \\u202e"', "expected a text of one line, with nothing in it that cannot be seen; found 'A57 \\u202e'"),
    ("revision: 14", "revision: »14.5", "expected a whole number from 1 to 2147483647; found 14.5"),
    ("title: A57 4G final test", "title: »57", "expected a text; found 57: write it in quotes"),
    ("process: final-test", "»proces: final-test", "unknown key 'proces' (did you mean 'process'?)"),
    ("part: A57-4G, ", "part: »007, ", "007 starts with a zero: write it in quotes if it is no number"),
    ("model: A57-4G, ", "", "missing key 'model'"),
    ("'A57[A-Z][0-9]{6}'", "»'A57[A-Z'", "'A57[A-Z': not a regular expression: unterminated character set at position 3"),
    ("'A57[A-Z][0-9]{6}'", "»A57.*", "'A57.*' is an identity: write it in quotes"),
    ("'A57[A-Z][0-9]{6}'", "»570000000", "expected a regular expression in quotes; found 570000000"),
    ("teardown:", "»teardwon:", "unknown key 'teardwon' (did you mean 'teardown'?)"),
    # a step
    ("id: shut", "id: »Shut", "expected an id that starts with a small letter, then small letters, digits and _; found 'Shut'"),
    ("id: off", "id: »shut", "the id 'shut' is already in line 8"),
    ("use: catalogue.close", "use: »catalogue.colse", "no step 'catalogue.colse' (did you mean 'catalogue.close'?)"),
    ("timeout: 10 s", "»tiemout: 10 s", "unknown key 'tiemout' (did you mean 'timeout'?)"),
    ("timeout: 10 s}", "timeout: 10 s, »wiht: {}}", "unknown key 'wiht' (did you mean 'with'?)"),
    ("timeout: 10 s", "timeout: »10 mins", "no unit 'mins' (did you mean 'min'?)"),
    ("timeout: 10 s", "timeout: »10", "expected a time with its unit, such as 10 s; found 10"),
    ("timeout: 10 s", "timeout: »'10'", "'10' has no unit: it is in s (did you mean '10 s'?)"),
    ("timeout: 10 s", "timeout: »10s", "one space stands between a number and its unit (did you mean '10 s'?)"),
    ("timeout: 10 s", "timeout: »10 V", "10 V: V measures voltage, s measures time"),
    ("timeout: 10 s", "timeout: »0 s", "a timeout is more than 0 s and at most 24 h; found '0 s'"),
    ("timeout: 10 s", "timeout: »-1 s", "a timeout is more than 0 s and at most 24 h; found '-1 s'"),
    ("timeout: 10 s", "timeout: »25 h", "a timeout is more than 0 s and at most 24 h; found '25 h'"),
    ("timeout: 10 s", "timeout: »soon", "expected a number, a space and a unit; found 'soon'"),
    ("on_fail: continue", "on_fail: »contineu", "expected 'stop' or 'continue'; found 'contineu' (did you mean 'continue'?)"),
    ("times: 1", "times: »6", "expected a number from 1 to 5; found 6"),
    ("times: 1", "times: »0", "expected a number from 1 to 5; found 0"),
    ("on: [error]", "on: [»eror]", "expected 'error' or 'fail'; found 'eror' (did you mean 'error'?)"),
    ("on: [error]", "on: »[]", "expected at least 1 in the list; found an empty list"),
    ("on: [error]", "on: [»fail]", "warning: retrying a FAIL is testing until it passes"),
    # its parameters
    ("{vbus: 5.0 V}", "{vbus: 5.0 V, »setle: 1 s}", "step catalogue.charge has no parameter 'setle' (did you mean 'settle'?)"),
    ("{vbus: 5.0 V}", "{»vbsu: 5.0 V}", "step catalogue.charge has no parameter 'vbsu' (did you mean 'vbus'?)"),
    ("{vbus: 5.0 V}", "{vbus: »5.0}", "5.0 has no unit: it is in V (did you mean '5 V'?)"),
    ("{vbus: 5.0 V}", "{vbus: »5.0 s}", "5.0 s: s measures time, V measures voltage"),
    ("{vbus: 5.0 V}", "{vbus: »true}", "expected a quantity in V; found true"),
    ("{vbus: 5.0 V}", "{vbus: »[5 V]}", "expected a text, a quantity such as 450 mA, a number, or true or false; found a list"),
    ("{vbus: 5.0 V}", "{vbus: 5.0 V, settle: »2 V}", "2 V: V measures voltage, s measures time"),
    ("{vbus: 5.0 V}", "{vbus: 5.0 V, samples: »3.0}", "parameter 'samples': expected a whole number; found 3.0"),
    ("{vbus: 5.0 V}", "{vbus: 5.0 V, samples: »true}", "parameter 'samples': expected a whole number; found true"),
    ("{vbus: 5.0 V}", "{vbus: 5.0 V, fast: »yes}", "parameter 'fast': expected true or false; found 'yes'"),
    ("{ssid: REF-5G}", "{ssid: »5}", "parameter 'ssid': expected a text; found 5"),
    ("{ssid: REF-5G}", "{band: »hihg}", "parameter 'band': expected low or mid or high; found 'hihg' (did you mean 'high'?)"),
    # the limits
    ("      level: {low: 20 %}\n", "", "step catalogue.charge needs a limit for its measurement 'level'"),
    ("level: {low: 20 %}", "»levle: {low: 20 %}", "step catalogue.charge does not measure 'levle' (did you mean 'level'?)"),
    ("level: {low: 20 %}", "level: {low: 20 %}\n      »volume: record only", "step catalogue.charge does not measure 'volume'"),
    ("level: {low: 20 %}", "level: {low: »20}", "20 has no unit: it is in % (did you mean '20 %'?)"),
    ("level: {low: 20 %}", "level: {»lo: 20 %}", "unknown key 'lo' (did you mean 'low'?)"),
    ("level: {low: 20 %}", "level: »recrod only", "expected a limit: low and high, equals, one_of, matches, imei, near, mask, or a text such as record only; found 'recrod only' (did you mean 'record only'?)"),
    ("level: {low: 20 %}", "level: »{}", "a range needs low or high [%]"),
    ("level: {low: 20 %}", "level: »{guard: 1 %}", "a range needs low or high [%]"),
    ("level: {low: 20 %}", "level: {low: 20 %, guard: »-1 %}", "the guard is an amount, not less than 0 [%]"),
    ("level: {low: 20 %}", "level: »{low: 20 %, equals: 30 %}", "expected a limit: low and high, equals, one_of, matches, imei, near, mask, or a text such as record only; found a mapping with low, equals"),
    ("level: {low: 20 %}", "level: »{imei: true}", "a limit with imei does not fit 'level', which is a number"),
    ("level: {low: 20 %}", "level: »{matches: a}", "a limit with matches does not fit 'level', which is a number"),
    ("level: {low: 20 %}", "level: {equals: »full}", "expected a number, a space and a unit; found 'full'"),
    ("low: 450 mA", "low: »0.45000000000000000001 A", "'0.45000000000000000001 A' has more digits than a record holds (15 to 17)"),
    ("low: 450 mA", "low: »450 ma", "no unit 'ma' (did you mean 'mA'?)"),
    ("low: 450 mA", "low: »450mA", "one space stands between a number and its unit (did you mean '450 mA'?)"),
    ("low: 450 mA", "low: »450  mA", "one space stands between a number and its unit (did you mean '450 mA'?)"),
    ("low: 450 mA", "low: »450 mV", "450 mV: mV measures voltage, A measures current"),
    ("low: 450 mA", "low: »1101 mA", "low 1.101 is above high 1.100 [A]"),
    ("low: 450 mA", "low: »{a: 1}", "expected a number and its unit, such as 450 mA, or a bare number of things; found a mapping with a"),
    ("guard: 10 mA", "guard: »326 mA", "the guard 0.326 leaves no window [A]"),
    ("one_of: [1, 2]", "one_of: [1, »x]", "expected a number, a space and a unit; found 'x'"),
    ("one_of: [1, 2]", "one_of: »[]", "expected at least 1 in the list; found an empty list"),
    ("{equals: true}", "{equals: »yes}", "'charging', which is a flag: expected true or false; found 'yes'"),
    ("{equals: true}", "{one_of: »[true, false]}", "warning: one of true and false: every flag passes"),
    ("{equals: true}", "»{matches: 'true'}", "a limit with matches does not fit 'charging', which is a flag"),
    ("{equals: true}", "»{low: 1}", "a limit with low or high does not fit 'charging', which is a flag"),
    ("imei: {imei: true, tac: ['86012345']}", "imei: »{low: 1}", "a limit with low or high does not fit 'imei', which is a text"),
    ("imei: {imei: true, tac: ['86012345']}", "imei: {equals: »860123450000012}", "'imei', which is a text: expected a text, in quotes; found 860123450000012"),
    ("imei: {imei: true, tac: ['86012345']}", "imei: {matches: »'86('}", "'86(': not a regular expression: missing ), unterminated subpattern at position 2"),
    ("imei: {imei: true, tac: ['86012345']}", "imei: {matches: »'[[a]'}", "'[[a]': not a regular expression: Possible nested set at position 1"),
    ("imei: {imei: true, tac: ['86012345']}", "imei: {matches: »'(?u)a'}", "'(?u)a': not a regular expression: ASCII and UNICODE flags are incompatible"),
    ("imei: {imei: true, tac: ['86012345']}", "imei: {equals: »[a]}", "expected a text, a quantity such as 450 mA, a number, or true or false; found a list"),
    ("{ssid: REF-5G}", "{ssid: »[a]}", "expected a text, a quantity such as 450 mA, a number, or true or false; found a list"),
    ("{ssid: REF-5G}", "{ssid: »null}", "expected a text, a quantity such as 450 mA, a number, or true or false; found nothing"),
    ("imei: {imei: true", "imei: {imei: »false", "expected true; found false"),
    ("'86012345'", "»86012345", "expected a TAC: 8 digits in quotes; found 86012345"),
    ("'86012345'", "»'8601234'", "expected a TAC: 8 digits in quotes; found '8601234'"),
    ("imei: true, tac", "tac", "missing key 'imei'"),
    ("guard: 1 dB", "guard: »1 dBm", "1 dBm: dBm measures level, dB measures level difference"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[m[1].strip() for m in MISTAKES])
def test_a_mistake_is_told_once_at_its_place(path: Path, old: str, new: str, message: str) -> None:
    text = changed(old, new)
    problems = told(path, text)
    assert [problem.split(": ", 1)[1] for problem in problems] == [message]
    if marks := places(text):
        assert [problem.split(": ", 1)[0] for problem in problems] == marks


def test_what_is_missing_is_told_at_its_owner(path: Path) -> None:
    text = changed("    with: {vbus: 5.0 V}\n", "")
    assert told(path, text) == ["10:5: step catalogue.charge needs the parameter 'vbus'"]
    text = changed("    limits:\n      imei: {imei: true, tac: ['86012345']}\n", "    limits:\n")
    assert told(path, text) == [
        "19:5: step catalogue.radio needs a limit for its measurement 'imei'"
    ]


def test_each_further_twin_names_the_first(path: Path) -> None:
    twin = "  - {id: shut, use: catalogue.blink, timeout: 1 s}\n"
    assert told(path, PLAN + 2 * twin) == [
        "30:10: the id 'shut' is already in line 8",
        "31:10: the id 'shut' is already in line 8",
    ]


def test_no_mistake_no_problem(path: Path) -> None:
    for line in ("low: 0.45 A", "low: 450000 uA", "low: '450 mA'"):
        assert not told(path, changed("low: 450 mA", line))
    assert not told(path, changed("level: {low: 20 %}", "level: record only"))
    assert not told(path, changed("level: {low: 20 %}", "level: {equals: 62.5 %}"))


def test_without_a_limit_every_measurement_is_told(path: Path) -> None:
    text = changed("    limits:\n      imei: {imei: true, tac: ['86012345']}\n      power: {low: -70 dBm, guard: 1 dB}\n", "")  # fmt: skip
    assert told(path, text) == [
        "19:5: step catalogue.radio needs a limit for its measurement 'imei'",
        "19:5: step catalogue.radio needs a limit for its measurement 'power'",
    ]


FIVE_OF_SHAPE_AND_FIVE_OF_MEANING = """\
schema: 1
plan: a57-final
revision: »one
title: A57 4G final test
process: final-test
»owner: me
product: {model: A57-4G, part: A57-4G, serial: »'A57['}
setup:
  - {id: shut, use: »catalogue.colse, timeout: 10 s}
steps:
  - id: »Charge
    use: catalogue.charge
    timeout: 20 s
    with: {vbus: »5.0}
    limits:
      current: {low: »450 mV, high: 1100 mA, guard: 10 mA}
      level: {»lo: 20 %}
      cycles: {one_of: [1, 2]}
      »chargin: {equals: true}
  - id: radio
    use: catalogue.radio
    timeout: 30 s
    limits:
      imei: {imei: true}
      power: record only
    retry: {times: »9, on: [error]}
"""


def test_mistakes_of_shape_do_not_hide_those_of_meaning(path: Path) -> None:
    problems = told(path, FIVE_OF_SHAPE_AND_FIVE_OF_MEANING)
    assert [problem.split(": ", 1)[0] for problem in problems] == places(
        FIVE_OF_SHAPE_AND_FIVE_OF_MEANING
    )
    assert len(problems) == 10
