"""End-of-line test harness for smartphones."""

__version__ = "0.1.0"
