"""What screens hear of a station, and how they ask for something."""
