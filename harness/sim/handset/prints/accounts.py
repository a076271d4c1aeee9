"""The accounts that a simulated handset knows: `dumpsys account`.

Layout: AccountManagerService.dump of AOSP.
"""

from __future__ import annotations

from harness.sim.handset.state.answer import Answer, Programs, text
from harness.sim.unit import SimUnit


def programs(unit: SimUnit) -> Programs:
    """The command that tells of them."""

    def dump(_words: list[str], _now_s: float) -> Answer:
        accounts = [
            f"    Account {{name=someone@example.com, type={kind}}}" for kind in unit.accounts
        ]
        lines = [
            "User UserInfo{0:Owner:c13} (current):",
            f"  Accounts: {len(accounts)}",
            *accounts,
            "",
            "  AccountId, Action_Type, timestamp, UID, TableName, Key",
            "  Accounts History",
            "",
            "  Active Sessions: 0",
            "",
            "  RegisteredServicesCache: 1 services",
            "    ServiceInfo: AuthenticatorDescription {type=com.google}, uid 10131",
            "",
        ]
        return text("".join(f"{line}\n" for line in lines))

    return {"dumpsys account": dump}
