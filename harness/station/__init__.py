"""A station: its slots, and the supervision of what runs on them."""
