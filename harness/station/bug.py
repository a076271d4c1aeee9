"""What nobody foresaw, as a fault."""

from __future__ import annotations

from harness.errors import HarnessError, StationFault, unexpected


def fault_of(error: Exception) -> HarnessError:
    """What was raised; what nobody foresaw is a bug of ours (ENGINE-BUG)."""
    if isinstance(error, HarnessError):
        return error
    words = f"{type(error).__name__}: {error}"
    return StationFault("ENGINE-BUG", words, evidence=unexpected(error))
