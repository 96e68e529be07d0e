"""The same conversation in a terminal, or line by line out of a file."""
