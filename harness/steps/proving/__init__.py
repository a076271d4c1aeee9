"""What a jig that tests itself is asked, and what its answers show."""
