"""Asking a handset: its answers, waiting for one, what two sources of one value say."""
