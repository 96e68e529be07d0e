"""One run: a database, a bot process that is killed, people who answer, and what is left at the end.

`Room` is the machinery; what goes wrong in it is ordered by `tests.faults.scenarios`.
"""

import asyncio
import json
import random
import re
import shutil
import signal
import socket
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.domain.flow import Flow
from tests.bots import BotProcess
from tests.double import TelegramDouble
from tests.double.chat import Chat, Message
from tests.double.world import Call, Press, Request
from tests.faults.nursery import Nursery
from tests.faults.walker import Stuck, Walker
from tests.play import ROOT, flow

READY = 40.0  # seconds for a start, on a machine that does other things
TRAPS = ("sendmessage", "editmessagetext", "answercallbackquery", "editmessagereplymarkup")
TRAPS += ("getupdates", "getupdates")


class Broken(Exception):
    """The run cannot go on: that is a violation."""


@dataclass
class Outcome:
    """What one run gives: `violations` must be empty."""

    scenario: str
    seed: int
    violations: list[str] = field(default_factory=list)
    skipped: str = ""
    kills: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def json(self) -> dict[str, Any]:
        waits = sorted(self.waits)
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "violations": self.violations,
            "skipped": self.skipped,
            "kills": dict(self.kills),
            "counts": dict(self.counts),
            "wait_p50": round(waits[len(waits) // 2], 3) if waits else 0,
            "wait_p95": round(waits[len(waits) * 95 // 100], 3) if waits else 0,
            "wait_max": round(waits[-1], 3) if waits else 0,
            "seconds": round(self.seconds, 1),
        }


class Telegram(TelegramDouble):
    """The double, with a trap: what to do when the bot makes a certain call."""

    trap: tuple[str, bool, Callable[[], None]] | None = None

    def __init__(self, token: str) -> None:
        super().__init__(token=token)
        self.pressed: dict[int, list[tuple[float, str]]] = {}
        self.written: dict[int, float] = {}

    def press(self, chat: Chat, data: str, message: Message) -> Press:
        last = self.pressed.setdefault(chat.id, [])
        last.append((time.monotonic(), f"#{message.id} {data}"))
        return super().press(chat, data, message)

    def next_message_id(self) -> int:
        number = super().next_message_id()
        self.written[number] = time.monotonic()
        return number

    async def _act(self, http: web.BaseRequest, call: Call, request: Request) -> web.StreamResponse:
        method, after, spring = self.trap or ("", False, lambda: None)
        sprung = bool(method) and call.method.lower() == method
        if sprung and not after:
            self.trap = None
            spring()
        answer = await super()._act(http, call, request)
        if sprung and after and self.trap:
            self.trap = None
            spring()
        return answer


class Bot(BotProcess):
    """The process, its log in a file: a pipe that nobody reads would stop it.

    With a nursery it is forked, which is quicker; `clock`: the file of `tests.faults.clock`.
    """

    def __init__(self, telegram: TelegramDouble, db: Path, folder: Path) -> None:
        super().__init__(telegram, db)
        self.folder = folder
        self.nursery: Nursery | None = None
        self.clock: Path | None = None
        self.runs = 0
        self.log = folder / "log0.txt"

    async def start(self) -> None:
        self.runs += 1
        self.log = self.folder / f"log{self.runs}.txt"
        if self.nursery:
            clock = ["--clock", str(self.clock)] if self.clock else []
            self.process = await self.nursery.start(  # type: ignore[assignment]  # as far as used
                [*clock, "bot", *self.arguments], self.environment, self.log, self.folder
            )
            return
        module = ["tests.faults.clock", str(self.clock)] if self.clock else ["bot"]
        with self.log.open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *module, "bot", *self.arguments,
                env=self.environment, cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def strike(self) -> None:
        """SIGKILL, now, from anywhere."""
        if self.process and self.alive:
            self.process.send_signal(signal.SIGKILL)

    async def ended(self, patience: float = 40) -> tuple[int, str]:
        assert self.process
        code = await asyncio.wait_for(self.process.wait(), patience)
        return code, self.said

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")


class Room:
    """`async with Room(…) as room:` then start, people, faults, and `finish`."""

    def __init__(
        self,
        outcome: Outcome,
        folder: Path,
        people: int,
        *,
        db: Path | None = None,
        nursery: Nursery | None = None,
    ) -> None:
        self.outcome = outcome
        self.nursery = nursery
        self.folder = folder
        self.chance = random.Random(outcome.seed)
        self.telegram = Telegram(token="42:TEST")
        self.people = people
        self.db = db or folder / "d.sqlite3"
        self.stop = asyncio.Event()
        self.flow: Flow = flow()
        self.walkers: list[Walker] = []
        self.walks: list[asyncio.Task[None]] = []
        self.happened: list[tuple[float, str]] = []

    async def __aenter__(self) -> "Room":
        await self.telegram.start()
        self.bot = Bot(self.telegram, self.db, self.folder)
        self.bot.nursery = self.nursery
        return self

    async def __aexit__(self, *_: object) -> None:
        for one in self.walks:
            one.cancel()
        await asyncio.gather(*self.walks, return_exceptions=True)
        await self.bot.kill()
        await self.telegram.stop()

    @asynccontextmanager
    async def by_webhook(self) -> AsyncIterator[None]:
        """Telegram posts to the bot from now on, and again when it is not answered."""
        with closing(socket.create_server(("127.0.0.1", 0))) as found:
            port = found.getsockname()[1]
        self.bot.arguments = ("--webhook",)
        self.bot.environment |= {
            "FILROUGE_WEB": f"127.0.0.1:{port}",
            "FILROUGE_WEBHOOK_URL": "https://bot.exemple.org/telegram",
        }
        async with self.telegram.webhook_delivery(f"http://127.0.0.1:{port}/telegram"):
            yield

    def fails(self, what: str) -> None:
        self.outcome.violations.append(what)

    # --- the bot and its ends --------------------------------------------------------------

    async def start(self, *, ready: bool = True) -> None:
        self.outcome.counts["starts"] += 1
        before = len(self.telegram.calls)
        self.happened.append((time.monotonic(), "--- started"))
        await self.bot.start()
        if ready:
            await self._listening(before)

    async def _listening(self, since: int) -> None:
        listens = "setWebhook" if self.bot.arguments else "getUpdates"
        deadline = time.monotonic() + READY
        while time.monotonic() < deadline:
            calls = self.telegram.calls[since:]
            if any(one.method == listens for one in calls):
                return
            if not self.bot.alive:
                raise Broken(f"the bot did not start: {self.bot.said[-300:]}")
            await asyncio.sleep(0.01)
        raise Broken("the bot never listened")

    async def kill(self) -> None:
        """SIGKILL: while it starts, at any instant, or on one of its calls; then started again."""
        style = self.chance.choice(("start", "instant", "instant", "call", "call"))
        if style == "start":
            await self.start(ready=False)
            await asyncio.sleep(self.chance.random() * (0.7 if self.nursery else 1.6))
            self.bot.strike()
        elif style == "instant":
            await self.start()
            await asyncio.sleep(self.chance.random() ** 2 * 1.5)
            self.bot.strike()
        else:
            await self.start()
            sprung = asyncio.Event()

            def spring() -> None:
                self.bot.strike()
                sprung.set()

            self.telegram.trap = (self.chance.choice(TRAPS), self.chance.random() < 0.5, spring)
            try:
                await asyncio.wait_for(sprung.wait(), 2.5)
            except TimeoutError:
                style = "instant"
            self.telegram.trap = None
            self.bot.strike()
        assert self.bot.process
        code = await self.bot.process.wait()
        self.happened.append((time.monotonic(), f"--- killed ({style})"))
        if code != -signal.SIGKILL:
            self.fails(f"ended by itself with {code}: {self.bot.said[-300:]}")
        self._watch_log()
        self.outcome.kills[style] += 1
        self._look_at_the_dead()

    async def graceful(self) -> None:
        assert self.bot.process
        self.bot.process.send_signal(signal.SIGTERM)
        try:
            code, said = await self.bot.ended()
        except TimeoutError:
            self.fails("SIGTERM did not end the process within 40 s")
            await self.bot.kill()
            return
        if code:
            self.fails(f"a graceful stop ended with {code}: {said[-300:]}")
        self._watch_log()

    def _watch_log(self) -> None:
        said = self.bot.said
        if "Traceback" in said:
            self.fails(f"a traceback in the log: {said[said.index('Traceback') :][:600]}")
        leaks = [w.person.id for w in self.walkers if f"zq{w.person.id}n" in said]
        if leaks or "42:TEST" in said:
            self.fails(f"the log holds what people wrote, or the token: {leaks}")
        self.outcome.counts["set_aside"] += said.count("mise de côté")

    # --- people ----------------------------------------------------------------------------

    def come(self, most: int = 10_000) -> None:
        """Everybody begins to answer."""
        for number in range(self.people):
            person = self.telegram.person(1000 + number, first_name=f"P{number}")
            walker = Walker(person, self.flow, random.Random(self.chance.random()))
            self.walkers.append(walker)
            self.walks.append(asyncio.create_task(self._walk(walker, most)))

    async def _walk(self, walker: Walker, most: int) -> None:
        try:
            await walker.walk(self.stop, most)
        except Stuck as stuck:
            trace = self.trace(walker.person.id)
            self.fails(f"waits without a question: {stuck}\n{trace}")

    def trace(self, chat: int) -> str:
        """The last calls for one chat, among the deaths and starts of the bot."""
        lines = [(at, what) for at, what in self.happened]
        for call in self.telegram.calls:
            if call.chat == chat and call.params.get("text") != "C’est déjà noté.":
                what = str(call.params.get("text", "")).replace("\n", " ")[:70]
                number = call.params.get("message_id", "")
                lines.append((call.at, f"{call.method} {number} -> {call.status} {what}"))
        for message in self.telegram.chats[chat].messages.values():
            if not message.from_bot:
                at = self.telegram.written.get(message.id, 0.0)
                lines.append((at, f"    wrote #{message.id} {message.text}"))
        lines += [(at, f"    pressed {what}") for at, what in self.telegram.pressed.get(chat, ())]
        return "\n".join(f"{at:.3f} {what}" for at, what in sorted(lines)[-60:])

    async def everyone_began(self) -> None:
        deadline = time.monotonic() + READY
        while not all(one.memory.acknowledged for one in self.walkers):
            if time.monotonic() > deadline:
                self.fails("somebody could not begin")
                return
            await asyncio.sleep(0.05)

    # --- what is on the disk ---------------------------------------------------------------

    def _look_at_the_dead(self) -> None:
        """Just after a kill: every acknowledged word is there, once."""
        kept = self._kept()
        if kept is None:
            return
        for walker in self.walkers:
            for text in walker.memory.typed():
                token = text.rsplit(" ", 1)[-1]
                found = kept[token]
                if found > 1:
                    self.fails(f"stored {found} times after a kill: {text!r}")
                if token in walker.memory.acknowledged:
                    self.outcome.counts["acknowledged_checks"] += 1
                    if not found:
                        self.fails(f"acknowledged and not on the disk after a kill: {text!r}")

    def _kept(self) -> Counter[str] | None:
        """On a copy: the dead one's log is read too."""
        if not self.db.exists():
            return Counter()
        copy = self.folder / "dead"
        copy.mkdir(exist_ok=True)
        for suffix in ("", "-wal"):
            source = self.db.with_name(self.db.name + suffix)
            target = copy / f"d.sqlite3{suffix}"
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, target)
        (copy / "d.sqlite3-shm").unlink(missing_ok=True)
        with closing(sqlite3.connect(copy / "d.sqlite3")) as db:
            self._whole(db)
            return _kept(db)

    def _whole(self, db: sqlite3.Connection) -> None:
        verdict = db.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            self.fails(f"the file is damaged: {verdict}")
        self.outcome.counts["integrity_checks"] += 1

    # --- the end of the run ----------------------------------------------------------------

    async def finish(self, *, within: float = 75.0) -> None:
        """Everything works again: people end their act; then all is counted."""
        self.telegram.faults.clear()
        if not self.bot.alive:
            await self.start()
        self.stop.set()
        for walker in self.walkers:
            walker.patience = within
        _, late = await asyncio.wait(self.walks, timeout=within + 10)
        if late:
            self.fails(f"{len(late)} people never ended what they did")
        await asyncio.gather(*(self._has_a_question(one) for one in self.walkers))
        for walker in self.walkers:
            await walker.person.quiet(0.3, within=20)
        await self.graceful()
        await self._count()

    async def _has_a_question(self, walker: Walker) -> None:
        try:
            card = await walker.comes_back()
        except Stuck as stuck:
            self.fails(f"no question after /start: {stuck}")
            return
        if not card.buttons:
            self.fails(f"a page without a way on:\n{walker.person.screen()[-500:]}")

    async def _count(self) -> None:
        counts = self.outcome.counts
        owed, kept, aside = self._counted()
        counts["updates_handled"] += kept
        counts["updates_set_aside"] += aside
        if aside:
            self.fails(f"{aside} updates were set aside")
        if owed:
            counts["still_due"] += owed
        exports = await self._exports()
        for walker in self.walkers:
            self._compare(walker, exports)
            counts["acts"] += walker.tally.acts
            counts["texts"] += walker.tally.texts
            counts["presses"] += walker.tally.presses
            counts["pressed_again"] += walker.tally.again
            counts["unsure_options"] += len(walker.memory.unsure)
            counts["shown_twice"] += _shown_twice(walker)
            self.outcome.waits += walker.tally.waits
        for call in self.telegram.refused:
            reason = re.sub(r"\d+", "N", call.description)[:80]
            counts[f"refused: {call.method}: {reason}"] += 1
        counts["people"] += len(self.walkers)
        counts["calls"] += len(self.telegram.calls)
        counts["faulty_calls"] += sum(one.fault for one in self.telegram.calls)

    def _counted(self) -> tuple[int, int, int]:
        """Replies due, updates handled, updates set aside."""
        with closing(sqlite3.connect(self.db)) as db:
            self._whole(db)
            (owed,) = db.execute("SELECT count(*) FROM due").fetchone()
            (kept,) = db.execute("SELECT count(*) FROM handled_update").fetchone()
            (aside,) = db.execute("SELECT count(*) FROM failed_update").fetchone()
        return owed, kept, aside

    def _dossiers(self) -> list[int]:
        with closing(sqlite3.connect(self.db)) as db:
            return [one for (one,) in db.execute("SELECT id FROM dossier ORDER BY id")]

    async def _exports(self) -> list[tuple[str, dict[str, Any]]]:
        """Every dossier by the command that people run: its JSON, as text and read."""
        numbers = self._dossiers()
        if len(numbers) != len(self.walkers):
            self.fails(f"{len(numbers)} dossiers for {len(self.walkers)} people")
        made = []
        for number in numbers:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "export", str(number), "--format", "json", "--annex",
                env=self.bot.environment, cwd=self.folder,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            out, err = await process.communicate()
            if process.returncode:
                self.fails(f"the export of {number} failed: {err.decode()[-300:]}")
                continue
            made.append((out.decode(), json.loads(out)))
        return made

    def _compare(self, walker: Walker, exports: list[tuple[str, dict[str, Any]]]) -> None:
        """The export equals what this person typed and ticked."""
        mine = [one for one in exports if f"zq{walker.person.id}n" in one[0]]
        memory, counts = walker.memory, self.outcome.counts
        if not memory.texts:
            return
        if len(mine) != 1:
            self.fails(f"the words of {walker.person.id} are in {len(mine)} exports")
            return
        given = _given(self.flow, mine[0][1])
        for question, texts in memory.texts.items():
            said = given.get(question, ((), ""))[1]
            counts["texts_compared"] += len(texts)
            missing = [one for one in texts if said.count(one) != 1]
            order = [said.find(one) for one in texts]
            if missing:
                self.fails(f"{question}: typed {texts}, exported {said!r}")
            elif order != sorted(order):
                counts["out_of_order"] += 1
        for question, slugs in memory.options.items():
            exported = set(given.get(question, ((), ""))[0])
            counts["options_compared"] += 1
            allowed = [slugs, *memory.unsure.get(question, ())]
            if exported not in allowed:
                self.fails(f"{question}: seen {slugs}, exported {exported}")
        strangers = re.findall(r"zq\d+n\d+k\d+", json.dumps([given], ensure_ascii=False))
        known = {text.rsplit(" ", 1)[-1] for text in memory.typed()}
        if extra := set(strangers) - known:
            self.fails(f"exported and not (or no longer) typed: {extra}")


def _given(flow: Flow, export: dict[str, Any]) -> dict[str, tuple[tuple[str, ...], str]]:
    """Question -> (options, text) of an export, whatever it nests."""
    given: dict[str, tuple[tuple[str, ...], str]] = {}
    for name, value in export["identity"].items():
        given[name] = _value(value)
    for name, answer in {**export["answers"], **export.get("annex", {})}.items():
        given[name] = (tuple(answer.get("options", ())), answer.get("text", ""))
        for detail, value in answer.get("details", {}).items():
            given[detail] = _value(value)
        for follow_up, text in answer.get("follow_ups", {}).items():
            given[follow_up] = _value(text)
    return given


def _value(value: Any) -> tuple[tuple[str, ...], str]:
    if isinstance(value, str):
        return (), value
    if isinstance(value, dict):
        return tuple(value.get("options", ())), value.get("text", "")
    return tuple(value), ""


def _kept(db: sqlite3.Connection) -> Counter[str] | None:
    """How many adopted answers hold each word of ours; None when they are sealed."""
    try:
        rows = db.execute(
            "SELECT content FROM adopted JOIN contribution"
            " ON contribution.dossier = adopted.dossier AND number = adopted.contribution"
        ).fetchall()
    except sqlite3.OperationalError:  # killed before the tables were made
        return Counter()
    return kept_in(content for (content,) in rows)


def kept_in(contents: Iterable[bytes]) -> Counter[str] | None:
    found: Counter[str] = Counter()
    for content in contents:
        if content[:1] != b"{":
            return None
        found.update(re.findall(r"zq\d+n\d+k\d+", content.decode("utf-8", "replace")))
    return found


def _shown_twice(walker: Walker) -> int:
    """Messages of the bot that say just what the one before said, with nothing between."""
    twice, before = 0, None
    for one in walker.person.messages:
        if one.from_bot and before and one.text == before.text and one.text:
            twice += 1
        before = one if one.from_bot else None
    return twice


__all__ = ["ROOT", "Bot", "Broken", "Outcome", "Room", "Telegram"]
