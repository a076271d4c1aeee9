"""What a simulated handset says of its modem: `dumpsys telephony.registry`, properties `gsm.*`.

Layouts: TelephonyRegistry.dump of AOSP, Android 9 to 15.
"""

from __future__ import annotations

from harness.sim.handset.prints import signal_strength
from harness.sim.handset.prints.service_state import ServiceStatePrinter
from harness.sim.handset.state.answer import Answer, Programs, text
from harness.sim.handset.state.cellular import NAME, PLMN, Cellular, Served
from harness.sim.handset.state.radios import Radios
from harness.sim.profiles import PROFILES, SDK
from harness.sim.unit import SimUnit

_LOGS = (
    "local logs:\n"
    "  2026-08-11T09:14:02.101 - notifyServiceStateForSubscriber: subId=1 phoneId=0 "
    "state={mVoiceRegState=1(OUT_OF_SERVICE), mDataRegState=1(OUT_OF_SERVICE), "
    "getRilDataRadioTechnology=0(Unknown)}\n"
)


class Telephony:
    """Prints what the modem does."""

    def __init__(self, unit: SimUnit, radios: Radios, cellular: Cellular) -> None:
        self._unit = unit
        self._radios = radios
        self._cellular = cellular
        self._sdk = SDK[unit.android]
        self._profile = PROFILES[unit.profile]
        self._services = ServiceStatePrinter(self._sdk, self._profile, unit.build != "user")

    def programs(self) -> Programs:
        return {"dumpsys telephony.registry": self._dumpsys}

    def properties(self, now_s: float) -> dict[str, str]:
        """Most have a value for each slot; those of SIMs end with the last SIM."""
        slots = self._cellular.slots(now_s)
        sims = slots[: self._unit.sim_slot + 1] if any(slot.has_sim for slot in slots) else ()
        return {
            "gsm.current.phone-type": ",".join("1" for _ in slots),
            "gsm.network.type": ",".join("LTE" if slot.registered else "Unknown" for slot in slots),
            "gsm.operator.alpha": ",".join(NAME if slot.registered else "" for slot in slots),
            "gsm.operator.isroaming": ",".join("false" for _ in slots),
            "gsm.operator.numeric": ",".join(
                slot.plmn if slot.registered else "" for slot in slots
            ),
            "gsm.sim.operator.alpha": ",".join(NAME if slot.has_sim else "" for slot in sims),
            "gsm.sim.operator.numeric": ",".join(PLMN if slot.has_sim else "" for slot in sims),
            "gsm.sim.state": ",".join("LOADED" if slot.has_sim else "ABSENT" for slot in slots),
            "gsm.version.baseband": ",".join(self._profile.baseband for _ in slots),
            "gsm.version.ril-impl": "android reference-ril 1.0",
        }

    def _dumpsys(self, _words: list[str], now_s: float) -> Answer:
        self._cellular.report()
        slots = self._cellular.slots(now_s)
        phones = "".join(self._phone(number, slot) for number, slot in enumerate(slots))
        logs = _LOGS if self._sdk >= 29 else ""
        return text(
            f"last known state:\n{phones}{self._of_all_phones()}{logs}registrations: count=41\n"
        )

    def _of_all_phones(self) -> str:
        """Android 9 does not say which of the phones is used."""
        state = "  mCarrierNetworkChangeState=false\n"
        if self._sdk < 29:
            return f"  mConnectedApns=[]\n  mPreciseDataConnectionState=null\n{state}"
        return (
            f"{state if self._sdk < 30 else ''}"
            "  mActiveDataSubId=1\n"
            "  mRadioPowerState=1\n"
            f"  mDefaultPhoneId={self._unit.sim_slot}\n"
            "  mDefaultSubId=1\n"
        )

    def _phone(self, number: int, slot: Served) -> str:
        calls = "    mRingingCallState=0\n    mForegroundCallState=0\n" if self._sdk >= 29 else ""
        return (
            f"  Phone Id={number}\n"
            "    mCallState=0\n"
            f"{calls}"
            "    mCallIncomingNumber=\n"
            f"    mServiceState={self._services.printed(slot)}\n"
            f"    mVoiceActivationState= {3 if slot.registered else 0}\n"
            "    mDataActivationState= 0\n"
            f"    mUserMobileDataState= {str(self._radios.data).lower()}\n"
            f"    mSignalStrength={signal_strength.printed(slot, self._sdk)}\n"
            "    mMessageWaiting=false\n"
            "    mCallForwarding=false\n"
            f"    mDataActivity={3 if slot.connected else 0}\n"
            f"    mDataConnectionState={2 if slot.connected else 0}\n"
            f"{self._cells(slot)}{self._newer(slot)}"
        )

    def _cells(self, slot: Served) -> str:
        cell = self._services.cell(slot)
        if self._sdk < 30:
            place = "[{lac=4112, cid=10000002, psc=-1}]" if slot.registered else "[EMPTY_PARCEL]"
            identity = f"    mCellLocation=Bundle{place}\n"
        else:
            identity = f"    mCellIdentity={cell}\n"
        signal = signal_strength.lte(slot, self._sdk)
        known = (
            "[CellInfoLte:{mRegistered=YES mTimeStampType=unknown mTimeStamp=2291553756941ns "
            f"mCellConnectionStatus=1 {cell} {signal} "
            "android.telephony.CellConfigLte :{ isEndcAvailable = false }}]"
        )
        return f"{identity}    mCellInfo={known if slot.registered else 'null'}\n"

    def _newer(self, slot: Served) -> str:
        network = "LTE" if slot.registered else "UNKNOWN"
        if self._sdk < 30:
            return "    mSrvccState=-1\n" if self._sdk == 29 else ""
        roaming = ", isRoaming=false" if self._sdk >= 33 else ""
        data = str(self._radios.data and slot.has_sim).lower()
        enabled = f"    mIsDataEnabled={data}\n    mDataEnabledReason=0\n"
        return (
            "    mSrvccState=-1\n"
            f"    mTelephonyDisplayInfo=TelephonyDisplayInfo {{network={network}, "
            f"overrideNetwork=NONE{roaming}}}\n"
            f"{enabled if self._sdk >= 31 else ''}"
            "    mPhysicalChannelConfigs=[]\n"
        )
