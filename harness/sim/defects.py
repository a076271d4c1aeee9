"""Every defect that can be planted in a simulated unit or jig, and what must be concluded of it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from harness.model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect, with what the final test of the A57 (testplans/a57-final.yaml) must find of it.

    `settings` says of each what it sets, and after a semicolon its default; SETTINGS has what
    values they take.
    `concluded` is the exact set of failed measurements (`charge.current_jig:LOW`) and of fault
    codes (`ADB-HANG`) in the record of a unit of the SKU A57-PK, planted with default settings.
    No plan talks to a modem: what is concluded of one is the fault of `harness handset --at`.
    """

    doc: str
    outcome: Outcome
    concluded: frozenset[str]
    settings: Mapping[str, str] = field(default_factory=dict)


def _fails(doc: str, *concluded: str, **settings: str) -> Defect:
    return Defect(doc, Outcome.FAIL, frozenset(concluded), settings)


def _error(doc: str, *concluded: str, **settings: str) -> Defect:
    return Defect(doc, Outcome.ERROR, frozenset(concluded), settings)


def _aborted(doc: str, *concluded: str, **settings: str) -> Defect:
    return Defect(doc, Outcome.ABORTED, frozenset(concluded), settings)


_ON_COMMAND = "only the commands with this in them, `pull PATH` and `push PATH` too; all"
_ON_JIG = _ON_MODEM = "only the commands with this in them; all"

DEFECTS: Mapping[str, Defect] = {
    "adb.absent": _error("adb does not find it", "ADB-ABSENT"),
    "adb.authorizing": _error(
        "it thinks about this PC's adb key", "ADB-CONNECTING", for_s="thinks so long [s]; for ever"
    ),
    "adb.bootloader": _error("it has stopped in its bootloader", "ADB-WRONG-MODE"),
    "adb.drip": _error(
        "its answers stop half-way, then a byte comes now and then", "ADB-DRIP", on=_ON_COMMAND
    ),
    "adb.drop": _error("its link breaks in the middle of an answer", "ADB-LOST", on=_ON_COMMAND),
    "adb.garbage": _error(
        "bytes of no protocol come in the middle of an answer", "ADB-GARBLED", on=_ON_COMMAND
    ),
    "adb.hang": _error("its answers stop half-way", "ADB-HANG", on=_ON_COMMAND),
    "adb.offline": _error("adb finds it offline", "ADB-OFFLINE"),
    "adb.recovery": _error("it has booted into recovery", "ADB-WRONG-MODE"),
    "adb.rescue": _error("it has booted into rescue mode", "ADB-WRONG-MODE"),
    "adb.sideload": _error("it waits for an update to be sideloaded", "ADB-WRONG-MODE"),
    "adb.stuck": _error(
        "one command on it never ends",
        "charge.current_handset:UNREADABLE",
        on="the command that does not end, whole; cat /sys/class/power_supply/battery/uevent",
    ),
    "adb.unauthorized": _error(
        "it does not trust this PC's adb key",
        "ADB-UNAUTHORIZED",
        allow_s="somebody taps Allow after so long [s]; never",
    ),
    "battery.hot": _fails(
        "its battery is too hot",
        "charge.temperature:HIGH",
        battery_c="how hot [degC]; 52",
    ),
    "battery.weak_charge": _fails(
        "draws too little from its charger",
        "charge.current_jig:LOW",
        current_a="what it draws [A]; 0.21",
    ),
    "camera.app_ignores_facing": _error(
        "its camera app opens the rear camera, whatever it is asked for", "CAMERA-OTHER"
    ),
    "camera.cut_file": _error(
        "its camera writes half of each picture",
        *(f"rear.{name}:UNREADABLE" for name in ("width", "height", "mean_luma", "luma_across")),
    ),
    "camera.front.missing": _fails("has no front camera", "CAMERA-MISSING"),
    "camera.leftover": Defect(
        "a picture dated later than any new one stands in DCIM already", Outcome.PASS, frozenset()
    ),
    "camera.no_service": _fails("its camera service does not run", "CAMERA-SERVICE"),
    "camera.rear.dark": _fails(
        "its rear camera sees next to nothing",
        "rear.mean_luma:LOW",
        "rear.luma_across:LOW",
        luma="mean luma of its pictures; 12",
    ),
    "camera.rear.half_dark": _fails(
        "the right half of its rear camera's pictures is darker",
        "rear.luma_across:LOW",
        light="share of its light that the right half gets; 0.8",
    ),
    "camera.rear.vignette": _fails(
        "its rear camera's pictures get darker to the corners, their mean stays",
        "rear.luma_across:LOW",
        falloff="share of the light that the corners lack; 0.45 (a good one 0.06)",
    ),
    "camera.still_fails": _fails("its camera key writes no picture", "CAMERA-NO-PICTURE"),
    "handset.restarts": _error(
        "it restarts by itself, once",
        "ADB-LOST",
        "ADB-RESTARTED",
        on="in the middle of the answer to the first command with this in it; iphonesubinfo",
        at="instead before this service is answered, counted from 1",
    ),
    "identity.label_mismatch": _aborted(
        "its label is another unit's",
        "UNIT-WRONG",
        label="the serial on the label; A57Z999999, or its own where `imei` is set",
        imei="the first IMEI on the label; its own",
    ),
    "imei.bad_check_digit": _fails(
        "its first IMEI was written with a wrong check digit",
        "identity.imei1:MISMATCH",
        "identity.imei_matches:MISMATCH",
    ),
    "imei.duplicate": _fails("its first IMEI was written twice", "IMEI-TWICE"),
    "imei.not_written": _fails("answers with no IMEI", "IMEI-NOT-WRITTEN"),
    "lte.attach_slow": _fails(
        "takes long to register",
        "attach.time:HIGH",
        attach_s="how long [s], whatever the `speed`; 18",
    ),
    "lte.no_attach": _fails(
        "never registers",
        "LTE-NO-ATTACH",
        reason="`searching`, `rejected` or `sim_absent`; `searching`",
    ),
    "lte.no_detach": _fails("stays registered in airplane mode", "LTE-NO-DETACH"),
    "lte.weak": _fails(
        "hears the cell too weakly",
        "attach.rsrp:LOW",
        rsrp_dbm="the level at which it hears it [dBm]; -118",
    ),
    "lte.wrong_plmn": _fails(
        "registers on another network", "attach.plmn:MISMATCH", plmn="the network; 00102"
    ),
    "usb.edl": _error(
        "it stands in Qualcomm's emergency download, without Android", "USB-WRONG-MODE"
    ),
    "usb.full_speed": _fails("its USB comes up at 12 Mbit/s only", "usb.speed:LOW"),
    "usb.unplug": _error(
        "its cable is pulled, once",
        "ADB-LOST",
        on="in the middle of the answer to the first command with this in it, `pull PATH` and "
        "`push PATH` too; to the very first",
        at="instead before this service is answered, counted from 1",
        back_s="it is plugged in again after so long [s]; never",
    ),
    "wifi.dead": _fails("its Wi-Fi does not come on", "WIFI-NOT-ON"),
    "wifi.deaf": _fails("hears no Wi-Fi, lists what it heard long ago", "WIFI-AP-NOT-FOUND"),
    "at.late": _error(
        "its modem answers too late", "AT-SILENT", on=_ON_MODEM, by_s="how late [s]; 1"
    ),
    "at.noise": _error("bytes of noise stand in its modem's answers", "AT-GARBLED", on=_ON_MODEM),
    "at.silent": _error("its modem does not answer", "AT-SILENT", on=_ON_MODEM),
    "jig.interlock_open": _error("its interlock opens", "JIG-INTERLOCK", on=_ON_JIG),
    "jig.late_reply": _error(
        "its replies come too late",
        "JIG-LATE",
        "JIG-UNSAFE",
        on=_ON_JIG,
        by_s="how late [s]; 1.5",
    ),
    "jig.noise": _error(
        "bits of its replies are damaged",
        "JIG-GARBLED",
        "JIG-UNSAFE",
        on=_ON_JIG,
        rate="share of the characters with a damaged bit; 0.3",
    ),
    "jig.refuses": _error(
        "puts an error into its queue and obeys nothing but `*` and SYST commands",
        "JIG-REFUSED",
        "JIG-UNSAFE",
        on="only the commands with this in them, `*` and SYST too; all others",
    ),
    "jig.silent": _error("does not reply", "JIG-TIMEOUT", "JIG-UNSAFE", on=_ON_JIG),
    "jig.stuck_fixture": _error("its fixture never arrives", "JIG-STUCK", on=_ON_JIG),
    "jig.wrong_identity": _error("answers with another jig's serial", "JIG-WRONG", on=_ON_JIG),
}
"""By name: those of a jig begin with `jig.`, of a modem with `at.`, all others are of a unit."""


def is_of_jig(name: str) -> bool:
    """Whether a jig has this defect, not a unit."""
    return name.startswith("jig.")


def is_of_modem(name: str) -> bool:
    """Whether a modem's AT port has this defect, which only `harness handset --at` asks."""
    return name.startswith("at.")


IN_RUNS = tuple(name for name in DEFECTS if not is_of_modem(name))
"""What a test of a unit can meet."""


def never_met(planted: Iterable[str], met: Container[str]) -> list[str]:
    """Of what is planted the defects that strike at commands, and have met none of theirs."""
    return [name for name in planted if "on" in DEFECTS[name].settings and name not in met]


_COMMAND_PART = {"type": "string", "minLength": 1, "description": "a part of a command"}
SETTINGS: Mapping[str, Mapping[str, object]] = {
    "allow_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
    "at": {"type": "integer", "minimum": 1},
    "attach_s": {"type": "number", "exclusiveMinimum": 12, "maximum": 3600},
    "back_s": {"type": "number", "minimum": 0, "maximum": 3600},
    "battery_c": {"type": "number", "exclusiveMinimum": 40, "maximum": 120},
    "by_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
    "current_a": {"type": "number", "minimum": 0, "exclusiveMaximum": 0.45},
    "falloff": {"type": "number", "exclusiveMinimum": 0.4, "maximum": 1},
    "for_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
    "imei": {"type": ["string", "integer"]},
    "label": {"type": "string", "minLength": 1},
    "light": {"type": "number", "minimum": 0, "exclusiveMaximum": 0.88},
    "luma": {"type": "number", "minimum": 0, "exclusiveMaximum": 104},
    "on": _COMMAND_PART,
    "plmn": {
        "type": "string",
        "pattern": "^[0-9]{5,6}$",
        "not": {"const": "00101"},
        "description": "another network than 00101, five or six digits in quotes",
    },
    "rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    "reason": {"enum": ["searching", "rejected", "sim_absent"]},
    "rsrp_dbm": {"type": "integer", "minimum": -140, "exclusiveMaximum": -100},
}
"""What values each setting takes (JSON Schema), by its name: it is the same for every defect.

None is that of a unit that the final test, of its strictest variant, finds good: what is planted
is there.
"""
