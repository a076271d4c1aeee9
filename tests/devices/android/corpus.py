"""The corpus: what handsets printed, and what must be read in it.

`HARNESS_ANDROID_CORPUS=DIR` takes another folder of the same form: a manifest.yaml with `samples`,
each with its `file` and `expected`; the beginning of a file's name is its kind.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from harness.devices.android.decode import DECODERS

OURS = Path(__file__).parents[2] / "corpus" / "android"
CORPUS = Path(os.environ.get("HARNESS_ANDROID_CORPUS") or OURS)
SAMPLES: list[dict[str, Any]] = [
    sample
    for sample in yaml.safe_load((CORPUS / "manifest.yaml").read_text("utf-8"))["samples"]
    if not sample["file"].startswith("usb_ids_")  # a table for people: no handset prints it
]
NAMES = [sample["file"] for sample in SAMPLES]


def kind_of(name: str) -> str:
    """The kind of a file: the longest one with which its name begins; its name where none is."""
    kinds = (kind for kind in DECODERS if name.startswith((f"{kind}_", f"{kind}.")))
    return max(kinds, key=len, default=name)


def sample_text(name: str) -> str:
    return (CORPUS / name).read_bytes().decode("utf-8", "replace")
