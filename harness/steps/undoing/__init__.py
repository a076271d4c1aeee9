"""Changing a handset for a test and putting it back: what was found, noted, set and undone."""
