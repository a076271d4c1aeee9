"""Simulators: pure behaviours, and the wires at which the real drivers meet them."""
