"""Installed releases: which one is active, whatever is put there or taken away by hand."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import PlanError
from harness.model.plan import InputFile
from harness.plans.release.check import ToRun, admit, released_roles
from harness.plans.release.folder import (
    NEWEST,
    active,
    highest,
    install,
    installed,
    judged_releases,
    load_release,
    newest,
    numbered,
    processes,
)
from harness.plans.release.manifest import Release, ReleasedFile
from tests.plans.release.releasing import (
    ALICE,
    BOB,
    BOTH,
    FILES,
    MALLORY,
    STATION,
    forged,
    plans,
    release,
    signed,
)
from tests.short import code_of

FIRST = signed(release(), ALICE, BOB)
SECOND = signed(release(FIRST, timeout="11 s"), ALICE)
THIRD = signed(release(SECOND, "0.40 A"), ALICE, BOB)
FOURTH = signed(release(THIRD, "0.40 A", timeout="12 s"), BOB)
ALL = (FIRST, SECOND, THIRD, FOURTH)

NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for each in ALL:
        install(tmp_path / "releases", each, BOTH)
    return tmp_path / "releases"


def put(folder: Path, made: Release, number: int = 0) -> None:
    """As an attacker does."""
    place = folder / "final-test" / f"{number or made.manifest.number}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(made.to_bytes())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "final-test").iterdir())


def number(folder: Path) -> int:
    """The active release; 0 when there is none."""
    found = active(judged_releases(folder, "final-test", BOTH))
    return found.manifest.number if found else 0


def test_what_is_installed_is_active_and_nothing_else_is_left(folder: Path) -> None:
    assert number(folder) == 4
    assert processes(folder) == ["final-test"]
    assert names(folder) == ["1.json", "2.json", "3.json", "4.json"]
    assert newest(folder, "final-test") == FOURTH
    assert newest(folder, "other") is None
    assert active(judged_releases(folder, "other", BOTH)) is None


REFUSED = {
    "RELEASE-OLD": FOURTH,
    "RELEASE-UNSIGNED": release(FOURTH),
    "RELEASE-STRANGER": signed(release(FOURTH), MALLORY),
    "RELEASE-FORGED": MALLORY.sign(release(FOURTH), name="alice"),
}


@pytest.mark.parametrize(("code", "made"), REFUSED.items(), ids=REFUSED)
def test_what_does_not_count_is_not_installed(folder: Path, code: str, made: Release) -> None:
    before = names(folder)
    assert code_of(partial(install, folder, made, BOTH)) == code
    assert names(folder) == before


def test_an_older_one_is_not_installed(folder: Path) -> None:
    with pytest.raises(PlanError, match=r"release 4 of final-test is installed, signed by bob"):
        install(folder, FIRST, BOTH)


def test_one_signature_after_a_change_of_limits_is_not_installed(folder: Path) -> None:
    changed = signed(release(FOURTH, "0.39 A"), ALICE)
    with pytest.raises(PlanError, match="only alice has signed release 5") as caught:
        install(folder, changed, BOTH)
    assert caught.value.code == "RELEASE-UNSIGNED"


def test_junk_in_its_place_keeps_a_release_out_until_it_is_taken_away(folder: Path) -> None:
    junk = folder / "final-test" / "5.json"
    junk.write_text("{}")
    fifth = signed(release(FOURTH, "0.40 A"), ALICE)
    with pytest.raises(PlanError, match=r"5\.json is there already, and does not count") as caught:
        install(folder, fifth, BOTH)
    assert caught.value.code == "RELEASE-BLOCKED"
    assert "away" in caught.value.remedy
    assert number(folder) == 4
    junk.unlink()
    install(folder, fifth, BOTH)
    assert number(folder) == 5


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert code_of(partial(install, tmp_path / "file", FIRST, BOTH)) == "RELEASE-FOLDER"
    (tmp_path / "final-test").write_text("")
    assert code_of(partial(install, tmp_path, FIRST, BOTH)) == "RELEASE-FOLDER"


@pytest.fixture
def unreadable() -> Iterator[Callable[[Path], None]]:
    """Takes the right to a file or folder away; root runs on as an ordinary user."""
    root = os.geteuid() == 0

    def take(place: Path) -> None:
        for parent in place.parents[:3]:
            parent.chmod(0o755)
        place.chmod(0)
        if root:
            os.seteuid(NOBODY)

    yield take
    if root:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Installed releases in a folder that everybody may enter."""
    with TemporaryDirectory() as name:
        for each in ALL:
            put(Path(name) / "releases", each)
        yield Path(name) / "releases"


@pytest.mark.parametrize("place", [".", "final-test"])
def test_a_folder_that_cannot_be_read_is_told_and_is_not_an_empty_one(
    open_folder: Path, unreadable: Callable[[Path], None], place: str
) -> None:
    unreadable(open_folder / place)
    for call in (
        partial(processes, open_folder),
        partial(newest, open_folder, "final-test"),
        partial(numbered, open_folder, "final-test", 1),
        partial(judged_releases, open_folder, "final-test", BOTH),
    ):
        assert code_of(call) == "RELEASE-FOLDER"


def test_a_release_that_cannot_be_read_is_told_by_its_name(
    open_folder: Path, unreadable: Callable[[Path], None]
) -> None:
    last = open_folder / "final-test" / "4.json"
    unreadable(last)
    with pytest.raises(PlanError, match=r"4\.json: Permission denied") as caught:
        load_release(last)
    assert caught.value.code == "RELEASE-FOLDER"
    assert number(open_folder) == 3


def pipe(place: Path) -> None:
    os.mkfifo(place)


def folder_of_its_name(place: Path) -> None:
    place.mkdir()


def device(place: Path) -> None:
    place.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [pipe, folder_of_its_name, device])
def test_what_is_no_regular_file_is_no_release_and_is_not_waited_for(
    folder: Path, make: Callable[[Path], None]
) -> None:
    make(folder / "final-test" / "5.json")
    assert number(folder) == 4
    assert code_of(partial(load_release, folder / "final-test" / "5.json")) == "RELEASE-INVALID"


def test_what_is_said_of_a_broken_file_moves_no_cursor(folder: Path) -> None:
    plain = json.loads(FIRST.to_bytes())
    plain["manifest"]["\x1b[2J"] = 1
    broken = folder / "final-test" / "5.json"
    broken.write_text(json.dumps(plain))
    with pytest.raises(PlanError, match=r"\\x1b\[2J") as caught:
        load_release(broken)
    assert caught.value.message.isprintable()


def test_a_folder_that_no_process_can_be_called_is_left_out(folder: Path) -> None:
    shutil.copytree(folder / "final-test", folder / "\x1b[2J")
    (folder / "notes").write_text("")
    assert processes(folder) == ["final-test"]


def test_a_release_is_found_by_its_number(folder: Path) -> None:
    assert numbered(folder, "final-test", 2) == SECOND
    assert numbered(folder, "final-test", 5) is None
    assert numbered(folder, "other", 1) is None


def test_files_that_are_not_releases_by_their_name_are_left_out(folder: Path) -> None:
    for name in ("05.json", "5.json.bak", "x.json", "0.json", "-1.json", "12345678901.json"):
        put_as = folder / "final-test" / name
        put_as.write_bytes(signed(release(FOURTH), ALICE).to_bytes())
    (folder / "final-test" / "5.json").symlink_to("nowhere")
    assert number(folder) == 4
    assert [each.path.stem for each in installed(folder, "final-test")] == ["1", "2", "3", "4", "5"]


def test_nobody_leans_on_a_release_that_does_not_count(folder: Path) -> None:
    """One person changes the limits in a release that he leaves unsigned, and signs the next."""
    fifth = release(FOURTH, "0.30 A")
    put(folder, fifth)
    put(folder, signed(release(fifth, "0.30 A"), ALICE))
    assert number(folder) == 4


@pytest.mark.parametrize("gone", [g for n in range(1, 5) for g in combinations(range(1, 5), n)])
def test_taking_releases_away_never_makes_a_later_or_another_one_count(
    folder: Path, gone: tuple[int, ...]
) -> None:
    """One person alone (2, 4) counts only right after what he did not change."""
    left = [n for n in range(1, 5) if n not in gone]
    for each in gone:
        (folder / "final-test" / f"{each}.json").unlink()
    expected = max((n for n in left if n in (1, 3) or n - 1 in left), default=0)
    assert number(folder) == expected


@pytest.mark.parametrize("gone", [g for n in range(5) for g in combinations(range(1, 5), n)])
@pytest.mark.parametrize("since", [1, 2, 3, 4, 5, NEWEST])
def test_reading_no_more_than_is_needed_tells_the_same(
    folder: Path, gone: tuple[int, ...], since: int
) -> None:
    for each in gone:
        put(folder, release(), each)
    whole = judged_releases(folder, "final-test", BOTH)
    part = judged_releases(folder, "final-test", BOTH, since=since)
    assert [(i.path, str(i.fault)) for i in part] == [
        (i.path, str(i.fault)) for i in whole[-len(part) :]
    ]
    assert active(part) == active(whole)
    assert len(part) == 2 or gone or since < 4, "3 counts alone, so nothing before it is read"


def test_renaming_copying_and_moving_to_another_process_count_for_nothing(folder: Path) -> None:
    put(folder, FIRST, 9)
    shutil.copytree(folder / "final-test", folder / "other")
    assert number(folder) == 4
    assert active(judged_releases(folder, "other", BOTH)) is None


@given(st.sampled_from(range(1, 6)), st.binary(max_size=300))
def test_any_bytes_in_the_folder_only_take_away(place: int, content: bytes) -> None:
    with TemporaryDirectory() as name:
        for each in ALL:
            put(Path(name), each)
        (Path(name) / "final-test" / f"{place}.json").write_bytes(content)
        # 2 and 4 lean on the one before them, 1 and 3 stand alone
        assert number(Path(name)) == {1: 4, 2: 4, 3: 2, 4: 3, 5: 4}[place]


def wanted(made: Release, **change: object) -> ToRun:
    """What runs when the files are those of a release."""
    plan = plans("0.40 A", timeout="12 s").any
    files = {role: InputFile(Path("files", role), sha) for role, sha in FILES.items()}
    return replace(ToRun(plan, files, STATION, "0.1.0", made.ref), **change)  # type: ignore[arg-type]


def refused(folder: Path, asked: ToRun) -> PlanError:
    with pytest.raises(PlanError) as caught:
        admit(asked, judged_releases(folder, "final-test", BOTH))
    return caught.value


def test_what_was_released_is_admitted(folder: Path) -> None:
    judged = judged_releases(folder, "final-test", BOTH)
    for ran in (FOURTH, FIRST):
        assert admit(wanted(ran), judged) == FOURTH
    assert admit(wanted(FIRST, ran=None), judged) == FOURTH


@pytest.mark.parametrize("role", FILES)
def test_a_changed_file_is_refused_by_its_role(folder: Path, role: str, tmp_path: Path) -> None:
    other = tmp_path / "changed.yaml"
    other.write_text("")
    files = {**wanted(FOURTH).files, role: InputFile(other, "0" * 64)}
    fault = refused(folder, wanted(FOURTH, files=files))
    assert fault.code == "RELEASE-CHANGED"
    said, changed = fault.evidence["problems"]
    assert "release 4 of final-test says, signed by bob (2026-11-22)" in said
    assert changed.startswith(f"{role}: {other} is another file than was released")
    assert f"belongs to {other.owner()} and was last written at 20" in changed


def test_a_changed_file_is_told_where_it_is_and_not_by_which_way(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = next(iter(FILES))
    (tmp_path / "jigs").mkdir()
    (tmp_path / "stations").mkdir()
    monkeypatch.chdir(tmp_path)
    named = Path("stations/../jigs/a.yaml")
    named.write_text("")
    files = {**wanted(FOURTH).files, role: InputFile(named, "0" * 64)}
    _, changed = refused(folder, wanted(FOURTH, files=files)).evidence["problems"]
    assert changed.startswith(f"{role}: jigs/a.yaml is another file than was released")


def test_a_file_more_another_plan_and_another_harness_are_refused(folder: Path) -> None:
    more = {**wanted(FOURTH).files, "pathloss:a.csv": InputFile(Path("a.csv"), "0" * 64)}
    words = {
        "pathloss:a.csv: a.csv is not in the release": wanted(FOURTH, files=more),
        "other steps are installed": wanted(FOURTH, plan=plans("0.41 A").any),
        "harness: this is 0.2.0, released was 0.1.0": wanted(FOURTH, harness="0.2.0"),
    }
    for said, asked in words.items():
        fault = refused(folder, asked)
        assert fault.code == "RELEASE-CHANGED"
        assert said in fault.evidence["problems"][1]


def test_a_release_that_says_other_of_a_station_than_its_file_is_refused(tmp_path: Path) -> None:
    """Who makes one may write what he likes: one signature is not got by saying nothing changed."""
    role = "station:ft-01.yaml"
    made = release()
    files = {**made.manifest.files, role: ReleasedFile("ft-01.yaml", "5" * 64)}
    put(tmp_path, signed(forged(made, made.plans, files=files), ALICE, BOB))
    judged = judged_releases(tmp_path, "final-test", BOTH)
    asked = wanted(FIRST, ran=None, plan=plans().any)
    asked = replace(
        asked, files={**asked.files, "station": InputFile(Path("ft-01.yaml"), "5" * 64)}
    )
    assert admit(asked, judged).manifest.number == 1
    loose = replace(asked, station={**STATION, "rules": {"waived": ["golden_every"]}})
    fault = refused(tmp_path, loose)
    assert fault.code == "RELEASE-CHANGED"
    said = f"{role}: its file is the released one, but what decides in it is not what the release"
    assert fault.evidence["problems"][1].startswith(said)


def test_the_highest_number_is_that_of_any_file(folder: Path) -> None:
    assert (highest(folder, "final-test"), highest(folder, "other")) == (4, 0)
    (folder / "final-test" / "7.json").write_text("of an earlier harness")
    assert highest(folder, "final-test") == 7


def test_an_older_release_is_refused_after_a_newer_one_ran(folder: Path) -> None:
    (folder / "final-test" / "4.json").unlink()
    fault = refused(folder, wanted(FOURTH, plan=plans("0.40 A").any))
    assert fault.code == "RELEASE-OLD"
    assert "release 4 of final-test, signed by bob, has run" in fault.message
    assert "release 3 of final-test, signed by alice, bob" in fault.message


def test_another_history_than_the_one_that_ran_is_refused(folder: Path) -> None:
    """One person signs another release 2 and everything after it, to get around a change."""
    other = signed(release(FIRST, timeout="13 s"), ALICE)
    put(folder, other)
    put(folder, signed(release(other, timeout="14 s"), ALICE))
    (folder / "final-test" / "4.json").unlink()
    assert number(folder) == 3
    fault = refused(folder, wanted(SECOND))
    assert fault.code == "RELEASE-OLD"
    assert "another one of that number is installed, made by carol" in fault.message


def test_without_a_release_that_counts_nothing_runs_and_each_reason_is_told(tmp_path: Path) -> None:
    fault = refused(tmp_path, wanted(FIRST))
    assert fault.code == "RELEASE-ABSENT"
    put(tmp_path, release())
    put(tmp_path, signed(release(FIRST), MALLORY))
    (tmp_path / "final-test" / "3.json").write_text("{}")
    fault = refused(tmp_path, wanted(FIRST))
    assert fault.code == "RELEASE-ABSENT"
    said = "\n".join(fault.evidence["problems"])
    for code in ("RELEASE-UNSIGNED", "RELEASE-STRANGER", "RELEASE-INVALID"):
        assert code in said


def test_what_does_not_count_and_is_newer_is_told_when_a_file_differs(folder: Path) -> None:
    put(folder, release(FOURTH))
    fault = refused(folder, wanted(FOURTH, harness="0.2.0"))
    assert "RELEASE-UNSIGNED: nobody has signed release 5" in fault.evidence["problems"][-1]


def test_the_file_of_a_station_goes_by_its_name() -> None:
    file = InputFile(Path("fixtures/stations/ft-03.yaml"), "0" * 64)
    assert released_roles({"station": file, "plan": file}) == {
        "station:ft-03.yaml": file,
        "plan": file,
    }
