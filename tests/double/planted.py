"""What people wrote to any double, and the bots' tokens: words that no log may hold."""

LEAST = 6  # letters: shorter ones are in any log

_words: set[str] = set()


def plant(text: str) -> None:
    """A command is no secret; what follows it is."""
    said = text.partition(" ")[2] if text.startswith("/") else text
    for line in said.splitlines():
        if len(line.strip()) >= LEAST:
            _words.add(line.strip())


def forget() -> None:
    _words.clear()


def found_in(text: str) -> list[str]:
    """The planted words that a text holds."""
    return sorted(word for word in _words if word in text)
