"""Every defect that can be planted in a simulated unit or jig, and what must be concluded of it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from harness.sim.camera_defects import CAMERA_DEFECTS
from harness.sim.defect import Defect, aborted, error, fails

_ON_COMMAND = "only the commands with this in them, `pull PATH` and `push PATH` too; all"
_ON_JIG = _ON_BOX = _ON_MODEM = "only the commands with this in them; all"

DEFECTS: Mapping[str, Defect] = {
    "adb.absent": error("adb does not find it", "ADB-ABSENT"),
    "adb.authorizing": error(
        "it thinks about this PC's adb key", "ADB-CONNECTING", for_s="thinks so long [s]; for ever"
    ),
    "adb.bootloader": error("it has stopped in its bootloader", "ADB-WRONG-MODE"),
    "adb.drip": error(
        "its answers stop half-way, then a byte comes now and then", "ADB-DRIP", on=_ON_COMMAND
    ),
    "adb.drop": error("its link breaks in the middle of an answer", "ADB-LOST", on=_ON_COMMAND),
    "adb.garbage": error(
        "bytes of no protocol come in the middle of an answer", "ADB-GARBLED", on=_ON_COMMAND
    ),
    "adb.hang": error("its answers stop half-way", "ADB-HANG", on=_ON_COMMAND),
    "adb.offline": error("adb finds it offline", "ADB-OFFLINE"),
    "adb.recovery": error("it has booted into recovery", "ADB-WRONG-MODE"),
    "adb.rescue": error("it has booted into rescue mode", "ADB-WRONG-MODE"),
    "adb.sideload": error("it waits for an update to be sideloaded", "ADB-WRONG-MODE"),
    "adb.stuck": error(
        "one command on it never ends",
        "battery.cycles:UNREADABLE",
        "battery.full_charge:UNREADABLE",
        on="the command that does not end, whole; cat /sys/class/power_supply/battery/uevent",
    ),
    "adb.unauthorized": error(
        "it does not trust this PC's adb key",
        "ADB-UNAUTHORIZED",
        allow_s="somebody taps Allow after so long [s]; never",
    ),
    "battery.gauge_half": fails(
        "its gauge says half of what flows",
        "charge.current_difference:HIGH",
        "charge.efficiency:LOW",
        share="what it says, over what flows; 0.5",
    ),
    "battery.gauge_stuck": fails(
        "its gauge says the same current whatever flows",
        "charge.efficiency:LOW",
        "charge.gauge_change:LOW",
        gauge_a="what it says [A]; 0.9",
    ),
    "battery.health_bad": fails(
        "its battery is worn out, and says so",
        "battery.health:MISMATCH",
        health="Android's word for it; dead",
    ),
    "battery.hot": fails(
        "its battery is too hot",
        "battery.temperature:HIGH",
        battery_c="how hot [degC]; 52",
    ),
    "battery.weak_charge": fails(
        "draws too little from its charger",
        "charge.current_jig:LOW",
        current_a="what it draws [A]; 0.21",
    ),
    "battery.weak_dcp": fails(
        "draws no more from a charger without data than from a USB port",
        "charge_dcp.current_jig:LOW",
        dcp_a="what it draws [A]; 0.9",
    ),
    "battery.wrong_technology": fails(
        "has a battery of another kind",
        "battery.technology:MISMATCH",
        technology="what it is made of; Li-poly",
    ),
    "bluetooth.crashes": fails(
        "its Bluetooth has crashed since the boot",
        "bluetooth.crashes:HIGH",
        times="how often; 3",
    ),
    "bluetooth.default_address": fails(
        "its Bluetooth answers with the default of its chip",
        "bluetooth.address:MISMATCH",
        address="which address; 00:00:00:00:5A:AD, as some chips of Qualcomm have it",
    ),
    "bluetooth.no_address": fails(
        "its Bluetooth address was never written",
        "bluetooth.address_valid:MISMATCH",
        "bluetooth.address:MISMATCH",
    ),
    "bluetooth.off": fails("its Bluetooth does not come on", "BLUETOOTH-NOT-ON"),
    **CAMERA_DEFECTS,
    "gnss.deaf": fails("its GNSS is asked, and hears no satellite", "GNSS-DEAF"),
    "gnss.weak": fails(
        "its GNSS hears satellites too weakly",
        "gnss.cn0:LOW",
        cn0_dbhz="at which it hears them [dB-Hz]; 22",
    ),
    "handover.account": fails(
        "somebody is logged into an account on it, which locks it after its wipe",
        "handover.accounts:MISMATCH",
    ),
    "handover.adb_stays": fails(
        "lets adb in still after it was wiped", "sealed.adb_seen:MISMATCH", "sealed.mode:MISMATCH"
    ),
    "handover.factory_flag": fails(
        "is still marked as being under test", "handover.flags_left:MISMATCH"
    ),
    "handover.no_wipe": fails("does not obey a factory reset", "HANDOVER-NO-WIPE"),
    "handover.overcharged": fails(
        "leaves with more charge than it may ship with",
        "handover.level:HIGH",
        level="what its gauge tells [%]; 96",
    ),
    "handover.restarts_only": fails(
        "restarts without wiping its data; its adb shows some time after its first face on USB",
        "sealed.adb_seen:MISMATCH",
        "sealed.mode:MISMATCH",
    ),
    "handover.unencrypted": fails(
        "its user data are not encrypted", "handover.encryption:MISMATCH"
    ),
    "handover.usb_mode_only": fails(
        "takes its adb off USB and does not even restart", "HANDOVER-NO-WIPE"
    ),
    "handover.test_app": fails(
        "the line's app is part of its image", "handover.test_apps:MISMATCH"
    ),
    "handset.restarts": error(
        "it restarts by itself, once",
        "ADB-LOST",
        "ADB-RESTARTED",
        on="in the middle of the answer to the first command with this in it; iphonesubinfo",
        at="instead before this service is answered, counted from 1",
    ),
    "handover.debug_build": fails(
        "it has a build for development (userdebug)",
        "build.build_type:MISMATCH",
        "build.fingerprint:MISMATCH",
        "build.debuggable:MISMATCH",
    ),
    "identity.label_mismatch": aborted(
        "its label is another unit's",
        "UNIT-WRONG",
        label="the serial on the label; A57Z999999, or its own where `imei` is set",
        imei="the first IMEI on the label; its own",
    ),
    "identity.unlocked": fails(
        "its bootloader is unlocked", "build.verified_boot:MISMATCH", "build.locked:MISMATCH"
    ),
    "imei.bad_check_digit": fails(
        "its first IMEI was written with a wrong check digit", "IMEI-CHECK-DIGIT"
    ),
    "imei.duplicate": fails("its first IMEI was written twice", "IMEI-TWICE"),
    "imei.not_written": fails("answers with no IMEI", "IMEI-NOT-WRITTEN"),
    "imei.test_number": fails("its first IMEI is one for tests", "IMEI-TEST-NUMBER"),
    "lte.attach_slow": fails(
        "takes long to register",
        "attach.time:HIGH",
        attach_s="how long [s], whatever the `speed`; 18",
    ),
    "lte.no_attach": fails(
        "never registers",
        "LTE-NO-ATTACH",
        reason="`searching`, `rejected` or `sim_absent`; `searching`",
    ),
    "lte.no_detach": fails("stays registered in airplane mode", "LTE-NO-DETACH"),
    "lte.no_data": fails("lets nothing through over a data connection", "LTE-NO-DATA"),
    "lte.sim_absent": fails("finds no SIM in its slot", "SIM-ABSENT"),
    "lte.sim_rejected": fails(
        "the network refuses its SIM, or it",
        "SIM-REJECTED",
        cause="why, by number (3GPP TS 24.301, Annex A); 3 (illegal UE)",
    ),
    "lte.slow_data": fails(
        "receives too slowly",
        "traffic.throughput:LOW",
        downlink_mbps="how fast [Mbit/s]; 2",
    ),
    "lte.weak": fails(
        "hears the cell too weakly",
        "attach.rsrp:LOW",
        "attach.rsrp_error:LOW",
        rsrp_dbm="the level at which it hears it [dBm]; -118",
    ),
    "lte.wrong_band": fails(
        "registers on a cell from outside, in band 1",
        "attach.band:MISMATCH",
        "attach.box_attached:MISMATCH",
        "attach.earfcn:MISMATCH",
    ),
    "lte.wrong_plmn": fails(
        "registers on a cell from outside, of another network",
        "attach.box_attached:MISMATCH",
        "attach.earfcn:MISMATCH",
        "attach.plmn:MISMATCH",
        plmn="the network; 00102",
    ),
    "sensors.missing": fails(
        "one of its sensors is not listed",
        "sensors.all_listed:MISMATCH",
        sensor="which: `accelerometer`, `gyroscope`, `light` or `proximity`; `gyroscope`",
    ),
    "storage.small": fails(
        "has a smaller storage than its model",
        "storage.size:LOW",
        storage_gb="its size as on the box [GB]; 64",
    ),
    "thermal.hot": fails(
        "its processor is too hot",
        "thermal.highest:HIGH",
        processor_c="how hot [degC]; 85",
    ),
    "usb.edl": error(
        "it stands in Qualcomm's emergency download, without Android", "USB-WRONG-MODE"
    ),
    "usb.full_speed": fails("its USB comes up at 12 Mbit/s only", "usb.speed:LOW"),
    "usb.unplug": error(
        "its cable is pulled, once",
        "ADB-LOST",
        on="in the middle of the answer to the first command with this in it, `pull PATH` and "
        "`push PATH` too; to the very first",
        at="instead before this service is answered, counted from 1",
        back_s="it is plugged in again after so long [s]; never",
    ),
    "wifi.dead": fails("its Wi-Fi does not come on", "WIFI-NOT-ON"),
    "wifi.deaf": fails("hears no Wi-Fi, lists what it heard long ago", "WIFI-AP-NOT-FOUND"),
    "at.late": error(
        "its modem answers too late", "AT-SILENT", on=_ON_MODEM, by_s="how late [s]; 1"
    ),
    "at.noise": error("bytes of noise stand in its modem's answers", "AT-GARBLED", on=_ON_MODEM),
    "at.silent": error("its modem does not answer", "AT-SILENT", on=_ON_MODEM),
    "callbox.refuses": error(
        "puts an error into its queue and obeys nothing but `*` and SYST commands",
        "INSTRUMENT-REFUSED",
        on="only the commands with this in them, `*` and SYST too; all others",
    ),
    "callbox.silent": error("does not reply", "INSTRUMENT-TIMEOUT", on=_ON_BOX),
    "callbox.wrong_level": error(
        "sets another level than it is told",
        "INSTRUMENT-DIFFERS",
        off_db="by how much it is off [dB]; -10",
    ),
    "jig.interlock_open": error("its interlock opens", "JIG-INTERLOCK", on=_ON_JIG),
    "jig.late_reply": error(
        "its replies come too late",
        "JIG-LATE",
        "JIG-UNSAFE",
        on=_ON_JIG,
        by_s="how late [s]; 1.5",
    ),
    "jig.noise": error(
        "bits of its replies are damaged",
        "JIG-GARBLED",
        "JIG-UNSAFE",
        on=_ON_JIG,
        rate="share of the characters with a damaged bit; 0.3",
    ),
    "jig.refuses": error(
        "puts an error into its queue and obeys nothing but `*` and SYST commands",
        "JIG-REFUSED",
        "JIG-UNSAFE",
        on="only the commands with this in them, `*` and SYST too; all others",
    ),
    "jig.silent": error("does not reply", "JIG-TIMEOUT", "JIG-UNSAFE", on=_ON_JIG),
    "jig.stuck_carriage": error(
        "the carriage of its light box never arrives", "JIG-STUCK", on=_ON_JIG
    ),
    "jig.stuck_fixture": error("its fixture never arrives", "JIG-STUCK", on=_ON_JIG),
    "jig.wrong_field": error(
        "its light box says that it shows another field than it does", "LIGHTBOX-FIELD", on=_ON_JIG
    ),
    "jig.wrong_identity": error("answers with another jig's serial", "JIG-WRONG", on=_ON_JIG),
}
"""By name: those of a jig begin with `jig.`, of a call box with `callbox.`, of a modem with `at.`,
all others are of a unit."""


def is_of_jig(name: str) -> bool:
    """Whether a jig has this defect, not a unit."""
    return name.startswith("jig.")


def is_of_call_box(name: str) -> bool:
    """Whether the call box has this defect while the unit is cabled to it."""
    return name.startswith("callbox.")


def is_of_modem(name: str) -> bool:
    """Whether a modem's AT port has this defect, which only `harness handset --at` asks."""
    return name.startswith("at.")


IN_RUNS = tuple(name for name in DEFECTS if not is_of_modem(name))
"""What a test of a unit can meet."""


def never_met(planted: Iterable[str], met: Container[str]) -> list[str]:
    """Of what is planted the defects that strike at commands, and have met none of theirs."""
    return [name for name in planted if "on" in DEFECTS[name].settings and name not in met]
