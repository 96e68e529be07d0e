"""One root, few leaves, each caught differently somewhere."""


class FilrougeError(Exception):
    """Something a person can mend; its text is one readable line (or several, one per fault)."""


class ContentError(FilrougeError):
    """Flow files or templates cannot be used: shown line by line, nothing starts."""


class StoreError(FilrougeError):
    """The database cannot be opened or written: nothing was confirmed, the turn may come again."""


class ConfigError(FilrougeError):
    """A setting is missing or wrong."""
