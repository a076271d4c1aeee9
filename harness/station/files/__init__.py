"""What files tell a station: itself, its jigs, instruments, golden units, rules, losses."""
