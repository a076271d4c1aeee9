"""The line leader's page: several stations in a browser, to look at."""
