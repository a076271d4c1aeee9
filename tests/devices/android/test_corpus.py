"""Every sample of the corpus reads as its manifest says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from harness.devices.android.battery import read_battery
from harness.devices.android.camera import Cameras, read_cameras
from harness.devices.android.getprop import read_properties
from harness.devices.android.iphonesubinfo import read_reply
from harness.devices.android.power_supply import read_uevent
from harness.devices.android.telephony import read_registry
from harness.devices.android.wifi import read_status
from harness.devices.android.wifi_scan import read_scan
from harness.model.reading import Unknown, Unreadable

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
SAMPLES: list[dict[str, Any]] = yaml.safe_load((CORPUS / "manifest.yaml").read_text("utf-8"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["file"])
def test_reads_as_the_manifest_says(sample: dict[str, Any]) -> None:
    name: str = sample["file"]
    output = (CORPUS / name).read_text("utf-8")
    match name.partition("_")[0]:
        case "battery":
            assert asdict(read_battery(output)) == sample["expected"]
        case "uevent":
            assert asdict(read_uevent(output)) == sample["expected"]
        case "iphonesubinfo" if "expected" in sample:
            assert read_reply(output) == sample["expected"]
        case "iphonesubinfo":
            reading = read_reply(output)
            assert isinstance(reading, Unreadable)
            assert sample["unreadable"] in reading.why
        case "getprop":
            properties = read_properties(output)
            assert not isinstance(properties, Unreadable)
            assert isinstance(properties, dict)
            assert len(properties) == sample["count"]
            assert {key: properties[key] for key in sample["expected"]} == sample["expected"]
        case "camera":
            cameras = read_cameras(output)
            assert isinstance(cameras, Cameras)
            assert orjson.loads(orjson.dumps(asdict(cameras))) == sample["expected"]
        case "wifi" if "_scan_" in name:
            assert plain(read_scan(output)) == sample["expected"]
        case "wifi":
            assert plain(read_status(output)) == sample["expected"]
        case "telephony":
            assert plain(read_registry(output)) == sample["expected"]
        case other:
            pytest.fail(f"no reader for {other}")


def plain(value: object) -> object:
    """A reading as YAML has it: null is unknown, an Unreadable stays and equals nothing."""
    if isinstance(value, Unknown):
        return None
    if is_dataclass(value) and not isinstance(value, Unreadable):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def test_every_sample_is_in_the_manifest() -> None:
    assert {sample["file"] for sample in SAMPLES} == {p.name for p in CORPUS.glob("*.txt")}
