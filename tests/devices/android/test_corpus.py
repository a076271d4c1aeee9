"""Every sample of the corpus reads as its manifest says."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.devices.android.decode import decode
from tests.devices.android.corpus import (
    CORPUS,
    NAMES,
    OURS,
    SAMPLES,
    kind_of,
    sample_text,
)


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_reads_as_the_manifest_says(sample: dict[str, Any]) -> None:
    name: str = sample["file"]
    found = decode(kind_of(name), sample_text(name))
    assert differences(sample["expected"], found) == []


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where `found` is not as expected; keys that nobody expects are left alone."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            line
            for key, value in expected.items()
            for line in (
                differences(value, found[key], f"{path}/{key}")
                if key in found
                else [f"{path}/{key}: absent, expected {value!r}"]
            )
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for at, (e, f) in pairs for line in differences(e, f, f"{path}/{at}")]
    return [] if same(expected, found) else [f"{path}: {found!r}, expected {expected!r}"]


def same(expected: Any, found: Any) -> bool:
    """Equal, and true is not 1; a number may be printed with fewer digits."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, float) and isinstance(found, float | int):
        return math.isclose(expected, found, rel_tol=1e-9)
    return bool(expected == found)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": None}, {}),
        ({"a": None}, {"a": {"unreadable": "no"}}),
        ({"a": {"b": 1}}, {"a": None}),
        ([1, 2], [1]),
        ([{"a": 1}], [{"a": 1}, {"a": 1}]),
        (True, 1),
        (0, False),
        (0.5, 0.50001),
        ("1", 1),
    ],
)
def test_what_differs_is_seen(expected: Any, found: Any) -> None:
    assert differences(expected, found)


def test_every_sample_is_in_the_manifest() -> None:
    texts = {path.name for path in CORPUS.glob("*.txt") if not path.name.startswith("usb_ids_")}
    assert set(NAMES) == texts


@pytest.mark.parametrize(("level", "code"), [(68, 0), (69, 1)])
def test_another_folder_is_held_to_its_own_manifest(tmp_path: Path, level: int, code: int) -> None:
    dump = (OURS / "battery_a9_honor.txt").read_bytes()
    (tmp_path / "battery_other.txt").write_bytes(dump.replace(b"\n", b"\r\n"))
    manifest = f"samples:\n- file: battery_other.txt\n  expected: {{level: {level}}}\n"
    (tmp_path / "manifest.yaml").write_text(manifest)
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-k",
            "reads_as",
            __file__,
        ],
        env=os.environ | {"HARNESS_ANDROID_CORPUS": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert ran.returncode == code, ran.stdout
    assert ("1 passed" in ran.stdout) is (code == 0)
