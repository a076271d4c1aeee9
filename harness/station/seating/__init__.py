"""Which unit is in which slot, and whether it stays there."""
