"""What a simulated handset is at a time: what its commands change, and what they print of."""
