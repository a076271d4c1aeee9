"""Which cameras a handset lists, and where they face."""

from __future__ import annotations

from typing import NamedTuple

from harness.devices.android.camera import Cameras
from harness.model.reading import Reading, Unknown, Unreadable


class Listed(NamedTuple):
    """The ids of all cameras, in the order in which the service lists them; how many face where."""

    ids: Reading[tuple[str, ...]]
    back: Reading[int]
    front: Reading[int]


def listed_cameras(cameras: Cameras) -> Listed:
    """Of all cameras that the service describes, also those that apps may not open by themselves.

    A second lens often works behind the first one only, hidden from apps. There are no ids where
    the descriptions are not as many as the service counts, or leave out one that apps may open;
    no count where one camera's facing is not known, as it might be one of them.
    """
    ids = _ids(cameras)
    if not isinstance(ids, tuple):
        return Listed(ids, ids, ids)
    return Listed(ids, _facing(cameras, ids, "BACK"), _facing(cameras, ids, "FRONT"))


def _ids(cameras: Cameras) -> Reading[tuple[str, ...]]:
    count, public = cameras.device_count, cameras.public_ids
    if not isinstance(count, int):
        return count
    if not isinstance(public, tuple):
        return public
    ids = tuple(camera.id for camera in cameras.devices)
    if len(ids) != count or len(set(ids)) != count or not set(public) <= set(ids):
        why = f"{count} cameras, of which apps may open {', '.join(public) or 'none'}"
        return Unreadable(f"the camera service counts {why}; it describes others", ", ".join(ids))
    return ids


def _facing(cameras: Cameras, ids: tuple[str, ...], facing: str) -> Reading[int]:
    facings = [cameras.facing(each) for each in ids]
    unclear = [there for there in facings if isinstance(there, Unknown | Unreadable)]
    return unclear[0] if unclear else facings.count(facing)
