"""Limits as people write them: their kinds, the files they stand in, and who gets which."""
