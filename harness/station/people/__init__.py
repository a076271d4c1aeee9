"""Who works at a station, and what they enter into its chain."""
