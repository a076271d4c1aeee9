"""Links to the things on the bench: handsets, jigs, instruments."""
