"""What to ask a handset for all that is understood of one, and its answers, read.

First `WHO`: its version, its maker, and whether its shell is root's say how the rest is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.devices.android import (
    battery,
    bluetooth,
    camera,
    display,
    gnss,
    imei,
    input_devices,
    iphonesubinfo,
    phone_imei,
    power_supply,
    sensors,
    telephony,
    thermal,
    user,
    wifi,
)
from harness.devices.android.batch import Answer
from harness.devices.android.fields import text
from harness.devices.android.getprop import Properties, read_getprop
from harness.devices.android.imei import SIMS
from harness.devices.android.storage import read_storage
from harness.devices.android.window_size import read_window_size
from harness.errors import LinkFault
from harness.errors.link import UNFINISHED
from harness.model.ports import Handset, ShellResult
from harness.model.reading import Reading, Unreadable
from harness.steps.asking.agreement import differences
from harness.steps.asking.answers import ask_together, understood

WHO = ("getprop", user.COMMAND)
LIMIT_S = 5
"""What one command may take [s]: a person waits for the page."""
_OF_VERSION = ("wifi_status", *(f"iphonesubinfo_{slot}" for slot in range(SIMS)))


@dataclass(frozen=True, slots=True)
class Question:
    """Commands whose answers together are one dump of a kind, and its reader.

    `any_code`: the exit code says nothing of what was printed. `both`: either stream may hold it;
    else errors count where nothing was printed, for they say why.
    """

    kind: str
    commands: tuple[str, ...]
    read: Callable[[str], object]
    any_code: bool = False
    both: bool = False

    def answer(self, answers: Sequence[Answer]) -> object:
        """What is understood of the answers to the commands."""
        texts: list[str] = []
        for command, answer in zip(self.commands, answers, strict=True):
            if isinstance(answer, Unreadable):
                return answer
            if answer.code != 0 and not self.any_code:
                return Unreadable(f"{command!r} ended with {answer.code}", _said(answer))
            texts.append(answer.out + answer.err if self.both else answer.out or answer.err)
        return self.read("".join(texts))


@dataclass(frozen=True, slots=True)
class Overview:
    """What is understood of a handset, by kind: each a reading of the kind's own type.

    `contradictions` says in words where two sources differ.
    """

    readings: Mapping[str, object]
    contradictions: tuple[str, ...]


def read(handset: Handset) -> Overview:
    """Everything that is understood of a handset, in two shells when nothing hangs.

    Raises: LinkFault when it is not ready, or lost meanwhile.
    """
    properties, shell = _ask(handset, WHO)
    who = understood(read_getprop, properties)
    asked = questions(who, root=understood(user.read_root, shell))
    return overview(who, asked, _ask(handset, [each for q in asked for each in q.commands]))


def questions(who: Reading[Properties], *, root: Reading[bool]) -> list[Question]:
    """What to ask a handset with these properties, whose shell may be root's.

    How it is asked is not guessed: a question for which that is not known is left out.
    """
    return [
        Question("battery", (battery.COMMAND,), battery.read_battery),
        Question("uevent", (power_supply.COMMAND,), power_supply.read_uevent),
        Question("telephony", (telephony.COMMAND,), telephony.read_registry),
        *_by_version(who, root),
        Question("bluetooth", (bluetooth.COMMAND,), bluetooth.read_bluetooth),
        Question("gnss", (gnss.COMMAND,), gnss.read_gnss),
        Question("camera", (camera.COMMAND,), camera.read_cameras),
        Question("sensorservice", (sensors.COMMAND,), sensors.read_sensors),
        Question("thermal", (thermal.COMMAND,), thermal.read_thermal),
        Question("display_wm", ("wm size", "wm density"), read_window_size),
        Question("display_dumpsys", (display.COMMAND,), display.read_display),
        # df ends with 1 as soon as one of all the file systems is not for the shell to see
        Question("storage", ("df", "cat /proc/meminfo"), read_storage, any_code=True),
        Question("input", (input_devices.COMMAND,), input_devices.read_input),
    ]


def overview(
    who: Reading[Properties], asked: Sequence[Question], answers: Sequence[Answer]
) -> Overview:
    """What is understood of the answers to `questions`, those to all their commands in order."""
    readings: dict[str, object] = {"getprop": who}
    rest = list(answers)
    for question in asked:
        own, rest = rest[: len(question.commands)], rest[len(question.commands) :]
        readings[question.kind] = question.answer(own)
    for kind in _OF_VERSION:
        readings.setdefault(kind, Unreadable("not asked: how is said by version, maker and user"))
    return Overview(readings, tuple(_contradictions(readings)))


def _ask(handset: Handset, commands: Sequence[str]) -> list[Answer]:
    """The answers together; each by itself where one takes its shell with it."""
    try:
        return ask_together(handset, *commands, limit_s=LIMIT_S)
    except LinkFault as fault:
        if fault.code not in UNFINISHED:
            raise
    return [_alone(handset, command) for command in commands]


def _alone(handset: Handset, command: str) -> Answer:
    try:
        return handset.shell(command, timeout_s=LIMIT_S)
    except LinkFault as fault:
        if fault.code not in UNFINISHED:
            raise
        return Unreadable(f"{fault.code}: no answer within {LIMIT_S} s")


def _by_version(who: Reading[Properties], root: Reading[bool]) -> list[Question]:
    """IMEIs by every way that the version has, and Wi-Fi."""
    if not isinstance(who, Properties) or not isinstance(who.sdk, int):
        return []
    asked = [Question("wifi_status", (wifi.status_command(who.sdk),), wifi.read_status)]
    maker = text(who.properties, "ro.product.manufacturer")
    ways = imei.commands(who.sdk, maker, range(SIMS), root=root)
    if isinstance(ways, Unreadable):
        return asked
    for slot, command in enumerate(ways.by_service):
        asked.append(Question(f"iphonesubinfo_{slot}", (command,), _subscriber))
    for slot, command in enumerate(ways.by_phone):
        kind = f"cmd_phone_get_imei_{slot}"
        asked.append(Question(kind, (command,), _phone, any_code=True, both=True))
    return asked


def _subscriber(output: str) -> Reading[str]:
    found = iphonesubinfo.read_iphonesubinfo(output)
    if not isinstance(found, iphonesubinfo.SubscriberInfo):
        return found
    if isinstance(found.exception, str):
        return Unreadable(f"exception: {found.exception}")
    return found.imei


def _phone(output: str) -> Reading[str]:
    found = phone_imei.read_phone_imei(output)
    return found.imei if isinstance(found, phone_imei.PhoneImei) else found


def _contradictions(readings: Mapping[str, object]) -> list[str]:
    told = [_imeis_differ(readings, slot) for slot in range(SIMS)]
    gauge, driver = readings.get("battery"), readings.get("uevent")
    if isinstance(gauge, battery.Battery) and isinstance(driver, power_supply.PowerSupply):
        told += differences(gauge, driver).values()
    who = readings["getprop"]
    if isinstance(who, Properties):
        told.append(_serials_differ(who))
    return [each for each in told if each]


def _imeis_differ(readings: Mapping[str, object], slot: int) -> str:
    one, other = (readings.get(f"{way}_{slot}") for way in ("iphonesubinfo", "cmd_phone_get_imei"))
    if not (isinstance(one, str) and isinstance(other, str)) or one == other:
        return ""
    return f"IMEI {slot + 1}: {one} by service call, {other} by cmd phone"


def _serials_differ(who: Properties) -> str:
    one, other = (text(who.properties, f"ro.{name}") for name in ("serialno", "boot.serialno"))
    if not (isinstance(one, str) and isinstance(other, str)) or one == other:
        return ""
    return f"serial: {one} by ro.serialno, {other} by ro.boot.serialno"


def _said(result: ShellResult) -> str:
    return (result.err or result.out).strip()
