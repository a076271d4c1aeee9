"""Records: evidence that is written once, chained, and never changed."""

from pathlib import Path

DEFAULT_STORE = Path("reports/records.db")
"""Where a store is when nobody says where, from the working folder."""
