"""What is keyed and scanned: whose keys they are, and which code it is."""
