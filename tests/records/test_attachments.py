"""Files beside the store: there before they are named, found out when they change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.errors import HarnessError, StationFault
from harness.model import events as e
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.record import Record
from harness.records.attachments import AttachmentFiles
from harness.records.chain import verify
from harness.records.codec import sha256
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.records.disk import largest_file
from tests.records.runs import DOCUMENTS, Life, hand_in, lived

PICTURE = b"\xff\xd8 a picture " * 1000
NAME = sha256(PICTURE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


def file_of(path: Path, name: str = NAME) -> Path:
    return path.with_name("records.db.files") / name[:2] / name


def run_with(recorder: Recorder, content: bytes, run: str = "r1") -> Record:
    """A run of one step that attaches a file."""
    life = Life(run)
    life.start(steps=1, measures=0)
    life.add(e.StepStarted("step_0", "jig.rails", Phase.STEPS, 1))
    kept = recorder.keep(content)
    life.add(e.Attached("step_0", 1, "rear.jpg", kept, len(content)))
    life.add(e.StepEnded("step_0", 1, Outcome.PASS))
    record = life.end()
    hand_in(recorder, life)
    return record


def code_of(error: pytest.ExceptionInfo[HarnessError]) -> str:
    return error.value.code


def test_a_file_is_there_by_its_hash(path: Path) -> None:
    with Recorder(path) as recorder:
        record = run_with(recorder, PICTURE)
    assert file_of(path).read_bytes() == PICTURE
    with Reader(path) as reader:
        assert reader.record("r1") == record
        assert reader.attachment(record.attachments[0].sha256) == PICTURE
    assert verify(path) == []


def test_the_same_content_is_kept_once_by_any_number_of_threads(path: Path) -> None:
    with Recorder(path) as recorder, ThreadPoolExecutor(8) as pool:
        contents = [PICTURE, b"other", PICTURE, b""] * 8
        assert list(pool.map(recorder.keep, contents)) == [sha256(one) for one in contents]
    files = [found for found in file_of(path).parents[1].rglob("*") if found.is_file()]
    assert sorted(found.name for found in files) == sorted({sha256(c) for c in contents})


@pytest.mark.parametrize("change", [b"", PICTURE[:-1], PICTURE + b"x", b"X" + PICTURE[1:]])
def test_verify_finds_a_file_that_was_changed(path: Path, change: bytes) -> None:
    with Recorder(path) as recorder:
        run_with(recorder, PICTURE)
    file_of(path).write_bytes(change)
    (finding,) = verify(path)
    assert "run r1" in finding
    assert "rear.jpg" in finding
    assert "has been changed" in finding
    with Reader(path) as reader, pytest.raises(StationFault) as caught:
        reader.attachment(NAME)
    assert code_of(caught) == "STORE-DAMAGED"


def test_verify_finds_a_file_that_is_missing(path: Path) -> None:
    with Recorder(path) as recorder:
        run_with(recorder, PICTURE)
        run_with(recorder, b"other", "r2")
    shutil.rmtree(file_of(path).parents[1])
    findings = verify(path)
    assert len(findings) == 2
    assert all("is missing" in finding for finding in findings)


def test_a_damaged_file_is_mended_when_its_content_comes_again(path: Path) -> None:
    with Recorder(path) as recorder:
        run_with(recorder, PICTURE)
        file_of(path).write_bytes(b"damaged")
        assert recorder.keep(PICTURE) == NAME
    assert verify(path) == []


@pytest.mark.parametrize("name", ["", "../records.db", "/etc/passwd", "a" * 63, NAME.upper()])
def test_a_name_that_is_no_hash_opens_nothing(path: Path, name: str) -> None:
    with Recorder(path):
        pass
    with Reader(path) as reader, pytest.raises(StationFault) as caught:
        reader.attachment(name)
    assert code_of(caught) == "STORE-DAMAGED"


def test_a_file_that_finds_no_room_leaves_nothing_and_stops_the_next_run(path: Path) -> None:
    large = bytes(3 << 20)
    with Recorder(path) as recorder:
        with largest_file(2 << 20):
            with pytest.raises(StationFault) as caught:
                recorder.keep(large)
            assert code_of(caught) == "STORE-FULL"
            assert not file_of(path, sha256(large)).exists()
            assert list(path.parent.rglob("*.new")) == []
            with pytest.raises(StationFault) as caught:
                recorder.begin(Life("next").start(), DOCUMENTS)
            assert code_of(caught) == "STORE-FULL"
            assert recorder.failure is None
        assert recorder.keep(large) == sha256(large)
        hand_in(recorder, lived("next"))
    assert verify(path) == []


def test_the_ballast_is_not_for_files(path: Path) -> None:
    with Recorder(path) as recorder, largest_file(2 << 20):
        with pytest.raises(StationFault):
            recorder.keep(bytes(3 << 20))
        assert path.with_name("records.db.ballast").exists()


def test_a_folder_that_cannot_be_made_is_told(path: Path) -> None:
    with Recorder(path) as recorder:
        path.with_name("records.db.files").write_bytes(b"in the way")
        with pytest.raises(StationFault) as caught:
            recorder.keep(PICTURE)
    assert code_of(caught) == "STORE-READONLY"


def test_a_closed_recorder_keeps_nothing(path: Path) -> None:
    with Recorder(path) as recorder:
        pass
    with pytest.raises(StationFault) as caught:
        recorder.keep(PICTURE)
    assert code_of(caught) == "STORE-FAILED"
    assert not file_of(path).exists()


CHILD = """
import sys
from pathlib import Path
from harness.model import events as e
from harness.model.plan import Phase
from harness.records.recorder import Recorder
from tests.records.runs import DOCUMENTS, Life
recorder = Recorder(Path(sys.argv[1]))
life = Life(sys.argv[2])
recorder.begin(life.start(steps=1, measures=0), DOCUMENTS)
recorder.write(life.add(e.StepStarted("step_0", "jig.rails", Phase.STEPS, 1)))
for n in range(10**6):
    content = f"{sys.argv[2]} {n}".encode() * 5_000
    name = recorder.keep(content)
    print(name, flush=True)
    recorder.write(life.add(e.Attached("step_0", 1, f"{n}.jpg", name, len(content))))
"""


def names_a_file(path: Path, run: str) -> bool:
    """Whether the store already holds an event of the open run that names a file."""
    with Reader(path) as reader:
        return bool(reader.record(run).attachments)


def test_what_was_kept_is_whole_after_a_kill(path: Path) -> None:
    for wanted in (3, 11, 40):
        command = [sys.executable, "-c", CHILD, str(path), f"run-{wanted}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            lines = [child.stdout.readline() for _ in range(wanted)]
            while not names_a_file(path, f"run-{wanted}"):
                lines.append(child.stdout.readline())
            child.kill()
            lines += child.stdout.readlines()
        promised = {line.strip() for line in lines if line.endswith("\n")}
        every = {file.name for file in file_of(path).parents[1].glob("??/*")}
        assert len(promised) >= wanted
        assert promised <= every
        files = AttachmentFiles(path)
        assert [name for name in every if files.problem(name)] == []
        (file_of(path).parents[1] / "7.new").write_bytes(b"half a pict")
        with Recorder(path) as recorder:
            assert list(path.parent.rglob("*.new")) == []
            (record,) = recorder.recovered
        assert set() < {kept.sha256 for kept in record.attachments} <= promised
        assert verify(path) == []


FULL_CHILD = """
import os, sys
from pathlib import Path
from harness.errors import StationFault
from harness.records.recorder import Recorder
from harness.records.chain import verify
path = Path(sys.argv[1])
with Recorder(path) as recorder:
    codes = []
    for n in range(100):
        try:
            recorder.keep(os.urandom(100_000))
        except StationFault as fault:
            codes.append(fault.code)
            break
    assert codes == ['STORE-FULL'], codes
    assert not list(path.parent.rglob('*.new'))
assert verify(path) == []
"""


def test_a_real_disk_that_is_full(tmp_path: Path) -> None:
    """A tmpfs in a user and mount namespace of its own (unshare(1))."""
    unshare = shutil.which("unshare")
    mount = ["sh", "-c", f'mount -t tmpfs -o size=4m none "{tmp_path}" && exec "$@"', "sh"]
    if not unshare or subprocess.run([unshare, "-rm", *mount, "true"], check=False).returncode:
        pytest.skip("no user namespaces here; a limit on file sizes stands for it above")
    child = [sys.executable, "-c", FULL_CHILD, str(tmp_path / "records.db")]
    done = subprocess.run(
        [unshare, "-rm", *mount, *child], capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stderr) == (0, "")
