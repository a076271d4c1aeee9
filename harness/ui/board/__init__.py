"""What a station says, folded into what a screen shows of it, in words. Draws nothing."""
