"""USB sockets of slots: who is plugged in, in which mode, how fast; the power of their ports."""
