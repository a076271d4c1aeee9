"""Asking a handset: its answers, waiting for one, switching, what two sources of one value say."""
