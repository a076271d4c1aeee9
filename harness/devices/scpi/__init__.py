"""SCPI over a line: bytes to lines, lines to replies, and the discipline of asking."""
