"""Who signs a release, with which key, and what he is shown first."""

from __future__ import annotations

import os
import pty
import subprocess

import pytest

from harness.plans.release.manifest import read_release
from tests.cli.release.released import AsRoot
from tests.plans.release.releasing import ALICE, BOB, MALLORY, Person, forged


def test_make_says_what_changes_in_words_and_sign_says_it_again(line: AsRoot) -> None:
    line.change("masks/sweep.csv", "300,0.9", "300,0.8")
    line.change("plan.yaml", "timeout: 5 s", "timeout: 6 s")
    made = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", "carol")
    assert made.code == 0, made.err
    for words in (
        "release 2 of final-test, made by carol 20",
        "signed by nobody",
        "compared with release 1 of final-test",
        "\n  sweep: timeout 5 s -> 6 s\n",
        "file mask:masks/sweep.csv has changed: masks/sweep.csv",
        "WHAT DECIDES BETWEEN GOOD AND BAD HAS CHANGED: two people sign",
    ):
        assert words in made.out
    assert "file label" not in made.out
    signed = line.sign("final-test-2.json", ALICE)
    assert signed.code == 0, signed.err
    assert "WHAT DECIDES BETWEEN GOOD AND BAD HAS CHANGED" in signed.out
    ran = line.release("install", "final-test-2.json")
    assert ran.code == 2
    assert "RELEASE-UNSIGNED" in ran.err
    assert "only alice has signed release 2" in ran.err


def test_nobody_signs_twice_under_his_own_or_another_name(line: AsRoot) -> None:
    line.change("plan.yaml", "title: Line", "title: Second")
    name = line.make(ALICE, number=2)
    before = (line.folder / name).read_bytes()
    for person, alias in ((ALICE, "alice"), (ALICE, "bob"), (BOB, "alice")):
        ran = line.sign(name, person, alias)
        assert ran.code == 2
        assert "RELEASE-SIGNED" in ran.err
        assert (line.folder / name).read_bytes() == before


@pytest.mark.parametrize("name", ["", "carol\x1b[2J", "carol, signed by bob"])
def test_a_name_that_nobody_can_have_is_a_usage_error(line: AsRoot, name: str) -> None:
    made = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", name)
    line.make(number=2)
    (line.folder / "alice.key").write_bytes(ALICE.private())
    signed = line.release("sign", "final-test-2.json", "--key", "alice.key", "--as", name)
    for ran in (made, signed):
        assert ran.code == 2
        assert "a person's name has letters" in " ".join(ran.err.split())
        assert "\x1b" not in ran.err


def test_a_painted_or_halved_release_is_neither_shown_nor_signed(line: AsRoot) -> None:
    made = read_release((line.folder / "final-test-1.json").read_bytes())
    wrong = (forged(made, by="carol\x1b[2J"), forged(made, {"": {"steps": []}}))
    for each in wrong:
        (line.folder / "wrong.json").write_bytes(each.to_bytes())
        for ran in (line.release("show", "wrong.json"), line.sign("wrong.json", ALICE)):
            assert ran.code == 2
            assert "RELEASE-INVALID" in ran.err
            assert "\x1b" not in ran.out + ran.err


WRONG_SIGNERS = {
    "a name that nobody has": (
        ALICE,
        "alise",
        "alise is not in ",
        "alice, bob (did you mean 'alice'?)",
    ),
    "the key of somebody else": (ALICE, "bob", "this is not the key that bob has", "that of alice"),
    "a key of nobody": (MALLORY, "bob", "this is not the key that bob has in ", "trust.yaml\n"),
}


@pytest.mark.parametrize(
    ("person", "name", "why", "hint"), WRONG_SIGNERS.values(), ids=WRONG_SIGNERS
)
def test_nobody_signs_what_stations_will_not_believe(
    line: AsRoot, person: Person, name: str, why: str, hint: str
) -> None:
    file = line.make(number=2)
    before = (line.folder / file).read_bytes()
    ran = line.sign(file, person, name)
    assert ran.code == 2
    assert f"RELEASE-STRANGER: {why}" in ran.err
    assert hint in ran.err
    assert (line.folder / file).read_bytes() == before


def test_a_name_of_nobody_is_told_before_a_passphrase_is_asked_for(line: AsRoot) -> None:
    file = line.make(number=2)
    (line.folder / "sealed.key").write_bytes(ALICE.private(passphrase="open sesame"))
    ran = line.release("sign", file, "--key", "sealed.key", "--as", "alise")
    assert ran.code == 2
    assert "RELEASE-STRANGER" in ran.err
    assert "Passphrase" not in ran.out + ran.err


def test_without_a_trust_file_one_signs_and_is_told_what_was_not_checked(line: AsRoot) -> None:
    file = line.make(number=2)
    line.trust.unlink()
    ran = line.sign(file, MALLORY)
    assert ran.code == 0, ran.err
    assert "warning: whether stations believe mallory and his key was not checked: " in ran.err
    assert "No such file" in ran.err
    assert "signed by mallory" in ran.out


def test_a_key_that_is_none_signs_nothing(line: AsRoot) -> None:
    key = line.folder / "junk.key"
    key.write_text("junk")
    ran = line.release("sign", "final-test-1.json", "--key", key, "--as", "alice")
    assert ran.code == 2
    assert "RELEASE-KEY" in ran.err


def test_the_passphrase_is_asked_for_without_an_echo(line: AsRoot) -> None:
    line.change("plan.yaml", "title: Line", "title: Second")
    name = line.make(number=2)
    key = line.folder / "alice.key"
    key.write_bytes(ALICE.private(passphrase="open sesame"))
    command = line.command("release", "sign", name, "--key", key, "--as", "alice")
    master, slave = pty.openpty()
    with subprocess.Popen(
        command, cwd=line.folder, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    ) as signing:
        os.close(slave)
        screen = b""
        while b"Passphrase" not in screen:
            screen += os.read(master, 1024)
        os.write(master, b"open sesame\n")
        while chunk := _more(master):
            screen += chunk
        assert signing.wait(30) == 0, screen
    os.close(master)
    assert b"signed by alice" in screen
    assert b"sesame" not in screen


def _more(master: int) -> bytes:
    try:
        return os.read(master, 1024)
    except OSError:  # the other end of a pty is closed
        return b""
