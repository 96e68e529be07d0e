"""What can go wrong with the file, in one French line each: what, where, and how to mend it."""

import errno
import sqlite3
from pathlib import Path

from bot.errors import StoreError

# The file or the machine is at fault, not the turn: the same turn can succeed later.
_ENVIRONMENT = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)

_MENDS = {
    sqlite3.SQLITE_FULL: "le disque est plein : libérez de la place, rien de confirmé n’est perdu",
    sqlite3.SQLITE_BUSY: "un autre programme la tient verrouillée : fermez-le, puis réessayez",
    sqlite3.SQLITE_LOCKED: "un autre programme la tient verrouillée : fermez-le, puis réessayez",
    sqlite3.SQLITE_READONLY: "elle est en lecture seule : rendez le fichier et son dossier"
    " modifiables par l’utilisateur qui lance Fil rouge",
    sqlite3.SQLITE_PERM: "l’accès est refusé : rendez le fichier et son dossier modifiables par"
    " l’utilisateur qui lance Fil rouge",
    sqlite3.SQLITE_CANTOPEN: "elle ne s’ouvre pas : vérifiez que le fichier existe et que son"
    " dossier est accessible",
    sqlite3.SQLITE_NOMEM: "la mémoire manque : fermez d’autres programmes, puis réessayez",
}


def environmental(error: BaseException) -> bool:
    """Whether the whole batch falls: disk full, file locked, read-only, damaged…"""
    return isinstance(error, sqlite3.Error) and _code(error) in _ENVIRONMENT


def busy(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def explained(error: sqlite3.Error, path: Path) -> StoreError:
    """The line that a person can act on. It never quotes SQLite's text, which could quote an answer."""
    code = _code(error)
    if code == sqlite3.SQLITE_CORRUPT:
        return damaged(path)
    if code == sqlite3.SQLITE_NOTADB:
        return not_ours(path)
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    mend = _MENDS.get(code, f"lecture ou écriture impossible ({name}) : vérifiez le disque")
    return StoreError(f"Base {path} : {mend}.")


def damaged(path: Path) -> StoreError:
    return StoreError(
        f"La base {path} est abîmée ; elle est laissée telle quelle. « filrouge restore SAUVEGARDE »"
        " la met de côté et remet à sa place une sauvegarde (celles de « filrouge backup » ou de"
        " FILROUGE_BACKUPS) ; ou donnez un autre fichier par FILROUGE_DB."
    )


def not_ours(path: Path) -> StoreError:
    return StoreError(
        f"Le fichier {path} n’est pas une base de Fil rouge ; il est laissé tel quel. Donnez un"
        " autre fichier par FILROUGE_DB ; ou « filrouge restore SAUVEGARDE » le met de côté et"
        " remet à sa place une sauvegarde de votre base."
    )


def too_recent(path: Path, found: int, known: int) -> StoreError:
    return StoreError(
        f"La base {path} vient d’une version plus récente de Fil rouge (schéma {found}, ce"
        f" programme connaît le {known}) : installez cette version, ou remettez une sauvegarde"
        " plus ancienne."
    )


def orphan_journal(path: Path) -> StoreError:
    return StoreError(
        f"La base {path} manque ou est vide, mais son journal {path.name}-wal est là :"
        " « filrouge restore SAUVEGARDE » remet une sauvegarde ; ou mettez ce journal de côté pour"
        " repartir de zéro."
    )


def unwritable(path: Path, error: OSError) -> StoreError:
    """`path`: what could not be made or opened."""
    if error.errno == errno.ENOSPC:
        return StoreError(f"Base {path} : {_MENDS[sqlite3.SQLITE_FULL]}.")
    reason = {
        errno.EACCES: "accès refusé",
        errno.EPERM: "accès refusé",
        errno.EROFS: "disque en lecture seule",
        errno.EISDIR: "c’est un dossier",
        errno.ENOTDIR: "un fichier occupe la place du dossier",
        errno.EEXIST: "un fichier occupe la place du dossier",
        errno.ENOENT: "dossier introuvable",
    }.get(error.errno or 0, error.strerror or type(error).__name__)
    return StoreError(
        f"Impossible d’écrire {path} ({reason}) : donnez à l’utilisateur qui lance Fil rouge le"
        " droit d’écrire dans ce dossier, ou choisissez un autre fichier (FILROUGE_DB pour la base)."
    )


def migration_failed(path: Path, version: int, copy: Path | None) -> StoreError:
    kept = f" (copie d’avant : {copy})" if copy else ""
    return StoreError(
        f"La base {path} n’a pas pu passer au schéma {version} ; elle est restée comme avant{kept}."
        " Revenez à la version précédente de Fil rouge et signalez cette erreur."
    )


def already_running(path: Path, lock: Path, holder: str) -> StoreError:
    who = f", processus {holder}" if holder else ""
    return StoreError(
        f"Un autre Fil rouge se sert déjà de la base {path} (verrou {lock.name}{who}) : arrêtez-le"
        " d’abord, ou donnez une autre base par FILROUGE_DB."
    )


def unlockable(lock: Path, error: OSError) -> StoreError:
    return StoreError(
        f"Impossible de verrouiller {lock} ({error.strerror}) : placez la base sur un disque local,"
        " par FILROUGE_DB."
    )


def key_missing(path: Path | str, names: str) -> StoreError:
    return StoreError(
        f"La base {path} est chiffrée (clé {names}) : donnez sa clé par FILROUGE_KEY ou"
        " FILROUGE_KEY_FILE ; sans elle, rien ne peut être lu ni écrit."
    )


def key_wrong(path: Path | str, missing: str, given: str) -> StoreError:
    return StoreError(
        f"La clé donnée ({given}) n’est pas celle de la base {path}, qui demande la clé {missing} :"
        " redonnez-la dans FILROUGE_KEY, la nouvelle d’abord, l’ancienne après un espace."
    )


def sealed_unreadable(key: str) -> StoreError:
    """`key`: the id of the key that the value names."""
    return StoreError(
        f"Une donnée chiffrée de la base ne s’ouvre pas (clé {key}) : elle a été altérée ou déplacée."
        " « filrouge restore SAUVEGARDE » remet une sauvegarde."
    )


def in_use(path: Path) -> StoreError:
    return StoreError(
        f"La base {path} est en service : arrêtez d’abord ce qui s’en sert (le robot, un terminal)."
    )


def same_file(path: Path) -> StoreError:
    return StoreError(f"{path} est la base elle-même : donnez le fichier d’une sauvegarde.")


def no_backup(path: Path) -> StoreError:
    return StoreError(f"La sauvegarde {path} n’existe pas ou est vide : rien n’a changé.")


def sqlite_too_old() -> StoreError:
    return StoreError(
        f"SQLite {sqlite3.sqlite_version} est trop ancien pour Fil rouge : installez un Python 3.11"
        " ou plus récent qui apporte SQLite 3.37 ou plus récent."
    )


def _code(error: sqlite3.Error) -> int:
    """The primary result code: extended ones keep it in their low byte."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
