"""The file of badges: right in full, or told at each place; and no secret is ever shown."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import StationFault
from harness.model.entry import Role
from harness.station.people.badges import Badge, hash_of, is_secret, read_badges
from tests.short import code_of

SECRET = "correct horse"
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43
HEAD = "schema: 1\nbadges:\n"
ONE = f"  - {{badge: 'B-1', name: mei, role: operator, until: 2027-06-30, hash: '{HASH}'}}\n"


@pytest.fixture(scope="module")
def hashed() -> str:
    return hash_of(SECRET)


def problems(path: Path, text: str) -> list[str]:
    path.write_text(text, "utf-8")
    try:
        read_badges(path, guarded=False)
    except StationFault as fault:
        return [each.removeprefix(f"{path}:") for each in fault.evidence["problems"]]
    return []


def test_a_badge_says_who_as_what_and_until_when(tmp_path: Path) -> None:
    path = tmp_path / "badges.yaml"
    path.write_text(HEAD + ONE)
    found = read_badges(path, guarded=False)
    assert found.by_id == {"B-1": Badge("B-1", "mei", Role.OPERATOR, date(2027, 6, 30), HASH)}
    assert len(found.sha256) == 64
    assert "argon2" not in repr(found)


def changed(old: str, new: str) -> str:
    assert old in ONE
    return HEAD + ONE.replace(old, new)


WRONG = {
    HEAD: "2:8: expected a list",
    changed("'B-1'", "7"): "3:13: expected a serial number",
    changed("name: mei", "name: 'm ei'"): "3:26: a person's name has letters",
    changed("operator", "boss"): "3:37: ",
    changed("2027-06-30", "2027-06-31"): "3:54: no day of the calendar",
    changed("$argon2id", "$argon2i"): "3:72: expected an Argon2id hash",
    changed("m=19456", "m=9999999"): "3:72: expected an Argon2id hash",
    changed("m=19456,t=2", "m=8,t=1"): "3:72: expected an Argon2id hash",
    changed("m=19456,t=2", "m=262144,t=9"): "3:72: expected an Argon2id hash",
    HEAD + ONE + ONE.replace("mei", "ben"): "4:13: badge 'B-1' is written twice",
    HEAD + ONE + ONE.replace("B-1", "B-2"): "4:26: name 'mei' is written twice",
}


@pytest.mark.parametrize(("text", "problem"), WRONG.items(), ids=range(len(WRONG)))
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, text: str, problem: str) -> None:
    told = problems(tmp_path / "badges.yaml", text)
    assert told[0].startswith(problem), told


@pytest.mark.parametrize("written", ["'s3cret-word'", "123456789", "[123456789]", "{a: 123456789}"])
def test_a_secret_in_place_of_its_hash_is_not_shown(tmp_path: Path, written: str) -> None:
    told = problems(tmp_path / "badges.yaml", changed(f"'{HASH}'", written))
    assert told
    assert "s3cret" not in str(told)
    assert "123456789" not in str(told)


@given(st.text(max_size=60), st.integers(0, len(HEAD + ONE)), st.integers(0, 40))
def test_any_text_is_a_file_of_badges_or_is_told(text: str, at: int, cut: int) -> None:
    whole = HEAD + ONE
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        told = problems(Path(file.name), whole[:at] + text + whole[at + cut :])
    assert all(told)


def test_its_secret_and_no_other_fits_a_badge(hashed: str) -> None:
    badge = Badge("B-1", "mei", Role.OPERATOR, date(2027, 6, 30), hashed)
    assert is_secret(SECRET, badge)
    for other in ("", SECRET + " ", SECRET.upper(), "\ud800", "x" * 5000):
        assert not is_secret(other, badge)
    assert not is_secret(SECRET, None)
    assert hash_of(SECRET) != hashed
    assert hash_of("\ud800")


def test_a_badge_that_nobody_has_takes_as_long(hashed: str) -> None:
    badge = Badge("B-1", "mei", Role.OPERATOR, date(2027, 6, 30), hashed)

    def cpu_s(who: Badge | None) -> float:
        spent = []
        for _ in range(5):
            before = time.thread_time()
            is_secret("wrong", who)
            spent.append(time.thread_time() - before)
        return min(spent)

    known, unknown = cpu_s(badge), cpu_s(None)
    assert 0.5 < known / unknown < 2
    assert known > 0.01


def test_a_hash_of_ours_may_stand_in_the_file(tmp_path: Path, hashed: str) -> None:
    assert problems(tmp_path / "badges.yaml", changed(HASH, hashed)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can put a file where nobody can write")
def test_a_real_station_takes_only_what_it_can_neither_change_nor_show(tmp_path: Path) -> None:
    path = tmp_path / "badges.yaml"
    path.write_text(HEAD + ONE)
    path.chmod(0o640)
    assert read_badges(path, guarded=True).by_id
    for mode, words in ((0o660, "written by others"), (0o644, "read by everybody")):
        path.chmod(mode)
        with pytest.raises(StationFault, match=words) as caught:
            read_badges(path, guarded=True)
        assert caught.value.code == "BADGE-FILE"
        assert read_badges(path, guarded=False).by_id
    assert code_of(lambda: read_badges(tmp_path / "none", guarded=True)) == "BADGE-FILE"
