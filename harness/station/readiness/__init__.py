"""Whether slots may run what counts: jigs, golden units, clock, disk, people."""
