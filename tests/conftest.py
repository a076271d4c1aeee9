"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# Machines differ and are shared: an example may take long without anything being wrong.
settings.register_profile("harness", deadline=None)
settings.load_profile("harness")
