"""What goes wrong: kills under one kind of fault each, then the accidents of a server's life."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.double import DropAfter, DropBefore, Faults, ServerError, Slow, TooManyRequests
from tests.faults.nursery import Nursery
from tests.faults.room import Bot, Broken, Outcome, Room

DAY = 86_400


class Impossible(Exception):
    """This machine cannot stage that accident: the reason."""


# --- faults under which the bot is killed ------------------------------------------------------------


def nothing(faults: Faults, seed: int) -> None:
    pass


def duplicated(faults: Faults, seed: int) -> None:
    faults.duplicate_updates(2, apart=bool(seed % 2))


def delayed(faults: Faults, seed: int) -> None:
    faults.delay_updates(0.4)


def reordered(faults: Faults, seed: int) -> None:
    faults.delay_updates(0.3)  # so that several are in one batch
    faults.reorder(seed=seed)


def dropped(faults: Faults, seed: int) -> None:
    faults.randomly(0.15, [DropBefore(), DropAfter()], seed=seed)


def refused(faults: Faults, seed: int) -> None:
    troubles = [ServerError(500), ServerError(502), TooManyRequests(1), TooManyRequests(2)]
    faults.randomly(0.15, troubles, seed=seed)


def slow(faults: Faults, seed: int) -> None:
    faults.randomly(0.08, [Slow(1), Slow(3), Slow(12)], seed=seed, sparing=["getUpdates"])
    faults.slow("getUpdates", 30)


def everything(faults: Faults, seed: int) -> None:
    duplicated(faults, seed)
    reordered(faults, seed)
    troubles = [DropBefore(), DropAfter(), ServerError(502), TooManyRequests(1), Slow(2)]
    faults.randomly(0.1, troubles, seed=seed)


UNDER: dict[str, Callable[[Faults, int], None]] = {
    one.__name__: one
    for one in (nothing, duplicated, delayed, reordered, dropped, refused, slow, everything)
}


POSTED = "posted"
KILLED = (*UNDER, POSTED)


async def killed(room: Room, under: str, kills: int) -> None:
    """`kills` times SIGKILL while people answer under one kind of fault."""
    await room.start()
    room.come()
    await room.everyone_began()
    UNDER[under](room.telegram.faults, room.outcome.seed)
    await room.bot.kill()
    for _ in range(kills):
        await room.kill()
    await room.finish()


async def posted(room: Room, kills: int) -> None:
    """The same by webhook: copies, presses that overtake, lost calls, and kills."""

    def spoils(faults: Faults, seed: int) -> None:
        faults.duplicate_updates(2)
        troubles = [DropBefore(), DropAfter(), ServerError(502), TooManyRequests(1), Slow(2)]
        faults.randomly(0.1, troubles, seed=seed)

    async with room.by_webhook():
        await room.start()
        room.come()
        await room.everyone_began()
        spoils(room.telegram.faults, room.outcome.seed)
        await room.bot.kill()
        for _ in range(kills):
            await room.kill()
        await room.finish()


async def small(room: Room, kills: int) -> None:
    """The campaign in a few seconds, for the suite: every fault at once, kills, a lock, a second bot."""
    await room.start()
    room.come()
    await room.everyone_began()
    everything(room.telegram.faults, room.outcome.seed)
    await room.bot.kill()
    for _ in range(kills):
        await room.kill()
    await room.start()
    with _locked(room.db):
        again = Bot(room.telegram, room.db, _aside(room))
        await again.start()
        code, said = await again.ended()
        _ended_with(room, code, said, "Un autre Fil rouge")
    await room.finish()


# --- accidents ---------------------------------------------------------------------------------------

Accident = Callable[[Room], Awaitable[None]]


async def token_revoked(room: Room) -> None:
    """The process ends with a line; the token is restored, the process started again."""
    await _begun(room)
    room.telegram.faults.revoked = True
    code, said = await room.bot.ended()
    _ended_with(room, code, said, "jeton")
    room.telegram.faults.revoked = False
    await room.start()
    await asyncio.sleep(2)
    await room.finish()


async def second_instance(room: Room) -> None:
    """The same base: the second refuses to start. Another base, same token: one ends, and says so."""
    await _begun(room)
    again = Bot(room.telegram, room.db, _aside(room))
    await again.start()
    code, said = await again.ended()
    _ended_with(room, code, said, "Un autre Fil rouge")
    if not room.bot.alive:
        room.fails("the second instance stopped the first")
    room.stop.set()  # nobody writes while two of them listen: the words would be in two bases
    await asyncio.wait(room.walks, timeout=30)
    elsewhere = _aside(room, "elsewhere")
    other = Bot(room.telegram, elsewhere / "other.sqlite3", elsewhere)
    await other.start()
    ends = [asyncio.create_task(one.ended()) for one in (room.bot, other)]
    done, _ = await asyncio.wait(ends, timeout=40, return_when=asyncio.FIRST_COMPLETED)
    if not done:
        room.fails("two instances share one token, and neither ends")
    for task in done:
        code, said = task.result()
        _ended_with(room, code, said, "409")
    for task in ends:
        task.cancel()
    for one in (other, room.bot):
        await one.kill()
    await room.start()
    await room.finish()


async def database_locked(room: Room) -> None:
    """Another program holds the file: under way for 1, 4 and 8 seconds, at a kill, then at a start."""
    await _begun(room)
    for seconds in (1, 4, 8):
        with _locked(room.db):
            await asyncio.sleep(seconds)
        await asyncio.sleep(1)
        if not room.bot.alive:
            room.fails(f"a lock of {seconds} s ended the process: {room.bot.said[-300:]}")
            await room.start()
    with _locked(room.db):
        await asyncio.sleep(0.5)
        await room.bot.kill()
        await room.start(ready=False)
        try:
            code, said = await room.bot.ended(8)
        except TimeoutError:
            room.outcome.counts["waited_for_the_lock"] += 1
        else:
            _ended_with(room, code, said, "verrouillée")
    if not room.bot.alive:
        await room.start()
    await asyncio.sleep(2)
    await room.finish()


async def disk_full(room: Room) -> None:
    """No room left under way, then none at a start; then there is room again."""
    async with _small_disk(room) as fill:
        await _begun(room)
        with fill():
            await asyncio.sleep(6)
            room.outcome.counts["said_full"] += room.bot.said.count("disque est plein")
            if not room.bot.alive:
                room.fails(f"a full disk ended the process: {room.bot.said[-300:]}")
        await asyncio.sleep(6)
        await room.bot.kill()
        with fill():
            await room.start(ready=False)
            try:
                code, said = await room.bot.ended(6)
            except TimeoutError:
                room.outcome.counts["started_on_a_full_disk"] += 1
            else:
                _ended_with(room, code, said, "")
        await asyncio.sleep(3)
        if not room.bot.alive:
            await room.start()
        await asyncio.sleep(3)
        if not room.outcome.counts["said_full"]:
            room.fails("the disk was full and the log did not say so")
        await room.finish()


async def read_only(room: Room) -> None:
    """The file system is read-only at a start: a line says so; then it can be written again."""
    async with _small_disk(room):
        await _begun(room)
        await room.bot.kill()
        _mount("remount,ro", room.db.parent)
        try:
            await room.start(ready=False)
            code, said = await room.bot.ended(15)
            _ended_with(room, code, said, "lecture seule")
        except TimeoutError:
            room.fails("a read-only base did not end the process")
            await room.bot.kill()
        finally:
            _mount("remount,rw", room.db.parent)
        await room.start()
        await asyncio.sleep(2)
        await room.finish()


async def clock_jumps(room: Room) -> None:
    """The clock of the bot goes forty days ahead, ten years back, and returns; with kills."""
    room.bot.clock = room.folder / "clock.txt"
    room.bot.clock.write_text("0")
    room.telegram.faults.duplicate_updates(1, apart=True)
    await _begun(room)
    for shift in (40 * DAY, -40 * DAY, -3650 * DAY, 3600, 0):
        room.bot.clock.write_text(str(shift))
        await asyncio.sleep(1.5)
        room.bot.strike()
        assert room.bot.process
        await room.bot.process.wait()
        room.outcome.kills["instant"] += 1
        await room.start()
        await asyncio.sleep(1.5)
    await room.finish()


async def network_gone(room: Room) -> None:
    """Telegram is out of reach for a while, twice, once at a start."""
    await _begun(room)
    await room.telegram.stop()
    await asyncio.sleep(3)
    await room.telegram.start()
    await asyncio.sleep(4)
    await room.bot.kill()
    await room.telegram.stop()
    await room.start(ready=False)
    await asyncio.sleep(3)
    await room.telegram.start()
    await asyncio.sleep(4)
    await room.finish()


async def beside(room: Room) -> None:
    """Exports, lists and backups by other processes while people answer and the bot is killed."""
    await _begun(room)
    other = _aside(room)
    for number in range(4):
        commands = (
            ["projects"],
            ["export", "1", "--format", "json"],
            ["backup", str(other / f"{number}.sqlite3")],
        )
        running = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *one,
                env=room.bot.environment, cwd=room.folder,
                stdout=subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            )
            for one in commands
        ]  # fmt: skip
        if number % 2:
            await asyncio.sleep(room.chance.random())
            await room.bot.kill()
            room.outcome.kills["instant"] += 1
            await room.start()
        for command, process in zip(commands, running, strict=True):
            _, err = await process.communicate()
            if process.returncode:
                room.fails(f"{command[0]} beside the bot: {err.decode()[-300:]}")
        room.outcome.counts["commands_beside"] += len(commands)
    await room.finish()


ACCIDENTS: dict[str, Accident] = {
    one.__name__: one
    for one in (
        token_revoked,
        second_instance,
        database_locked,
        disk_full,
        read_only,
        clock_jumps,
        network_gone,
        beside,
    )
}


async def play(
    name: str, seed: int, folder: Path, *, kills: int, people: int, nursery: Nursery | None = None
) -> Outcome:
    """One run of that name; what it gave."""
    outcome = Outcome(name, seed)
    started = asyncio.get_running_loop().time()
    async with Room(outcome, folder, people, nursery=nursery) as room:
        try:
            if name == "small":
                await small(room, kills)
            elif name == POSTED:
                await posted(room, kills)
            elif name in UNDER:
                await killed(room, name, kills)
            else:
                await ACCIDENTS[name](room)
        except Impossible as reason:
            outcome.skipped = str(reason)
        except Broken as broken:
            room.fails(str(broken))
    outcome.seconds = asyncio.get_running_loop().time() - started
    return outcome


# --- how accidents are staged ------------------------------------------------------------------------


async def _begun(room: Room) -> None:
    await room.start()
    room.come()
    await room.everyone_began()


def _ended_with(room: Room, code: int, said: str, words: str) -> None:
    """It must end, say why in one line, and show no traceback."""
    if code in (0, 70) or code < 0 or "Traceback" in said or words not in said:
        room.fails(f"ended with {code}, « {words} » expected: {said[-400:]}")


def _aside(room: Room, name: str = "aside") -> Path:
    folder = room.folder / name
    folder.mkdir(exist_ok=True)
    return folder


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Another process holds the database for itself."""
    script = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20);"
        "db.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout
    assert holder.stdin
    holder.stdout.readline()
    try:
        yield
    finally:
        holder.stdin.close()
        holder.wait(10)


@asynccontextmanager
async def _small_disk(
    room: Room,
) -> AsyncIterator[Callable[[], "contextlib.AbstractContextManager[None]"]]:
    """The base on a file system of some megabytes, and what fills it."""
    disk = room.folder / "disk"
    disk.mkdir()
    try:
        _mount("size=24m", disk, "-t", "tmpfs", "tmpfs")
    except (OSError, subprocess.CalledProcessError) as error:
        raise Impossible("mounting a small file system needs root") from error
    room.db = room.bot.db = disk / "d.sqlite3"
    room.bot.environment["FILROUGE_DB"] = str(room.db)

    @contextlib.contextmanager
    def fill() -> Iterator[None]:
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as out, contextlib.suppress(OSError):
            while True:
                out.write(bytes(4096))
        try:
            yield
        finally:
            filler.unlink()

    try:
        yield fill
    finally:
        await room.bot.kill()
        _unmount(disk)


def _mount(option: str, folder: Path, *what: str) -> None:
    command = ["mount", "-o", option, *what, str(folder)]
    subprocess.run(command, check=True, capture_output=True)


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=False)
