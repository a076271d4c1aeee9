"""Why a 4G network refuses a handset: EMM causes (3GPP TS 24.301, table 9.9.3.9.1 and Annex A)."""

from __future__ import annotations

from collections.abc import Mapping

CAUSES: Mapping[int, str] = {
    2: "IMSI unknown in HSS",
    3: "illegal UE",
    5: "IMEI not accepted",
    6: "illegal ME",
    7: "EPS services not allowed",
    8: "EPS services and non-EPS services not allowed",
    9: "UE identity cannot be derived by the network",
    10: "implicitly detached",
    11: "PLMN not allowed",
    12: "tracking area not allowed",
    13: "roaming not allowed in this tracking area",
    14: "EPS services not allowed in this PLMN",
    15: "no suitable cells in tracking area",
    16: "MSC temporarily not reachable",
    17: "network failure",
    18: "CS domain not available",
    19: "ESM failure",
    20: "MAC failure",
    21: "synch failure",
    22: "congestion",
    23: "UE security capabilities mismatch",
    24: "security mode rejected, unspecified",
    25: "not authorized for this CSG",
    35: "requested service option not authorized in this PLMN",
    39: "CS service temporarily not available",
    40: "no EPS bearer context activated",
    111: "protocol error, unspecified",
}
OF_SIM_OR_DEVICE = frozenset({2, 3, 5, 6, 7, 8})
"""Those by which the network wants nothing of this SIM or this handset, in whatever cell."""


def cause_words(cause: int) -> str:
    """A cause with its number, such as `3 (illegal UE)`."""
    return f"{cause} ({CAUSES[cause]})" if cause in CAUSES else str(cause)
