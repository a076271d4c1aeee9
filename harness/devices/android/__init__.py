"""Pure readers of what handsets print: text in; a value, unknown or unreadable out."""
