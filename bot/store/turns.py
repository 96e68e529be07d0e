"""The writer: turns that wait together share a commit, each in a savepoint of its own.

Nobody hears of their turn before the COMMIT. A turn that raises falls alone; a file that cannot be
written fails every turn of the batch, and each may come again.
"""

import asyncio
import sqlite3
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import StoreError
from bot.store import register
from bot.store.connection import Connection, T, Work
from bot.store.faults import environmental, explained

LARGEST = 256  # turns in one commit: a bound on how long the first one waits for the last


@dataclass(slots=True, eq=False)
class _Job:
    work: Work[Any]
    future: "asyncio.Future[Any]"
    value: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """In the event loop, after the commit. Its caller may have given up: what is written stays."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


class Writer:
    """The queue in front of the one connection that writes."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._waiting: deque[_Job] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._refusal: str = ""
        self._erase = False

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction shared with those who wait; return once it is on the disk."""
        if self._refusal:
            raise StoreError(self._refusal)
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Job(work, future))
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain())
        return await future

    def refuse(self, reason: str) -> None:
        """Confirm nothing any more: the file was found damaged."""
        self._refusal = reason

    def erase(self) -> None:
        """Called by a work: what it deleted must leave the log too, once committed."""
        self._erase = True

    async def idle(self) -> None:
        while self._draining is not None and not self._draining.done():
            await asyncio.wait([self._draining])

    async def _drain(self) -> None:
        while self._waiting:
            taken = [self._waiting.popleft() for _ in range(min(LARGEST, len(self._waiting)))]
            jobs = [job for job in taken if not job.future.done()]  # given up while waiting
            try:
                await self._connection.run(self._committing(jobs))
            except Exception as error:  # noqa: BLE001  # each caller gets it; nobody waits for ever
                for job in jobs:
                    job.error = error
            for job in jobs:
                job.settle()

    def _committing(self, jobs: list[_Job]) -> Work[None]:
        return lambda db: self._commit(db, jobs)

    def _commit(self, db: sqlite3.Connection, jobs: list[_Job]) -> None:
        try:
            db.execute("BEGIN IMMEDIATE")
            for job in jobs:
                _attempt(db, job)
            db.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")  # SQLite may have done it already
            for job in jobs:
                job.error = explained(error, self._path)
            return
        if self._erase:
            register.flush(db, self._path)
            self._empty_log(db)

    def _empty_log(self, db: sqlite3.Connection) -> None:
        """A reader may hold the log: tried again after the next commit."""
        with suppress(sqlite3.Error):
            (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._erase = bool(busy)


def _attempt(db: sqlite3.Connection, job: _Job) -> None:
    db.execute("SAVEPOINT turn")
    try:
        job.value = job.work(db)
    except Exception as error:
        if environmental(error):
            raise
        db.execute("ROLLBACK TO turn")
        job.error = error
    db.execute("RELEASE turn")
