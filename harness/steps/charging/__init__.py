"""Current into the battery, as the handset tells it, with and without a data link."""
