"""Files that no person meant: a placed problem each, at once, and nothing read in another way."""
# ruff: noqa: E501, RUF001 (a trap a line, some of them in other digits)

import time
from pathlib import Path

import pytest

from harness.files.problems import errors
from tests.plans import bundle
from tests.plans.told import changed

PLAN = bundle.PLAN.encode()
BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n" % (name + 1, name + 1, *[name] * 9)
    for name in range(ord("a"), ord("i"))
)  # fmt: skip
FILES = [
    ("bomb", BOMB + PLAN, "an anchor (&a): write out what it is used for"),
    ("anchor", PLAN.replace(b"retest: {", b"retest: &r {"), "an anchor (&r): write out what it is used for"),
    ("alias", PLAN.replace(b"a57-final", b"*r"), "an alias (*r): write it out"),
    ("merge", PLAN.replace(b"retest: {", b"retest: {<<: *r, "), "an alias (*r): write it out"),
    ("tag", PLAN.replace(b"revision: 14", b"revision: !!str 14"), "a tag (tag:yaml.org,2002:str): leave it out"),
    ("object", PLAN.replace(b"revision: 14", b"revision: !!python/object/apply:os.system [ls]"), "a tag (tag:yaml.org,2002:python/object/apply:os.system): leave it out"),
    ("twin", PLAN.replace(b"revision: 14", b"revision: 14\nrevision: 15"), "the key 'revision' is already in line 4"),
    ("directive", b"%YAML 1.1\n---\n" + PLAN, "a directive (%): leave it out"),
    ("second", PLAN + b"---\n" + PLAN, "a second document: one file holds one"),
    ("large", PLAN + b"# " + b"x" * 10_000_000, "larger than 1 MiB"),
    ("long", PLAN.replace(b"A57 4G final test", b"'" + b"x" * 1_100_000 + b"'"), "larger than 1 MiB"),
    ("utf-16", bundle.PLAN.encode("utf-16"), "not UTF-8: save the file in UTF-8"),
    ("utf-16-le", bundle.PLAN.encode("utf-16-le"), "the character U+0000: leave it out"),
    ("utf-32", bundle.PLAN.encode("utf-32"), "not UTF-8: save the file in UTF-8"),
    ("latin-1", PLAN.replace(b"final test", b"final \xe9preuve"), "not UTF-8: save the file in UTF-8"),
    ("bom", b"\xef\xbb\xbf" + PLAN, "a byte order mark: save the file without it"),
    ("tab", PLAN.replace(b"  - {id: shut", b"\t- {id: shut"), "a tab: use spaces"),
    ("tab inside", PLAN.replace(b"A57 4G final", b"A57\t4G final"), "a tab: use spaces"),
    ("nul", PLAN.replace(b"A57 4G", b"A57\x00 4G"), "the character U+0000: leave it out"),
    ("nul last", PLAN + b"\x00", "the character U+0000: leave it out"),
    ("escape", PLAN.replace(b"A57 4G", b"A57\x1b[2J 4G"), "the character U+001B: leave it out"),
    ("deep list", PLAN.replace(b"retest: {max_runs: 4, other_slot_after: 2}", b"retest: " + b"[" * 10_000 + b"]" * 10_000), "nested more than 20 deep"),
    ("deep mapping", PLAN.replace(b"retest: {max_runs: 4, other_slot_after: 2}", b"retest: " + b"{a: " * 10_000 + b"}" * 10_000), "nested more than 20 deep"),
    ("deep blocks", PLAN + b"retest:\n" + b"".join(b" " * n + b"a:\n" for n in range(1, 400)), "nested more than 20 deep"),
    ("deep unclosed", b"[" * 500_000, "nested more than 20 deep"),
    ("question", PLAN + b"? {a: b}\n: c\n", "a key is a word in quotes, not a mapping with a"),
    ("empty", b"", "an empty file"),
    ("comments", b"# nothing\n", "an empty file"),
    ("scalar", b"plan", "expected a mapping; found 'plan'"),
    ("many keys", PLAN + b"".join(b"k%d: 1\n" % n for n in range(30_000)), "unknown key 'k0'"),
    ("many steps", PLAN.replace(b"steps:\n", b"steps:\n" + b"  - {id: a, use: catalogue.blnik, timeout: 1 s}\n" * 2_000), "no step 'catalogue.blnik' (did you mean 'catalogue.blink'?)"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])  # fmt: skip
def test_a_file_that_no_person_meant(tmp_path: Path, content: bytes, message: str) -> None:
    assert content != PLAN
    begun = time.process_time()
    plans, problems = bundle.resolved(tmp_path, {"plan.yaml": content})
    assert time.process_time() - begun < 5.0  # not of the square of its length
    assert plans is None
    assert any(f"{problem.message}{f' (did you mean {problem.suggestion!r}?)' if problem.suggestion else ''}" == message for problem in errors(problems)), [str(p) for p in problems[:5]]  # fmt: skip
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


TRAPS = [
    ("revision: 14", "revision: .nan", "expected a whole number from 1 to 2147483647; found '.nan'"),
    ("revision: 14", "revision: .inf", "expected a whole number from 1 to 2147483647; found '.inf'"),
    ("revision: 14", "revision: 1e999", "expected a whole number from 1 to 2147483647; found '1e999'"),
    ("revision: 14", "revision: 0x0e", "expected a whole number from 1 to 2147483647; found '0x0e'"),
    ("revision: 14", "revision: 014", "014 starts with a zero: write it in quotes if it is no number"),
    ("revision: 14", "revision: 1_4", "expected a whole number from 1 to 2147483647; found '1_4'"),
    ("revision: 14", "revision: +14", "expected a whole number from 1 to 2147483647; found '+14'"),
    ("revision: 14", "revision: 12:30", "expected a whole number from 1 to 2147483647; found '12:30'"),
    ("revision: 14", f"revision: {'9' * 40}", "a number of 40 characters: write it in quotes if it is text"),
    ("fast: true", "fast: yes", "parameter 'fast': expected true or false; found 'yes'"),
    ("fast: true", "fast: on", "parameter 'fast': expected true or false; found 'on'"),
    ("fast: true", "fast: True", "parameter 'fast': expected true or false; found 'True'"),
    ("fast: true", "fast: 1", "parameter 'fast': expected true or false; found 1"),
    ("samples: 4", "samples: 4.0", "parameter 'samples': expected a whole number; found 4.0"),
    ("samples: 4", "samples: 0b11", "parameter 'samples': expected a whole number; found '0b11'"),
    ("samples: 4", "samples: 1e1", "parameter 'samples': expected a whole number; found '1e1'"),
    ("{ssid: REF-5G}", "{ssid: 00101}", "00101 starts with a zero: write it in quotes if it is no number"),
    ("{ssid: REF-5G}", "{ssid: 101}", "parameter 'ssid': expected a text; found 101"),
    ("{ssid: REF-5G}", "{ssid: true}", "parameter 'ssid': expected a text; found true"),
    ("{ssid: REF-5G}", "{ssid: ~}", "expected a text, a quantity such as 450 mA, a number, or true or false; found nothing"),
    ("vbus: 5.0 V", "vbus: .nan V", "expected a number, a space and a unit; found '.nan V'"),
    ("vbus: 5.0 V", "vbus: nan V", "expected a number, a space and a unit; found 'nan V'"),
    ("vbus: 5.0 V", "vbus: inf V", "expected a number, a space and a unit; found 'inf V'"),
    ("vbus: 5.0 V", "vbus: 1e999 V", "expected a number, a space and a unit; found '1e999 V'"),
    ("vbus: 5.0 V", "vbus: '5,0 V'", "expected a number, a space and a unit; found '5,0 V'"),
    ("vbus: 5.0 V", "vbus: ٥ V", "expected a number, a space and a unit; found '٥ V'"),
    ("timeout: 20 s\n", "timeout: 1e1 s\n", "expected a number, a space and a unit; found '1e1 s'"),
    ("timeout: 20 s\n", "timeout: 00:20\n", "expected a number, a space and a unit; found '00:20'"),
    ("A57 4G final test", "2026-10-01", None),
    ("A57 4G final test", "no", None),
    ("A57 4G final test", "12:30", None),
    ("{ssid: REF-5G}", "{ssid: on}", None),
    ("{ssid: REF-5G}", "{ssid: 12:30}", None),
    ("{ssid: REF-5G}", "{ssid: 1e3}", None),
    ("{ssid: REF-5G}", "{ssid: '00101'}", None),
    ("{ssid: REF-5G}", "{ssid: 0x10}", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"), TRAPS, ids=[row[1].strip()[:30] for row in TRAPS]
)
def test_a_word_means_what_it_says(tmp_path: Path, old: str, new: str, message: str | None) -> None:
    plans, problems = bundle.resolved(tmp_path, {"plan.yaml": changed(old, new, bundle.PLAN)})
    assert [problem.message for problem in problems] == ([] if message is None else [message])
    if plans:
        said = new.partition(": ")[2].strip("{}'") or new
        assert f'"{said}"' in plans.any.canonical


LONG = "x" * 300_000


@pytest.mark.parametrize("key", ["plan: a57-final", "process: final-test", "use: catalogue.charge", "vbus: 5.0 V", "equals: true", "expect: 12 s", "[supply, callbox]", "[ae]", "A57-PK", "limits: limits.yaml", "'A57[A-Z][0-9]{6}'"])  # fmt: skip
def test_a_very_long_scalar_is_told_shortly_and_soon(tmp_path: Path, key: str) -> None:
    name, colon, _ = key.partition(": ")
    text = changed(key, f"{name}: {LONG}" if colon else LONG, bundle.PLAN)
    begun = time.process_time()
    plans, problems = bundle.resolved(tmp_path, {"plan.yaml": text})
    assert time.process_time() - begun < 5.0  # not of the square of its length
    assert all(len(str(problem)) < 1000 for problem in problems)
    assert (plans is None) == bool(errors(problems))
    assert plans is None
