"""Where sealed values are: every table that holds something written. A test looks for those forgotten."""

from dataclasses import dataclass

ROWS = 200  # read at once
LARGE = 4  # the same, of files


@dataclass(frozen=True, slots=True)
class Cell:
    """A sealed column. `key`: of its row; `where`: the columns of its place, then a word of its own."""

    table: str
    column: str
    key: tuple[str, ...]
    where: tuple[str, ...]
    word: tuple[str, ...] = ()
    rows: int = ROWS

    def pending(self, *, after: bool) -> str:
        """Rows that the current key did not seal, in order of their keys."""
        key, where = ", ".join(self.key), ", ".join(self.where)
        next_ = f" AND ({key}) > ({', '.join('?' * len(self.key))})" if after else ""
        return (
            f"SELECT {key}, {where}, {self.column} FROM {self.table}"  # noqa: S608  # our own names
            f" WHERE {self.column} IS NOT NULL AND substr({self.column}, 1, ?) <> ?{next_}"
            f" ORDER BY {key} LIMIT {self.rows}"
        )

    def uses(self) -> str:
        """Whether one value begins so."""
        return (
            f"SELECT 1 FROM {self.table}"  # noqa: S608  # our own names
            f" WHERE substr({self.column}, 1, ?) = ? LIMIT 1"
        )

    def update(self) -> str:
        """Only what is still as it was read: a turn may have written since."""
        key = " AND ".join(f"{one} = ?" for one in (*self.key, self.column))
        return f"UPDATE {self.table} SET {self.column} = ? WHERE {key}"  # noqa: S608  # our own names


CELLS = (
    Cell("contribution", "content", ("dossier", "number"), ("dossier", "question")),
    Cell("handling", "content", ("dossier", "rule"), ("dossier", "rule")),
    Cell("place", "state", ("person", "dossier"), ("person", "dossier")),
    Cell("member", "called", ("project", "person"), ("project", "person")),
    Cell("due", "effects", ("conversation", "turn"), ("conversation", "turn")),
    Cell("failed_update", "payload", ("id",), ("door", "update_id")),
    Cell("attachment", "described", ("id",), ("id",), ("described",)),
    Cell("attachment", "content", ("id",), ("id",), ("content",), rows=LARGE),
    Cell("edition", "content", ("dossier", "number"), ("dossier", "number")),
    Cell("word_template", "described", ("person",), ("person",), ("described",)),
    Cell("word_template", "content", ("person",), ("person",), ("content",), rows=LARGE),
    Cell("dossier_template", "described", ("dossier",), ("dossier",), ("described",)),
    Cell("dossier_template", "content", ("dossier",), ("dossier",), ("content",), rows=LARGE),
    Cell("workshop", "state", ("id",), ("id",)),
    Cell("room_contribution", "content", ("workshop", "number"), ("workshop", "number")),
)
