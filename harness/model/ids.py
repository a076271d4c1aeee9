"""Run ids that sort by time: ULID (github.com/ulid/spec): 48 bits of ms, 80 random bits."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_run_id(utc: datetime) -> str:
    """A fresh id of 26 characters for a run that starts at `utc`."""
    number = ((utc - _EPOCH) // timedelta(milliseconds=1) << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
