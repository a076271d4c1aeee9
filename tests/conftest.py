"""What holds for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Machines differ and are shared: how long an example takes says nothing.
settings.register_profile("harness", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("harness")
