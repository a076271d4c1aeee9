"""Runs a resolved plan on a bench and lets events out."""
