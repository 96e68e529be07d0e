"""Which keys a database was sealed with: a proof of each, never the key.

A database that names a key which is not given is refused before anything is read or written.
"""

from collections.abc import Container
from pathlib import Path

from bot.store import faults
from bot.store.cells import CELLS
from bot.store.codecs import MARK, Sealed
from bot.store.database import Database
from bot.store.sealed import Codec, place

_PROOF = b"fil rouge"


def check(db: Database, codec: Codec, path: Path) -> None:
    """Raise unless every key that the database names is given, and is the right one."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
    if "seal" in tables:
        check_in(db, codec, path, tables)


def check_in(db: Database, codec: Codec, where: Path | str, tables: Container[str]) -> None:
    """The same, of a database that has these tables."""
    rows = dict(db.execute("SELECT id, proof FROM seal").fetchall())
    given = codec.ids if isinstance(codec, Sealed) else frozenset()
    rows = {id_: proof for id_, proof in rows.items() if id_ in given or _used(db, id_, tables)}
    if not rows:
        return
    names = ", ".join(sorted(one.hex() for one in rows))
    if not isinstance(codec, Sealed):
        raise faults.key_missing(where, names)
    if missing := sorted(one.hex() for one in rows if one not in given):
        shown = ", ".join(sorted(one.hex() for one in given))
        raise faults.key_wrong(where, ", ".join(missing), shown)
    for id_, proof in rows.items():
        codec.open(proof, place("seal", id_.hex()))


def enroll(db: Database, codec: Codec) -> None:
    """Name the key that seals from now on. A start-up that names nothing new writes nothing."""
    if not isinstance(codec, Sealed):
        return
    if db.execute("SELECT 1 FROM seal WHERE id = ?", (codec.current,)).fetchone() is None:
        proof = codec.seal(_PROOF, place("seal", codec.current.hex()))
        new = db.execute("SELECT count(*) FROM person").fetchone() == (0,)
        new &= db.execute("SELECT count(*) FROM failed_update").fetchone() == (0,)
        db.execute(
            "INSERT INTO seal (id, proof, whole) VALUES (?, ?, ?)", (codec.current, proof, new)
        )


def whole(db: Database, codec: Codec) -> bool:
    """Whether nothing is left that another key sealed, or none."""
    if not isinstance(codec, Sealed):
        return False
    row = db.execute("SELECT whole FROM seal WHERE id = ?", (codec.current,)).fetchone()
    return bool(row and row[0])


def retire(db: Database, codec: Sealed) -> None:
    """Nothing is sealed by the other keys any more: they need not be given again."""
    db.execute("DELETE FROM seal WHERE id <> ?", (codec.current,))
    db.execute("UPDATE seal SET whole = 1")


def _used(db: Database, id_: bytes, tables: Container[str]) -> bool:
    """A key that was given once and sealed nothing is not asked for again."""
    prefix = MARK + id_
    return any(
        db.execute(one.uses(), (len(prefix), prefix)).fetchone()
        for one in CELLS
        if one.table in tables
    )
