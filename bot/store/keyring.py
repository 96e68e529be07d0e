"""Which keys a database was sealed with: a proof of each, never the key.

A database that names a key which is not given is refused before anything is read or written.
"""

import sqlite3
from pathlib import Path

from bot.store import faults
from bot.store.cells import CELLS
from bot.store.codecs import MARK, Sealed
from bot.store.sealed import Codec, place

_PROOF = b"fil rouge"


def check(db: sqlite3.Connection, codec: Codec, path: Path) -> None:
    """Raise unless every key that the database names is given, and is the right one."""
    rows = dict(db.execute("SELECT id, proof FROM seal").fetchall()) if _has_keyring(db) else {}
    given = codec.ids if isinstance(codec, Sealed) else frozenset()
    rows = {id_: proof for id_, proof in rows.items() if id_ in given or _used(db, id_)}
    if not rows:
        return
    names = ", ".join(sorted(one.hex() for one in rows))
    if not isinstance(codec, Sealed):
        raise faults.key_missing(path, names)
    if missing := sorted(one.hex() for one in rows if one not in given):
        shown = ", ".join(sorted(one.hex() for one in given))
        raise faults.key_wrong(path, ", ".join(missing), shown)
    for id_, proof in rows.items():
        codec.open(proof, place("seal", id_.hex()))


def enroll(db: sqlite3.Connection, codec: Codec) -> None:
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


def whole(db: sqlite3.Connection, codec: Codec) -> bool:
    """Whether nothing is left that another key sealed, or none."""
    if not isinstance(codec, Sealed):
        return False
    row = db.execute("SELECT whole FROM seal WHERE id = ?", (codec.current,)).fetchone()
    return bool(row and row[0])


def retire(db: sqlite3.Connection, codec: Sealed) -> None:
    """Nothing is sealed by the other keys any more: they need not be given again."""
    db.execute("DELETE FROM seal WHERE id <> ?", (codec.current,))
    db.execute("UPDATE seal SET whole = 1")


def _used(db: sqlite3.Connection, id_: bytes) -> bool:
    """A key that was given once and sealed nothing is not asked for again."""
    prefix = MARK + id_
    known = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
    return any(
        db.execute(one.uses(), (len(prefix), prefix)).fetchone()
        for one in CELLS
        if one.table in known
    )


def _has_keyring(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'seal'").fetchone())
