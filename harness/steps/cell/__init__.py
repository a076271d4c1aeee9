"""A handset and its cell: registration, the call box that serves it, traffic over the modem."""
