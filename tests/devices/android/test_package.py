from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.package import (
    is_gone,
    read_permissions,
    read_resolved,
    read_ungranted,
)
from harness.model.reading import Unknown, Unreadable

CAMERA, AUDIO, INTERNET = (
    f"android.permission.{name}" for name in ("CAMERA", "RECORD_AUDIO", "INTERNET")
)
WANTED = frozenset({CAMERA, AUDIO})
# In the form of Settings.dumpLPr of AOSP 13.
PACKAGE = f"""Packages:
  Package [com.oplus.camera] (3a5f2b1):
    userId=10211
    requested permissions:
      {CAMERA}
      {AUDIO}: restricted=true
      {INTERNET}
    install permissions:
      {INTERNET}: granted=true
    User 0: ceDataInode=131 installed=true hidden=false
      gids=[3003]
      runtime permissions:
        {CAMERA}: granted=true, flags=[ USER_SET|USER_SENSITIVE_WHEN_GRANTED]
        {AUDIO}: granted=false, flags=[ USER_SENSITIVE_WHEN_GRANTED]
    User 10: ceDataInode=9 installed=true hidden=false
      runtime permissions:
        {AUDIO}: granted=true, flags=[ ]
"""


def test_who_answers_an_intent() -> None:
    said = "priority=0 preferredOrder=0 match=0x108000\r\ncom.oplus.camera/.Camera\r\n"
    assert read_resolved(said) == "com.oplus.camera"
    assert read_resolved("com.sec.android.app.camera/.Camera") == "com.sec.android.app.camera"


@pytest.mark.parametrize(
    "out",
    ["", "No activity found\n", "priority=0\nandroid/com.android.internal.app.ResolverActivity"],
)
def test_nobody_or_a_choice_is_unknown(out: str) -> None:
    assert isinstance(read_resolved(out), Unknown)


@pytest.mark.parametrize("out", ["Unknown command", "com.evil;reboot/.X", "Security exception: no"])
def test_anything_else_is_unreadable(out: str) -> None:
    assert isinstance(read_resolved(out), Unreadable)


def test_what_user_0_has_not_granted() -> None:
    assert read_ungranted(PACKAGE, WANTED) == (AUDIO,)
    assert read_ungranted(PACKAGE.replace("granted=true", "granted=false"), WANTED) == (
        CAMERA,
        AUDIO,
    )
    assert read_ungranted(PACKAGE, frozenset({INTERNET})) == ()


def test_what_the_app_does_not_declare_is_not_asked_for() -> None:
    assert read_ungranted(PACKAGE, frozenset({"android.permission.READ_MEDIA_IMAGES"})) == ()


@pytest.mark.parametrize("out", ["", "Unable to find package: x\n", PACKAGE + PACKAGE])
def test_no_description_or_two_is_unreadable(out: str) -> None:
    assert isinstance(read_ungranted(out, WANTED), Unreadable)


@given(st.text() | st.text().map(lambda tail: PACKAGE + tail))
def test_total_on_any_text(out: str) -> None:
    read_resolved(out)
    read_ungranted(out, WANTED)


def test_a_permission_that_is_not_declared_is_neither_granted_nor_denied() -> None:
    wanted = WANTED | {"android.permission.READ_MEDIA_IMAGES"}
    assert read_permissions(PACKAGE, wanted) == {CAMERA: True, AUDIO: False}


@pytest.mark.parametrize(
    "out",
    [
        "Unable to find package: com.oplus.camera\r\n",
        "Dexopt state:\n  Unable to find package: com.oplus.camera\n",
        PACKAGE.replace("ceDataInode=131 installed=true", "ceDataInode=0 installed=false"),
    ],
)
def test_an_app_that_is_not_there_for_user_0(out: str) -> None:
    assert is_gone(out, "com.oplus.camera")


@pytest.mark.parametrize(
    "out",
    [
        "",
        PACKAGE,
        PACKAGE.replace("ceDataInode=9 installed=true", "ceDataInode=9 installed=false"),
        PACKAGE + "Compiler stats:\n  Unable to find package: com.oplus.camera\n",
        "Unable to find package: com.oplus.camera2\n",
        "Can't find service: package\n",
    ],
)
def test_an_app_of_which_that_is_not_said_is_not_gone(out: str) -> None:
    assert not is_gone(out, "com.oplus.camera")
