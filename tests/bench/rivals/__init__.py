"""Other robots that do the same work, to compare with. Each is a script of its own."""
