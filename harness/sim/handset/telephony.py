"""What a simulated handset says of its modem: `dumpsys telephony.registry`.

Layouts: TelephonyRegistry.dump and ServiceState.toString of AOSP, and Samsung's additions. Two
SIM slots: the first holds the test SIM, the second is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from harness.sim.handset.answer import Answer, Programs, text
from harness.sim.handset.radios import Radios
from harness.sim.unit import SimUnit

ATTACH_S = 4.0
"""Dwell time from the end of airplane mode to the registration [s]."""
DATA_S = 0.4
"""Dwell time from the registration to the data connection [s]."""
SLOW_ATTACH_S = 18.0
"""Real time that an attach takes which is planted as slow [s], whatever the speed."""

PLMN, NAME, EARFCN = "00101", "FactoryNet", 1650
RSRP_DBM, WEAK_RSRP_DBM = -95, -118
_UNKNOWN = 2147483647
_PLMN_NOT_ALLOWED = 11
_VENDOR_SAMSUNG = (
    "VoiceRegType=0, ImsVoiceAvail=2, Snap=0, MobileVoice=IN_SERVICE, MobileVoiceRat=Unknown, "
    "MobileData=IN_SERVICE, MobileDataRoamingType=home, MobileDataRat=LTE PsOnly=false "
    "FemtocellInd=0 SprDisplayRoam=false EndcStatus=0 RRCState=1, "
)


class _Modem(Enum):
    """What a modem does: ServiceState's code, and the state of its registration."""

    OFF = "3(POWER_OFF)", "NOT_REG_OR_SEARCHING"
    SEARCHING = "1(OUT_OF_SERVICE)", "NOT_REG_OR_SEARCHING"
    DENIED = "1(OUT_OF_SERVICE)", "DENIED"
    HOME = "0(IN_SERVICE)", "HOME"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one SIM slot shows at one moment."""

    modem: _Modem
    connected: bool = False
    empty: bool = False


class Telephony:
    """A modem that attaches some time after airplane mode ends."""

    def __init__(self, unit: SimUnit, radios: Radios, sdk: int, speed: float) -> None:
        self._unit = unit
        self._radios = radios
        self._sdk = sdk
        self._data_s = DATA_S / speed
        slow = unit.defects.get("lte.attach_slow")
        self._attach_s = (
            ATTACH_S / speed if slow is None else float(slow.get("attach_s", SLOW_ATTACH_S))
        )

    def programs(self) -> Programs:
        return {"dumpsys telephony.registry": self._dumpsys}

    def sim_state(self) -> str:
        """The property `gsm.sim.state`: a word for each SIM slot."""
        return "ABSENT,ABSENT" if self._reason() == "sim_absent" else "LOADED,ABSENT"

    def _reason(self) -> str:
        """Why it never attaches; empty when it does."""
        no_attach = self._unit.defects.get("lte.no_attach")
        return "" if no_attach is None else str(no_attach.get("reason", "searching"))

    def _setting(self, defect: str, key: str, planted: Any, good: Any) -> Any:
        settings = self._unit.defects.get(defect)
        return good if settings is None else settings.get(key, planted)

    def _seen(self, now_s: float) -> _Seen:
        reason = self._reason()
        if "lte.no_detach" in self._unit.defects:
            return _Seen(_Modem.HOME, connected=True)
        since_s = now_s - self._radios.modem_since_s
        if self._radios.airplane:
            return _Seen(_Modem.OFF, empty=reason == "sim_absent")
        if reason == "rejected" and since_s >= self._attach_s:
            return _Seen(_Modem.DENIED)
        if reason or since_s < self._attach_s:
            return _Seen(_Modem.SEARCHING, empty=reason == "sim_absent")
        connected = self._radios.data and since_s >= self._attach_s + self._data_s
        return _Seen(_Modem.HOME, connected)

    def _dumpsys(self, _words: list[str], now_s: float) -> Answer:
        first = self._seen(now_s)
        second = _Seen(_Modem.OFF if self._radios.airplane else _Modem.SEARCHING, empty=True)
        return text(
            "last known state:\n"
            f"{self._phone(0, first)}{self._phone(1, second)}"
            "  mActiveDataSubId=1\n"
            "  mDefaultPhoneId=0\n"
            "  mDefaultSubId=1\n"
            "local logs:\n"
            "  2026-08-11T09:14:02.101 - notifyServiceStateForSubscriber: subId=1 phoneId=0 "
            "state={mVoiceRegState=1(OUT_OF_SERVICE), mDataRegState=1(OUT_OF_SERVICE), "
            "getRilDataRadioTechnology=0(Unknown)}\n"
            "registrations: count=41\n"
        )

    def _phone(self, number: int, seen: _Seen) -> str:
        return (
            f"  Phone Id={number}\n"
            "    mCallState=0\n"
            "    mCallIncomingNumber=\n"
            f"    mServiceState={self._service_state(seen)}\n"
            f"    mUserMobileDataState= {str(self._radios.data).lower()}\n"
            f"    mSignalStrength={self._signal(seen)}\n"
            f"    mDataActivity={3 if seen.connected else 0}\n"
            f"    mDataConnectionState={2 if seen.connected else 0}\n"
        )

    def _service_state(self, seen: _Seen) -> str:
        home = seen.modem is _Modem.HOME
        code = seen.modem.value[0]
        name = NAME if home else "null"
        names = "" if self._samsung() else self._names(name)
        rat = "14(LTE)" if home else "0(Unknown)"
        extra = _VENDOR_SAMSUNG if self._samsung() and home else ""
        return (
            f"{{mVoiceRegState={code}, mDataRegState={code}, "
            f"mChannelNumber={EARFCN if home else 0}, duplexMode()={int(home)}, "
            f"mCellBandwidths={'[10000]' if home else '[]'}, {names}"
            "isManualNetworkSelection=false(automatic), "
            f"getRilVoiceRadioTechnology={rat}, getRilDataRadioTechnology={rat}, "
            f"mCssIndicator=unsupported, {extra}mIsEmergencyOnly=false, "
            f"mNetworkRegistrationInfos=[{self._registrations(seen)}], "
            "mNrFrequencyRange=0, mIsIwlanPreferred=false}"
        )

    def _samsung(self) -> bool:
        return self._unit.profile == "samsung"

    def _names(self, name: str) -> str:
        parts = ("m",) if self._sdk >= 30 else ("mVoice", "mData")
        return "".join(
            f"{part}OperatorAlphaLong={name}, {part}OperatorAlphaShort={name}, " for part in parts
        )

    def _registrations(self, seen: _Seen) -> str:
        if seen.empty:
            return ""
        both = [self._registration("CS", "WWAN", seen), self._registration("PS", "WWAN", seen)]
        if self._sdk >= 30:
            both.insert(0, self._registration("PS", "WLAN", _Seen(_Modem.SEARCHING)))
        return ", ".join(both)

    def _registration(self, domain: str, transport: str, seen: _Seen) -> str:
        home = seen.modem is _Modem.HOME
        state = seen.modem.value[1]
        first = f"mInitialRegistrationState={state} " if self._sdk >= 33 else ""
        rat = "IWLAN" if transport == "WLAN" else "LTE" if home else "UNKNOWN"
        cause = _PLMN_NOT_ALLOWED if seen.modem is _Modem.DENIED else 0
        services = {"CS": "[VOICE,SMS,VIDEO]", "PS": "[DATA]"}[domain] if home else "[]"
        return (
            f"NetworkRegistrationInfo{{ domain={domain} transportType={transport} "
            f"registrationState={state} {first}roamingType=NOT_ROAMING "
            f"accessNetworkTechnology={rat} rejectCause={cause} emergencyEnabled=false "
            f"availableServices={services} cellIdentity={self._cell() if home else 'null'} "
            f"voiceSpecificInfo=null dataSpecificInfo=null {self._tail(home)}}}"
        )

    def _plmn(self) -> str:
        return str(self._setting("lte.wrong_plmn", "plmn", "00102", PLMN))

    def _cell(self) -> str:
        plmn = self._plmn()
        bands = "mBands=[3] " if self._sdk >= 30 else ""
        more = " mAdditionalPlmns={} mCsgInfo=null" if self._sdk >= 30 else ""
        return (
            f"CellIdentityLte:{{ mCi=10000002 mPci=101 mTac=4112 mEarfcn={EARFCN} {bands}"
            f"mBandwidth=10000 mMcc={plmn[:3]} mMnc={plmn[3:]} "
            f"mAlphaLong={NAME} mAlphaShort={NAME}{more}}}"
        )

    def _tail(self, home: bool) -> str:
        if self._sdk < 30:
            return "nrState=NONE"
        return f"nrState=**** rRplmn={self._plmn() if home else ''} isUsingCarrierAggregation=false"

    def _signal(self, seen: _Seen) -> str:
        rssi = rsrp = rsrq = rssnr = _UNKNOWN
        if seen.modem is _Modem.HOME:
            rsrp = int(self._setting("lte.weak", "rsrp_dbm", WEAK_RSRP_DBM, RSRP_DBM))
            rssi, rsrq, rssnr = rsrp + 24, -10, 15 if self._sdk >= 30 else 150
        index = f"cqiTableIndex={_UNKNOWN} " if self._sdk >= 31 else ""
        used = " parametersUseForLevel=0" if self._sdk >= 30 else ""
        return (
            f"SignalStrength:{{mCdma=CellSignalStrengthCdma: cdmaDbm={_UNKNOWN} level=0,"
            f"mGsm=CellSignalStrengthGsm: rssi={_UNKNOWN} ber={_UNKNOWN} mTa={_UNKNOWN} mLevel=0,"
            f"mLte=CellSignalStrengthLte: rssi={rssi} rsrp={rsrp} rsrq={rsrq} rssnr={rssnr} "
            f"{index}cqi={_UNKNOWN} ta={_UNKNOWN} level={0 if rsrp == _UNKNOWN else 3}{used},"
            f"mNr=CellSignalStrengthNr:{{ csiRsrp = {_UNKNOWN} ssRsrp = {_UNKNOWN} level = 0 }},"
            "primary=CellSignalStrengthLte}"
        )
