"""What can go wrong with the server, in one French line each: what, where, and how to mend it."""

import psycopg
from psycopg import errors
from psycopg_pool import PoolTimeout

from bot.errors import StoreError

# The server or the network is at fault, not the turn: the same turn can succeed later.
_ENVIRONMENT = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.ReadOnlySqlTransaction,
    errors.InsufficientPrivilege,
)
AGAIN = (errors.SerializationFailure, errors.DeadlockDetected)  # a transaction that may begin again


def environmental(error: BaseException) -> bool:
    return isinstance(error, _ENVIRONMENT)


def explained(error: psycopg.Error, where: str) -> StoreError:
    """The line that a person can act on. It never quotes the server's text, which could quote an answer."""
    return StoreError(f"Base {where} : {_mend(error)}.")


_MENDS: tuple[tuple[type[psycopg.Error], str], ...] = (
    (
        errors.InsufficientPrivilege,
        "ce compte n’a pas le droit d’y écrire : donnez-lui la base (« ALTER DATABASE … OWNER TO … »)",
    ),
    (
        errors.ReadOnlySqlTransaction,
        "elle est en lecture seule : donnez par FILROUGE_DB le serveur principal",
    ),
    (
        errors.DiskFull,
        "le disque du serveur est plein : libérez de la place, rien de confirmé n’est perdu",
    ),
    (
        errors.TooManyConnections,
        "trop de connexions y sont ouvertes : relevez max_connections, ou arrêtez un robot",
    ),
    (errors.LockNotAvailable, "une opération longue la retient : le message sera repris"),
    (PoolTimeout, "toutes les connexions sont prises ou coupées : le message sera repris"),
)
# What a server says when it refuses a connection has no code: these are its words in English.
_REFUSALS = (
    ("authentication failed", "le nom ou le mot de passe est refusé : vérifiez FILROUGE_DB"),
    (
        "does not exist",
        "cette base n’existe pas : créez-la (« createdb »), ou corrigez FILROUGE_DB",
    ),
    (
        "too many connections",
        "trop de connexions y sont ouvertes : relevez max_connections, ou arrêtez un robot",
    ),
)
_SILENT = (
    "le serveur ne répond pas : vérifiez qu’il est lancé et joignable, rien de confirmé n’est perdu"
)


def _mend(error: psycopg.Error) -> str:
    for kind, mend in _MENDS:
        if isinstance(error, kind):
            return mend
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        text = str(error)
        return next((mend for words, mend in _REFUSALS if words in text), _SILENT)
    return f"lecture ou écriture impossible ({type(error).__name__}) : vérifiez le serveur"


def silent(where: str) -> StoreError:
    return StoreError(f"Base {where} : {_SILENT}.")


def unreadable_address() -> StoreError:
    return StoreError(
        "FILROUGE_DB n’est pas une adresse de base lisible : attendu"
        " postgresql://nom:motdepasse@machine:5432/base."
    )


def not_ours(where: str) -> StoreError:
    return StoreError(
        f"La base {where} contient déjà les tables d’un autre programme ; elle est laissée telle"
        " quelle. Donnez une base vide par FILROUGE_DB."
    )


def too_recent(where: str, found: int, known: int) -> StoreError:
    return StoreError(
        f"La base {where} vient d’une version plus récente de Fil rouge (schéma {found}, ce"
        f" programme connaît le {known}) : installez cette version."
    )


def migration_failed(where: str, version: int) -> StoreError:
    return StoreError(
        f"La base {where} n’a pas pu passer au schéma {version} ; elle est restée comme avant."
        " Revenez à la version précédente de Fil rouge et signalez cette erreur."
    )


def unfinished(where: str) -> StoreError:
    return StoreError(
        f"Le déménagement vers la base {where} n’est pas terminé : relancez « filrouge move » avec la"
        " même source, il reprend où il s’était arrêté."
    )


def too_old(where: str) -> StoreError:
    return StoreError(
        f"La base {where} est d’un PostgreSQL trop ancien : il faut la version 14 ou plus récente."
    )
