"""The operator's screen: a client of the station's socket, drawn by Textual."""
