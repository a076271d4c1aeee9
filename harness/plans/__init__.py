"""Test plans: their shape, what is wrong with them, and the resolved plan."""
