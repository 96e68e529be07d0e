"""What the person who runs Fil rouge asks of its file: a key, copies, their return; and what the bot
says of them when it starts, and does about them beside the conversations.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from bot.config import Settings
from bot.errors import ConfigError, StoreError
from bot.render.view import Notice
from bot.store import (
    CLEAR,
    Codec,
    FlowSnapshot,
    Keeping,
    SqlStore,
    Tell,
    backups,
    copy_out,
    keys,
    move,
    open_store,
    permissions,
    register,
    restore,
    restore_into,
    single_bot,
)

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two looks at the register of deletions
PAUSE = 0.05  # seconds left to conversations between two batches of sealing


def codec(settings: Settings) -> Codec:
    """What seals answers under these settings. Raises ConfigError."""
    return keys.codec(settings.key.get_secret_value() if settings.key else "", settings.key_file)


def notice(settings: Settings) -> Notice:
    """The facts of /privacy."""
    kept = settings.backups_days or float(settings.backups_keep)
    return Notice(
        settings.operator,
        settings.contact,
        settings.retention,
        settings.retention_days,
        sealed=codec(settings) is not CLEAR,
        backup_days=kept if settings.backups else None,
    )


# --- commands ----------------------------------------------------------------------------------------


def back_up(settings: Settings, file: Path | None, keeping: Keeping | None) -> str:
    """One copy, under the name given or dated in a folder; what to say of it."""
    if (file is None) == (keeping is None):
        raise ConfigError(
            "Donnez un fichier (« filrouge backup copie.sqlite3 ») ou un dossier"
            " (« filrouge backup --to sauvegardes --keep 14 --days 30 »)."
        )
    if keeping is None:
        assert file is not None  # noqa: S101  # one of the two
        copy_out(settings.database, file)
        return f"Copie écrite : {file}"
    target = backups.take(settings.db, keeping, time.time(), _copying(settings))
    copies = len(backups.taken(settings.db, keeping.folder))
    return f"Copie écrite : {target} ({copies} gardée{'s' if copies > 1 else ''} dans ce dossier)"


def bring_back(settings: Settings, file: Path) -> str:
    if settings.server:
        server = settings.server.get_secret_value()
        done = restore_into(server, file, settings.db, codec(settings))
        lines = [f"La base PostgreSQL est celle de la sauvegarde {file}."]
    else:
        done = restore(file, settings.db, codec(settings))
        lines = [f"La base {settings.db} est celle de la sauvegarde {file}."]
    if done.aside:
        lines.append(f"L’ancienne est mise de côté : {done.aside} (à effacer quand tout va bien).")
    if done.persons or done.dossiers:
        lines.append(
            f"Supprimés de nouveau, comme depuis la sauvegarde : {done.persons} personne(s),"
            f" {done.dossiers} dossier(s)."
        )
    return "\n".join(lines)


def move_house(source: Path | str, target: Path | str, tell: Tell) -> str:
    """Everything from one database to another; what to say of it."""
    done = move(source, target, tell)
    rows = ", ".join(f"{name} {count}" for name, count in sorted(done.rows.items()) if count)
    return (
        f"Déménagement terminé et vérifié : {done.total} lignes, identiques des deux côtés ({rows})."
        f"\nEmpreinte : {done.digest}\nDonnez désormais la nouvelle base par FILROUGE_DB ; gardez"
        " l’ancienne le temps de vous assurer que tout va bien, puis effacez-la."
    )


def _copying(settings: Settings) -> backups.Copy | None:
    """How a dated copy is written when the database is not a file."""
    return (lambda target: copy_out(settings.database, target)) if settings.server else None


def seal(settings: Settings, flows: Sequence[FlowSnapshot]) -> str:
    """Everything under the first key, at once."""
    chosen = codec(settings)
    if chosen is CLEAR:
        raise ConfigError(
            "Aucune clé n’est donnée : « filrouge key » en fabrique une, FILROUGE_KEY ou"
            " FILROUGE_KEY_FILE la donne."
        )

    async def run() -> tuple[int, int, bool]:
        async with open_store(settings.database, *flows, codec=chosen) as store:
            return *await store.seal(), await store.sealed_whole()

    # A bot under a former key could not read what this writes.
    with nullcontext() if settings.server else single_bot(settings.db):
        done, unreadable, whole = asyncio.run(run())
    if unreadable or not whole:
        raise StoreError(
            f"{done} valeurs chiffrées, {unreadable} illisibles et laissées telles quelles : gardez"
            " aussi l’ancienne clé, ou remettez une sauvegarde par « filrouge restore »."
        )
    said = f"Tout est chiffré par la première clé ({done} valeurs à l’instant)."
    others = sorted(one.name for one in settings.db.parent.glob(f"{settings.db.name}.*-*"))
    if others:
        said += f" Ces copies restent comme elles étaient : {', '.join(others)}."
    return said


# --- beside the bot ----------------------------------------------------------------------------------


def remarks(settings: Settings) -> list[str]:
    """What the log says once at start-up, because someone could regret not to have known it."""
    said = []
    missing = [
        name
        for name, value in (
            ("FILROUGE_OPERATOR", settings.operator),
            ("FILROUGE_CONTACT", settings.contact),
        )
        if not value
    ]
    if missing:
        said.append(f"/privacy ne dit pas qui tient ce service : donnez {' et '.join(missing)}")
    if codec(settings) is CLEAR:
        said.append(
            "les réponses ne sont pas chiffrées sur le disque : « filrouge key » fabrique une clé,"
            " FILROUGE_KEY ou FILROUGE_KEY_FILE la donne"
        )
    if settings.backups is None:
        said.append("aucune sauvegarde automatique : donnez un dossier par FILROUGE_BACKUPS")
    return [*said, *permissions.open_to_others(_private(settings))]


def _private(settings: Settings) -> list[Path]:
    db = settings.db
    found = [Path(".env"), db, db.with_name(db.name + "-wal"), register.path_of(db)]
    return [*found, settings.backups] if settings.backups else found


@asynccontextmanager
async def chores(settings: Settings, store: SqlStore) -> AsyncIterator[None]:
    """The daily copy, and the sealing of what was written before the key, while the bot runs."""
    tasks = [
        asyncio.create_task(_seal_rest(store)),
        asyncio.create_task(_note_deletions(store, settings.db)),
    ]
    if settings.backups:
        keeping = Keeping(settings.backups, settings.backups_keep, settings.backups_days)
        tasks.append(
            asyncio.create_task(backups.daily(settings.db, keeping, copy=_copying(settings)))
        )
    try:
        yield
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _note_deletions(store: SqlStore, beside: Path) -> None:
    """For as long as the bot runs: a server that is lost must not take the register with it."""
    while True:
        try:
            await store.note_deletions(beside)
        except (StoreError, OSError) as error:
            log.error("le registre des suppressions n’a pas pu être copié : %s", error)
        await asyncio.sleep(EVERY)


async def _seal_rest(store: SqlStore) -> None:
    try:
        done, unreadable = await store.seal(PAUSE)
    except StoreError as error:
        log.error("ce qui n’était pas encore chiffré ne l’est pas tout à fait : %s", error)
        return
    if done:
        log.info("ce qui n’était pas chiffré par la clé en cours l’est : %d valeurs", done)
    if unreadable:
        log.error("%d valeurs chiffrées ne s’ouvrent pas : voyez « filrouge seal »", unreadable)
