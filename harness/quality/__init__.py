"""What many records say together: pure functions over rows and records."""
