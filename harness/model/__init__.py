"""Pure values and ports: no I/O, no clock, the standard library only."""
