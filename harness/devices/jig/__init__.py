"""Jigs that talk in lines over a serial port."""
