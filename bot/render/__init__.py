"""Effects become replies: Jinja2 only, no files, no network."""
