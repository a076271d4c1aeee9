"""Releases: what people signed, and whether that is what is about to run."""
