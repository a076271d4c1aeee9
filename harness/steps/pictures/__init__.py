"""Still pictures: taking one, and marking what a failing one failed by."""
