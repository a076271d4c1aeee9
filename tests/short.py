"""Short forms for all tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.clock import Cancel, Deadline, Lease
from harness.errors import HarnessError


def lease(limit_s: float = 30.0) -> Lease:
    return Lease(Deadline(limit_s), Cancel())


def code_of(call: Callable[[], object]) -> str:
    """The code of the fault that a call ends in."""
    with pytest.raises(HarnessError) as caught:
        call()
    return caught.value.code
