"""Pure measurements on pictures: bytes in; values or unreadable out."""
