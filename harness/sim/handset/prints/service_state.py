"""How Android prints the service of a simulated SIM slot: ServiceState.toString of AOSP.

With what Samsung puts into it, and MediaTek behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.sim.handset.state.cellular import NAME, Registration, Served
from harness.sim.profiles import Profile

_OFF = Registration.OFF
_CODES = {_OFF: "3(POWER_OFF)", Registration.HOME: "0(IN_SERVICE)"}
_OUT_OF_SERVICE = "1(OUT_OF_SERVICE)"
_STATES = {Registration.DENIED: "DENIED", Registration.HOME: "HOME"}
_SERVICES = {"CS": "[VOICE,SMS,VIDEO]", "PS": "[DATA]"}
_TRANSPORTS = {"WWAN": 1, "WLAN": 2}
_NOT_OVER_WIFI = Served(Registration.SEARCHING, has_sim=True)
_SAMSUNG = (
    "VoiceRegType=0, ImsVoiceAvail=2, Snap=0, MobileVoice=IN_SERVICE, MobileVoiceRat=Unknown, "
    "MobileData=IN_SERVICE, MobileDataRoamingType=home, MobileDataRat=LTE PsOnly=false "
    "FemtocellInd=0 SprDisplayRoam=false EndcStatus=0 RestrictDcnr=0 NrBearerStatus=0 5gStatus=0 "
    "RRCState=1, "
)


@dataclass(frozen=True, slots=True)
class ServiceStatePrinter:
    """Prints as one version of Android, one maker and one kind of build do."""

    sdk: int
    profile: Profile
    debuggable: bool

    def printed(self, slot: Served) -> str:
        """The value of `mServiceState`."""
        code = _CODES.get(slot.registration, _OUT_OF_SERVICE)
        return (
            f"{{mVoiceRegState={code}, mDataRegState={code}, "
            f"mChannelNumber={slot.earfcn}, "
            f"duplexMode()={int(slot.registered)}, "
            f"mCellBandwidths={'[10000]' if slot.registered else '[]'}, {self._names(slot)}"
            f"isManualNetworkSelection=false(automatic), {self._technologies(slot)}"
            "mCssIndicator=unsupported, mNetworkId=-1, mSystemId=-1, "
            "mCdmaRoamingIndicator=-1, mCdmaDefaultRoamingIndicator=-1, "
            f"{_SAMSUNG if self._samsung and slot.registered else ''}mIsEmergencyOnly=false, "
            f"{self._rest(slot)}}}"
        )

    def cell(self, slot: Served) -> str:
        """The identity of the cell that it is on."""
        if not slot.registered:
            return "null"
        bands = f"mBands=[{slot.band}] " if self.sdk >= 30 else ""
        more = " mAdditionalPlmns={} mCsgInfo=null" if self.sdk >= 30 else ""
        return (
            f"CellIdentityLte:{{ mCi=10000002 mPci=101 mTac=4112 mEarfcn={slot.earfcn} {bands}"
            f"mBandwidth=10000 mMcc={slot.plmn[:3]} mMnc={slot.plmn[3:]} "
            f"mAlphaLong={NAME} mAlphaShort={NAME}{more}}}"
        )

    @property
    def _samsung(self) -> bool:
        return self.profile.maker == "samsung"

    def _names(self, slot: Served) -> str:
        """The operator's: once from Android 11 on, for voice and data before; not on Samsung's."""
        if self._samsung:
            return ""
        name = NAME if slot.registered else "null"
        parts = ("m",) if self.sdk >= 30 else ("mVoice", "mData")
        roaming = "mVoiceRoamingType=home, mDataRoamingType=home, " if self.sdk < 29 else ""
        return roaming + "".join(
            f"{part}OperatorAlphaLong={name}, {part}OperatorAlphaShort={name}, " for part in parts
        )

    def _technologies(self, slot: Served) -> str:
        rat = "14(LTE)" if slot.registered else "0(Unknown)"
        of = "getRil" if self.sdk >= 29 else "mRil"
        return f"{of}VoiceRadioTechnology={rat}, {of}DataRadioTechnology={rat}, "

    def _rest(self, slot: Served) -> str:
        if self.sdk < 29:
            return (
                "mIsDataRoamingFromRegistration=false, mIsUsingCarrierAggregation=false, "
                f"mLteEarfcnRsrpBoost=0, mNetworkRegistrationStates=[{self._registrations(slot)}]"
            )
        name = NAME if slot.registered else "null"
        boost = "mArfcnRsrpBoost" if self.sdk >= 33 else "mLteEarfcnRsrpBoost"
        roaming = "mIsDataRoamingFromRegistration=false, " if self.sdk >= 31 else ""
        return (
            f"isUsingCarrierAggregation=false, {boost}=0, "
            f"mNetworkRegistrationInfos=[{self._registrations(slot)}], "
            f"mNrFrequencyRange={0 if self.sdk >= 30 else -1}, mOperatorAlphaLongRaw={name}, "
            f"mOperatorAlphaShortRaw={name}, {roaming}mIsIwlanPreferred=false{self._mediatek(slot)}"
        )

    def _mediatek(self, slot: Served) -> str:
        """MtkServiceState's own, of which some have names that AOSP has too."""
        if not self.profile.mediatek or self.sdk > 30:
            return ""
        state, code = int(slot.registered), 0 if slot.registered else 1
        cause = slot.reject_cause or -1
        return (
            f", Ril Voice Regist state={state}, Ril Data Regist state={state}, "
            f"mProprietaryDataRadioTechnology=0, VoiceRejectCause=-1, DataRejectCause={cause}, "
            f"IwlanRegState=1, CellularVoiceRegState={code}, CellularDataRegState={code}, "
            f"RilCellularDataRegState={state}, CellularDataRoamingType=0, "
            f"CellularDataNetworkType={13 if slot.registered else 0}"
        )

    def _registrations(self, slot: Served) -> str:
        if not slot.has_sim:
            return ""
        own = [self._registration("CS", "WWAN", slot), self._registration("PS", "WWAN", slot)]
        if self.sdk < 30:
            return ", ".join(own)
        over_wifi = [self._registration("PS", "WLAN", _NOT_OVER_WIFI)]
        first = self.profile.maker in ("Google", "OPPO")
        return ", ".join(over_wifi + own if first else own + over_wifi)

    def _registration(self, domain: str, transport: str, slot: Served) -> str:
        rat = "IWLAN" if transport == "WLAN" else "LTE" if slot.registered else "UNKNOWN"
        cause = slot.reject_cause
        if self.sdk < 29:
            return self._registration_of_android_9(domain, transport, rat, cause, slot)
        state = _STATES.get(slot.registration, "NOT_REG_OR_SEARCHING")
        return (
            f"NetworkRegistrationInfo{{ domain={domain} transportType={transport} "
            f"registrationState={state} {self._as_the_network_says(state)}"
            f"roamingType=NOT_ROAMING accessNetworkTechnology={rat} rejectCause={cause} "
            "emergencyEnabled=false "
            f"availableServices={_SERVICES[domain] if slot.registered else '[]'} "
            f"cellIdentity={self.cell(slot)} {self._specifics(domain, slot)}{self._tail(slot)}}}"
        )

    def _registration_of_android_9(
        self, domain: str, transport: str, rat: str, cause: int, slot: Served
    ) -> str:
        state = _STATES.get(slot.registration, "NOT_REG_SEARCHING")
        return (
            f"NetworkRegistrationState{{transportType={_TRANSPORTS[transport]} domain={domain} "
            f"regState={state} accessNetworkTechnology={rat} reasonForDenial={cause} "
            "emergencyEnabled=false supportedServices=[I@1f9c3d2 "
            f"cellIdentity={self.cell(slot)} voiceSpecificStates=null dataSpecificStates=null}}"
        )

    def _as_the_network_says(self, state: str) -> str:
        """From Android 13 on beside what a carrier's settings make of it; its name changed."""
        if self.sdk < 33:
            return ""
        old = self.sdk < 34 or self.profile.maker == "OPPO"
        return f"{'mInitialRegistrationState' if old else 'networkRegistrationState'}={state} "

    def _specifics(self, domain: str, slot: Served) -> str:
        if not slot.registered or domain == "CS":
            return "voiceSpecificInfo=null dataSpecificInfo=null "
        return (
            "voiceSpecificInfo=null "
            "dataSpecificInfo=android.telephony.DataSpecificRegistrationInfo :{ maxDataCalls = 16 "
            "isDcNrRestricted = false isNrAvailable = false isEnDcAvailable = false "
            "LteVopsSupportInfo :  mVopsSupport = 2 mEmcBearerSupport = 2 } "
        )

    def _tail(self, slot: Served) -> str:
        """Builds for users mask 5G from Android 12 on."""
        nr_state = "nrState=****" if self.sdk >= 31 and not self.debuggable else "nrState=NONE"
        plmn = f" rRplmn={slot.plmn if slot.registered else ''}" if self.sdk >= 30 else ""
        carriers = " isUsingCarrierAggregation=false" if self.sdk >= 31 else ""
        ground = " isNonTerrestrialNetwork=TERRESTRIAL" if self.sdk >= 35 else ""
        return f"{nr_state}{plmn}{carriers}{ground}"
