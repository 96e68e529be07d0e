"""A sheet poured into a Word template, ours or a person's own."""
