"""A real PostgreSQL for the tests, from `pgserver`: one server for a run, an empty database for a test.

It forgets to wait for the disk: tests kill workers, not machines.
"""

import asyncio
import os
import secrets
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_QUICK = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")


class Server:
    """Where databases are made. `restart`: as an operator would, or as a fall (`immediate`)."""

    def __init__(self, folder: Path) -> None:
        import pgserver  # absent where there is no wheel of it

        self.folder = folder
        folder.mkdir(exist_ok=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pgserver  # absent where there is no wheel of it

            self._server = pgserver.get_server(folder, cleanup_mode="delete")

    def url(self, database: str = "postgres") -> str:
        return str(self._server.get_uri(database))

    def create(self) -> str:
        """A new empty database; its address."""
        name = f"t{secrets.token_hex(8)}"
        self._administer(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        name = url.split("?")[0].rpartition("/")[2]
        self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def set(self, *settings: str) -> None:
        for one in settings:
            self._administer(f"ALTER SYSTEM SET {one}")
        self._administer("SELECT pg_reload_conf()")

    @property
    def pid(self) -> int:
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def restart(self, mode: str = "fast") -> None:
        from pgserver import _commands

        program = _commands.POSTGRES_BIN_PATH / "pg_ctl"
        user: dict[str, Any] = {"user": "pgserver"} if os.geteuid() == 0 else {}
        sockets = (self.folder / "postmaster.pid").read_text().splitlines()[4]
        command = [program, "-D", self.folder, "-w", "-m", mode, "-l", self.folder / "log"]
        silent: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, **user}
        subprocess.run([*command, "stop"], **silent)
        subprocess.run([*command, "-o", '-h ""', "-o", f"-k {sockets}", "start"], **silent)

    def end(self) -> None:
        self._server.cleanup()

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())


def start(name: str = "") -> Server:
    """The server of this run, started if it is not. Skips the test where it cannot be.

    `name`: another one, of this process alone.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    if name:
        run = f"{name}{os.getpid()}"
    try:
        server = Server(Path(tempfile.gettempdir()) / f"filrouge-{run[:16]}")
        server.set(*_QUICK)
    except Exception as error:  # noqa: BLE001  # no wheel, no user, no room: whatever the machine lacks
        pytest.skip(f"PostgreSQL ne démarre pas ici ({type(error).__name__} : {error})"[:200])
    return server


def emptied(url: str) -> str:
    """The same database, as if it had just been made: faster than making one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


class Way:
    """The way to a server, which may fall silent: nothing passes, nothing is refused."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._open = asyncio.Event()
        self._open.set()

    @asynccontextmanager
    async def silence(self) -> AsyncIterator[None]:
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    async def carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with closing(target):
            while heard := await source.read(65_536):
                await self._open.wait()
                target.write(heard)


@asynccontextmanager
async def way_to(url: str) -> AsyncIterator[Way]:
    """`url`: of the server of this run, which listens on a socket of the system's."""
    there, here = conninfo_to_dict(url)["host"], tempfile.mkdtemp(prefix="way")
    name = ".s.PGSQL.5432"  # how both ends call it
    way = Way(make_conninfo(url, host=here))
    carried = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_unix_connection(f"{there}/{name}")
        for one in (way.carry(reader, asks), way.carry(answers, writer)):
            carried.add(asyncio.create_task(one))

    server = await asyncio.start_unix_server(met, f"{here}/{name}")
    try:
        yield way
    finally:
        server.close()
        for one in carried:
            one.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
        shutil.rmtree(here)
