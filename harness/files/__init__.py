"""Files that people write: nodes with their places, problems in words, shapes by schema.

And what must outlive a power cut.
"""
