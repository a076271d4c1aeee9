"""Instruments that are told and asked over SCPI."""
