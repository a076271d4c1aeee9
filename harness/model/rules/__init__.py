"""The rules of the line, pure: what a history allows, asks for or forbids."""
