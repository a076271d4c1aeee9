"""Records: evidence that is written once, chained, and never changed."""
